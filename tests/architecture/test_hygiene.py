"""What must not be in the project's files."""

import re
from io import StringIO

from django.core.management import call_command

from tests.architecture.sources import PROJECT, product_files, project_files

ELSEWHERE = ("/" + "work/", "../" + "shared", "files.python" + "hosted", "registry.npm" + "js")
HISTORY = re.compile(r"#.*(\bv\d+\.\d+|\(#\d+\)|\bissue \d+|\bno longer\b)", re.IGNORECASE)


def test_nothing_points_outside_the_project():
    assert not [
        f"{path.relative_to(PROJECT)}: {word}"
        for path in project_files()
        for word in ELSEWHERE
        if word in path.read_text(errors="replace")
    ]


def test_comments_tell_no_history():
    assert not [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in product_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if HISTORY.search(line)
    ]


def test_migrations_are_complete(db):
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_migrations_are_named_by_hand():
    assert not [path for path in project_files("*/migrations/*.py") if "_auto_" in path.name]
