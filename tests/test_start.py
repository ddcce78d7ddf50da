"""What processes do once, when they start."""

import gc
import subprocess
import sys

import pytest
from celery import signals

from bss.celery import app
from bss.embedded.places import PROJECT

WEB = "import gc, sys, bss.asgi; print(gc.get_freeze_count(), 'apps.rating.api' in sys.modules)"


@pytest.mark.timeout(60)  # a process of its own imports everything
def test_the_web_server_knows_its_routes_and_rests_its_collector():
    said = subprocess.run(
        [sys.executable, "-c", WEB], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    frozen, routed = said.stdout.split()
    assert int(frozen) > 100_000
    assert routed == "True"


def test_a_worker_rests_its_collector_before_it_has_children():
    assert app.main == "bss"
    try:
        signals.worker_before_create_process.send(sender=None)
        assert gc.get_freeze_count() > 100_000
    finally:
        gc.unfreeze()
