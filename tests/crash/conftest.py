from dataclasses import replace

import pytest
from django.conf import settings

from tests.crash import journeys
from tests.crash.harness import counting_sends, short_leases


@pytest.fixture
def world(transactional_db, outside, frozen_clock, tmp_path, monkeypatch):
    """A stocked shop on a real database, with leases that end while a test watches."""
    monkeypatch.setattr(settings, "BSS", replace(settings.BSS, mailbox=tmp_path / "mailbox"))
    with short_leases(), counting_sends():
        journeys.stock()
        yield
