import os
import socket
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from bss.embedded import Refusal
from bss.embedded.places import (
    free_port,
    own_secrets,
    places,
    read_private,
    require_disk,
    short_enough,
    write_private,
)

Usage = namedtuple("Usage", "total used free")


def test_secrets_are_made_once_and_kept_private(found):
    first = own_secrets(found)

    assert own_secrets(found) == first
    assert stat.S_IMODE((found.var / "secrets.json").stat().st_mode) == 0o600
    assert len(first["secret_key"]) >= 50


def test_a_half_written_file_counts_as_missing(tmp_path):
    (tmp_path / "note").write_text('{"a":')

    assert read_private(tmp_path / "note") is None


def test_a_file_is_replaced_at_once(tmp_path):
    write_private(tmp_path / "note", {"a": 1})
    write_private(tmp_path / "note", {"a": 2})

    assert read_private(tmp_path / "note") == {"a": 2}
    assert os.listdir(tmp_path) == ["note"]


def test_a_taken_port_is_given_up():
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]

        assert free_port(taken) != taken


def test_long_paths_get_a_short_folder_for_sockets(tmp_path):
    deep = tmp_path / ("x" * 120)

    assert len(str(short_enough(deep) / ".s.PGSQL.5432")) < 100
    assert short_enough(Path("/short")) == Path("/short")


def test_a_full_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(1, 1, 1000))

    with pytest.raises(Refusal, match="free at least"):
        require_disk(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(0o500)

    with pytest.raises(Refusal, match="cannot be written"):
        places(tmp_path / "var")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a store elsewhere")
def test_roots_store_follows_its_link_when_the_project_moves(found):
    moved = found.var.with_name("moved")
    found.var.rename(moved)

    assert places(moved).store == found.store
