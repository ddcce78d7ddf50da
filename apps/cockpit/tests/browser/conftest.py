import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from apps.ordering.tests.factories import create, make_buyer, make_stock
from bss.core.operations import run
from bss.core.work import drain_everything

NAMES = ("chromium", "chromium-browser", "google-chrome")
PASSWORD = "correct horse"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, without a window."""
    # Playwright keeps a loop in this thread; the database is used beside it, not in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    found = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class Operator:
    """Somebody at the keyboard: every key chord and every text typed is one action."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.actions = page, address, 0
        self.faults: list[str] = []
        page.on("console", lambda told: told.type == "error" and self.faults.append(told.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def sign_in(self, name: str) -> None:
        """Come in; not counted."""
        self.page.goto(f"{self.address}/cockpit/")
        self.page.fill("[name=login]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.address}/cockpit/")

    def press(self, chord: str) -> None:
        """One key chord."""
        self.actions += 1
        self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        """One text, typed where the keyboard is."""
        self.actions += 1
        self.page.keyboard.type(text)


@pytest.fixture
def shop(transactional_db: None, outside: None) -> str:
    """A shop that has sold one line to somebody with a card; the number of that line."""
    make_stock()
    for name, role in (("olga", "care"), ("max", "supervisor")):
        run("staff.create", username=name, email=f"{name}@x.example", role=role, password=PASSWORD)
    create(make_buyer())
    drain_everything()
    return "90000000"


@pytest.fixture
def operator(shop: str, live_server: Any, chromium: Browser) -> Iterator[Operator]:
    """A care agent who has signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    someone = Operator(context.new_page(), live_server.url)
    someone.sign_in("olga")
    yield someone
    context.close()
    assert someone.faults == []
