"""What only the processor that pretends can be told to do."""

from __future__ import annotations

import pytest

from bss.core.calls import NotSent, succeeded

from . import processors
from .processors import Processor


@pytest.fixture
def processor(outside: None) -> Processor:
    return processors.mock()


def test_down_refuses_two_connections(processor: Processor) -> None:
    args = processor.args("tok_DOWN_1")
    for attempt in (1, 2):
        with pytest.raises(NotSent):
            processor.send("charge", "topup/1/1", attempt=attempt, **args)

    assert processor.send("charge", "topup/1/1", attempt=3, **args).succeeded


def test_undecided_can_be_decided(processor: Processor) -> None:
    args = processor.args("tok_UNKNOWN_1")
    processor.cards.decide("topup/1/1", succeeded(reference="mock_late"))

    found = processor.cards.look_up(key="topup/1/1", method="charge", args=args)
    assert found.data == {"reference": "mock_late"}


@pytest.mark.parametrize(("token", "shape"), [("tok_3DS_1", "redirect"), ("tok_3DSFORM_1", "form")])
def test_three_d_secure_comes_in_both_shapes(processor: Processor, token: str, shape: str) -> None:
    action = processor.pay(token, "topup/1/1").data["next_action"]

    assert action["type"] == shape
    assert action["url"].startswith("http")
    assert ("fields" in action) == (shape == "form")


def test_slow_takes_its_time(processor: Processor, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[float] = []
    monkeypatch.setattr("apps.payments.gateways.mock.delay", taken.append)
    processor.pay("tok_SLOW_1", "topup/1/1")

    assert taken[-1] == 5.0
