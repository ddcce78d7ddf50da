"""A pytest plugin: a whole run fails when some rule was never tripped through an operation."""

from __future__ import annotations

import pytest

from bss.core import errors, registry
from bss.core.lifecycle import lifecycles

tripped: set[str] = set()


def watch(rule: errors.Rule) -> None:
    # What a lifecycle's table refuses counts wherever it is tried; the rest inside an operation.
    if registry.running_effect() is not None or rule.id in table_rules():
        tripped.add(rule.id)


def table_rules() -> set[str]:
    return {lifecycle.refusal.id for lifecycle in lifecycles.values()}


def is_whole_run(config: pytest.Config) -> bool:
    chosen = config.option
    narrowed = ("keyword", "lf", "failedfirst", "collectonly", "maxfail")
    everything = not any(getattr(chosen, name, None) for name in narrowed)
    # The slow tiers choose other marks than the usual ones, and trip few rules.
    usual = chosen.markexpr in config.getini("addopts")
    return everything and usual and config.args == config.getini("testpaths")


def pytest_configure(config: pytest.Config) -> None:
    errors.watchers.append(watch)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    tripped.update(getattr(node, "workeroutput", {}).get("tripped", ()))


def never_tripped() -> list[str]:
    return sorted({rule.id for rule in errors.rules()} - tripped)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tripped"] = sorted(tripped)
    elif exitstatus == 0 and is_whole_run(session.config) and never_tripped():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, exitstatus, config) -> None:
    if is_whole_run(config) and (untried := never_tripped()):
        terminalreporter.section("rules that no test tripped through an operation", red=True)
        terminalreporter.write_line("\n".join(untried))
