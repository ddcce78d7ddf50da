from dataclasses import replace

import pytest
from django.conf import settings

from tests.previews.recipes import stock


@pytest.fixture
def shop(frozen_clock, tmp_path, monkeypatch):
    """A stocked shop at a time that stands still."""
    monkeypatch.setattr(settings, "BSS", replace(settings.BSS, mailbox=tmp_path / "mailbox"))
    stock()
