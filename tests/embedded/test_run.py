import re
import subprocess
import sys

from bss.embedded import install
from bss.embedded.places import PROJECT

RUN = PROJECT / "run"


def test_help_lists_every_verb():
    listed = set(re.findall(r"^\./run (\w+)", run("help").stdout, re.M))

    assert {"stop", "test", "bss", "shell", "lint", "bench", "soak", "lock"} <= listed
    assert len(listed) < 12


def test_an_unknown_verb_is_answered_with_the_list():
    answer = run("fly")

    assert answer.returncode == 2
    assert "There is no 'fly'." in answer.stderr
    assert "./run test" in answer.stderr


def run(*arguments):
    return subprocess.run([RUN, *arguments], capture_output=True, text=True, check=False)


def test_run_and_install_agree_when_an_environment_is_made(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)

    stamp = install.stamp(tmp_path / "venv", lock)

    asked = "environment venv requirements.lock && echo made"
    script = f'HERE="{tmp_path}"; {function("environment")}; {asked}'
    (tmp_path / "venv" / ".stamp").write_text(stamp)
    assert subprocess.run(["sh", "-euc", script], capture_output=True, text=True).stdout == "made\n"


def test_bytecode_is_kept_elsewhere_when_it_may_not_lie_beside_the_source(tmp_path):
    script = (
        f'HERE="{tmp_path}"; {function("keep_bytecode")}; keep_bytecode venv; exec "$0" -c "$1"'
    )
    say = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    for setting, expected in ({}, "False None\n"), (
        {"PYTHONDONTWRITEBYTECODE": "1"}, f"False {tmp_path}/venv/bytecode\n",
    ):  # fmt: skip
        command = ["sh", "-euc", script, sys.executable, say]
        told = subprocess.run(command, env=setting, capture_output=True, text=True)
        assert told.stdout == expected, told.stderr


def function(name):
    """A function of `run`."""
    return re.search(rf"^{name}\(\) \{{.*?^\}}", RUN.read_text(), re.M | re.S)[0]
