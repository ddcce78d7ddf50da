import json

import pytest

GOOD = """
name: good
description: All goes well. And more.
tags: [hero, quick]
steps:
  - {name: look, assert: {tool: clock.now, expect: {source: system}}}
"""
BAD = GOOD.replace("name: good", "name: bad").replace("system", "a sundial").replace("hero, ", "")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a_good.yaml").write_text(GOOD)
    (tmp_path / "b_bad.yaml").write_text(BAD)
    return tmp_path


def test_files_are_validated(bss, folder) -> None:
    (folder / "c_wrong.yaml").write_text("name: x\ncolour: red\n")
    good, wrong = str(folder / "a_good.yaml"), str(folder / "c_wrong.yaml")

    assert bss("scenario", "validate", good).code == 0
    ended = bss("scenario", "validate", good, wrong, "--json")

    assert ended.code == 1
    assert [row["error"] is None for row in json.loads(ended.out)] == [True, False]
    assert "colour: Extra inputs" in bss("scenario", "validate", wrong).out
    assert bss("scenario", "run", wrong).code == 2
    assert bss("scenario", "run-all", str(folder)).code == 2
    assert "colour" in bss("scenario", "list", str(folder)).out


def test_files_are_listed(bss, folder) -> None:
    assert "All goes well" in bss("scenario", "list", str(folder)).out
    rows = json.loads(bss("scenario", "list", str(folder), "--json").out)
    assert [(row["name"], row["steps"]) for row in rows] == [("good", 1), ("bad", 1)]


def test_a_run_reports_its_steps(bss, folder) -> None:
    good = bss("scenario", "run", str(folder / "a_good.yaml"))
    bad = bss("scenario", "run", str(folder / "b_bad.yaml"))

    assert (good.code, "PASS  good" in good.out) == (0, True)
    assert (bad.code, "FAIL  bad" in bad.out) == (1, True)
    assert "source is 'system', expected 'a sundial'" in bad.out
    told = json.loads(bss("scenario", "run", str(folder / "b_bad.yaml"), "--json").out)
    assert (told["passed"], told["steps"][0]["status"]) == (False, "failed")


def test_all_run_or_those_with_a_tag(bss, folder) -> None:
    everything = bss("scenario", "run-all", str(folder))
    heroes = bss("scenario", "run-all", str(folder), "--tag", "hero", "--json")

    assert (everything.code, "1 of 2 scenarios passed" in everything.out) == (1, True)
    assert (heroes.code, [row["name"] for row in json.loads(heroes.out)]) == (0, ["good"])


def test_our_own_scenarios_are_valid(bss, settings) -> None:
    files = sorted((settings.BASE_DIR / "scenarios").glob("*.yaml"))

    assert len(files) >= 10
    assert bss("scenario", "validate", *map(str, files)).code == 0
