import os
import signal
import socket

import pytest

from bss.embedded.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]

HOLDER = "import sys; print('up', flush=True); sys.stdin.read()"
# What others stand on comes last: its death may take them along.
MORTAL = ("beat", "web", "worker", "valkey", "postgres")
SERVED = set(MORTAL)


def test_serves_until_stopped_and_leaves_nothing(empty_terminal):
    empty_terminal.serve()
    children = empty_terminal.children

    assert set(children) == SERVED
    assert empty_terminal.get("/health/live") == empty_terminal.get("/health/ready") == 200
    assert empty_terminal.get("/") == 200

    assert empty_terminal.leave() == 0
    assert not any(child.alive for child in children.values())
    assert not empty_terminal.children


def test_a_second_start_is_refused_and_a_second_terminal_served(terminal):
    terminal.serve()

    second = terminal.manage("serve", "--port", str(terminal.port + 1))
    command = terminal.manage("migrate", "--check")
    stopped = terminal.manage("stop")

    assert second.returncode == 1
    assert "already runs from this folder" in second.stderr
    assert command.returncode == 0, command.stderr
    assert stopped.returncode == 0
    assert terminal.serving.wait(10) == 0


def test_a_killed_start_is_tidied_up_by_the_next(terminal):
    terminal.serve()
    left = terminal.children
    terminal.leave(signal.SIGKILL)
    assert all(child.alive for child in left.values())

    terminal.serve()

    assert "what it left behind has been stopped" in terminal.said
    assert not any(child.alive for child in left.values())
    assert terminal.get("/health/ready") == 200


def test_whatever_dies_is_started_again(terminal):
    terminal.serve()

    for name in MORTAL:
        killed = terminal.children[name]
        os.kill(killed.pid, signal.SIGKILL)

        assert wait_until(lambda: terminal.children.get(name, killed) != killed, 10)  # noqa: B023
        assert wait_until(lambda: terminal.get("/health/ready") == 200, 30)
        assert f"{name} stopped" in terminal.said


def test_a_taken_port_is_refused_before_anything_starts(terminal):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", terminal.port))
        busy.listen()

        refused = terminal.manage("serve", "--port", str(terminal.port))

    assert refused.returncode == 1
    assert "./run --port N" in refused.stderr
    assert not terminal.children


def test_stopping_while_it_starts_leaves_nothing(empty_terminal):
    empty_terminal.start()
    assert wait_until(lambda: "postgres" in empty_terminal.children, 30)
    children = empty_terminal.children

    assert empty_terminal.leave(signal.SIGTERM) == 0
    assert not any(child.alive for child in children.values())


def test_a_command_brings_its_own_services_and_takes_them_away(terminal):
    first = terminal.manage("migrate", "--check")

    assert first.returncode == 0, first.stderr
    assert not terminal.children


def test_a_command_waits_for_those_who_share_what_it_started(terminal):
    with terminal.shell(HOLDER) as first:
        assert first.stdout.readline() == b"up\n"
        with terminal.shell(HOLDER) as second:
            assert second.stdout.readline() == b"up\n"
            first.stdin.close()
            assert b"Another command still uses" in first.stderr.readline()
            assert second.poll() is None

    assert first.returncode == second.returncode == 0
    assert not terminal.children


def test_given_services_are_used_and_not_started(terminal):
    terminal.extra = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    terminal.serve()

    assert set(terminal.children) == SERVED - {"postgres", "valkey"}
    assert terminal.get("/health/ready") == 200


def test_a_cluster_of_another_version_is_refused(terminal):
    terminal.manage("migrate", "--check")
    version = terminal.cluster / "PG_VERSION"
    version.write_text("12\n")

    refused = terminal.manage("serve", "--port", str(terminal.port))

    assert refused.returncode == 1
    assert "was written by PostgreSQL 12" in refused.stderr


def test_production_is_not_served_by_run(terminal):
    terminal.extra = {"BSS_ENV": "production"}

    refused = terminal.manage("serve", "--port", str(terminal.port))

    assert refused.returncode == 1
    assert "compose.yaml" in refused.stderr
