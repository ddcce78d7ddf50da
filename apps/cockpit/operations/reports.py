"""Reports: what the business did, does, and will do; the numbers that charts are drawn from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from apps.cockpit.queries import reports
from apps.cockpit.queries.reports.spans import Spans
from bss.core.operations import operation

By = Literal["day", "week", "month"]
Last = Annotated[int, Field(ge=1, le=120)]
Days = Annotated[int, Field(ge=1, le=366)]


@operation("report.mrr", effect="read", roles="finance supervisor")
def mrr(*, by: By = "month", last: Last = 12) -> dict[str, Any]:
    """Monthly recurring revenue: what the plan periods paid for at each span's end bring a month.

    A period counts while it runs and its line has not ended, with what was paid for it less
    refunds, tax included; one of N days is taken thirty Nths, one of N months one Nth.
    Unpaid and free lines, top-ups and charges by hand do not count. The last span ends now.
    """
    return reports.mrr(Spans(by, last))


@operation("report.arpu", effect="read", roles="finance supervisor")
def arpu(*, by: By = "month", last: Last = 12) -> dict[str, Any]:
    """Average revenue per line: the revenue of each span over the mean of lines before and after.

    Revenue is the ledger's: sales less refunds and lost disputes, without tax, at the moment of
    capture, refund or loss. Lines count from activation to termination, blocked or not.
    """
    return reports.arpu(Spans(by, last))


@operation("report.churn", effect="read", roles="finance supervisor")
def churn(*, by: By = "month", last: Last = 12) -> dict[str, Any]:
    """Churn: the lines that ended in a span, in percent of those that were ours when it began.

    A line is ours from activation to termination: a blocked or suspended one has not churned.
    Lines before + activated - ended = lines after.
    """
    return reports.churn(Spans(by, last))


@operation("report.activations", effect="read", roles="finance supervisor catalog_manager")
def activations(*, by: By = "month", last: Last = 12) -> dict[str, Any]:
    """Lines that came into service in each span, how many are still ours, and first charges."""
    return reports.activations(Spans(by, last))


@operation("report.funnel", effect="read", roles="finance supervisor catalog_manager")
def funnel(*, days: Days = 30) -> dict[str, Any]:
    """How far the customers who registered in the last days have come until now.

    A stage counts customers who reached it and every stage before it: identity verified (and not
    lapsed), a card ever on file, an order placed, one submitted, its card authorised, a line in
    service.
    """
    return reports.funnel(days)


@operation("report.topups", effect="read", roles="finance supervisor catalog_manager")
def topups(*, by: By = "month", last: Last = 12) -> dict[str, Any]:
    """Top-ups by when they were bought: granted ones and what they cost, declined ones.

    Lines are distinct within a span. What was paid and could not be served was paid back.
    """
    return reports.topups(Spans(by, last))


@operation("report.leakage", effect="read", roles="finance supervisor engineer")
def leakage(*, days: Days = 30) -> dict[str, Any]:
    """Where service goes out without money, or money stays without service.

    Of the last days: usage that was reported and refused, by rule; overshoot written off; refunds
    that took nothing back; disputes lost. Of now: overshoot that nobody wrote off; lines in
    service whose paid period is over, at the price of a period; captured payments that gave
    nothing; payments whose outcome is unknown. Money is tax included.
    """
    return reports.leakage(days)


@operation("report.pools", effect="read", roles="supervisor engineer")
def pools() -> dict[str, Any]:
    """Numbers and eSIMs by state, and for how many days the free ones last.

    The pace is that of the last thirty days: lines activated take a number and an eSIM each,
    changes of device an eSIM.
    """
    return reports.pools()


@operation("report.renewals_ahead", effect="read", roles="finance supervisor")
def renewals_ahead(*, days: Days = 30) -> dict[str, Any]:
    """What will be charged on each of the coming days, and what of it no card pays for.

    Every line that is to be renewed and whose paid period is not over yet counts, at its price
    less its discount, or at the price it changes to by then.
    """
    return reports.renewals_ahead(days)
