import os
import signal
import subprocess
import sys

import pytest

from bss.embedded import Refusal, processes
from bss.embedded.processes import Identity, Recipe, rotate, run_once, stop, wait_until
from bss.embedded.tree import Tree, reap, record_of, row

SLEEPER = "import signal, sys; print('up', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def recipe(code=SLEEPER, **options):
    return Recipe(name="child", command=[sys.executable, "-c", code], **options)


@pytest.fixture
def tree(found):
    made = Tree(found)
    yield made
    made.stop()


def start(tree, code=SLEEPER, **options):
    child = tree.start(recipe(code, **options))
    assert wait_until(lambda: "up" in child.log.read_text(), 5)
    return child


def test_a_process_is_known_by_more_than_its_number():
    me = Identity.of(os.getpid())

    assert me.alive
    assert not Identity(me.pid, "another start").alive


def test_a_dead_process_is_not_alive_before_it_is_reaped():
    child = subprocess.Popen([sys.executable, "-c", ""])
    identity = Identity.of(child.pid)

    assert wait_until(lambda: not identity.alive, 5)
    child.wait()


def test_stopping_is_polite_first_and_certain_in_the_end(tree):
    child = start(tree, STUBBORN, grace=0.1)

    stop(child.identity, signal.SIGTERM, 0.1)

    assert child.popen.wait(5) == -signal.SIGKILL


def test_a_tree_stops_everything_and_forgets_it(tree):
    children = [start(tree), start(tree)]

    tree.stop()

    assert not any(child.identity.alive for child in children)
    assert not record_of(tree.found).exists()


def test_what_died_is_started_again_after_a_growing_pause(tree):
    child = start(tree)
    first = child.identity
    os.kill(first.pid, signal.SIGKILL)

    assert wait_until(lambda: tree.restart_dead() == [child], 5)
    assert wait_until(lambda: not tree.restart_dead() and child.identity != first, 5)
    assert child.running
    assert child.pause > 0.2


def test_what_a_killed_start_left_behind_is_reaped(tree):
    child = start(tree)

    assert reap(tree.found) == 1
    assert not child.identity.alive


def test_a_copied_folder_leaves_the_original_alone(tree):
    child = start(tree)
    copied = {**row(tree.found, child), "var": "/where/it/was/copied/from"}
    processes_file = record_of(tree.found)
    processes_file.write_text(f"[{copied}]".replace("'", '"'))

    assert reap(tree.found) == 0
    assert child.identity.alive


def test_a_child_that_ends_at_once_is_reported_with_its_words(tree):
    with pytest.raises(Refusal, match="no such thing"):
        tree.start_ready(recipe("raise SystemExit('no such thing')"), lambda: False, 5)


def test_a_command_that_fails_is_reported_with_its_words(found):
    with pytest.raises(Refusal, match="broken"):
        run_once(recipe("raise SystemExit('broken')"), found.logs / "once.log")


def test_a_large_log_is_turned_over(found, monkeypatch):
    monkeypatch.setattr(processes, "LOG_BYTES", 3)
    log = found.logs / "child.log"
    log.write_text("words")

    rotate(log)

    assert log.read_text() == ""
    assert (found.logs / "child.old.log").read_text() == "words"
