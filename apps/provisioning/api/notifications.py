"""GSMA SGP.22 ES2+: what the SM-DP+ tells us about profiles on devices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from bss.core.http import Body
from bss.core.operations import invoke

notifications = Router(tags=["es2plus"])

DONE = "Executed-Success"
# SGP.22 numbers the points of a download and, apart from them, what devices do later.
POINTS = {3: "download", 4: "install"}
EVENTS = {0: "install", 1: "enable", 2: "disable", 3: "delete"}


class Outcome(Body):
    status: str = DONE


class DownloadProgress(Body):
    iccid: str
    timestamp: datetime
    notification_point_id: int
    notification_point_status: Outcome = Outcome()


class Notification(Body):
    iccid: str
    timestamp: datetime
    notification_event: int
    notification_event_status: Outcome = Outcome()


@notifications.post(
    "/handleDownloadProgressInfo", response={204: None}, url_name="esim-download-progress"
)
def take_progress(request: HttpRequest, body: DownloadProgress) -> Any:
    report = POINTS.get(body.notification_point_id)
    return note(body.iccid, body.timestamp, report, body.notification_point_status)


@notifications.post("/handleNotification", response={204: None}, url_name="esim-notification")
def take_notification(request: HttpRequest, body: Notification) -> Any:
    report = EVENTS.get(body.notification_event)
    return note(body.iccid, body.timestamp, report, body.notification_event_status)


def note(iccid: str, at: datetime, report: str | None, outcome: Outcome) -> Status:
    """Pass on what a device did; what it tried in vain, or what says nothing to us, is dropped."""
    if report and outcome.status == DONE:
        # Shorter ICCIDs travel filled up to twenty digits.
        invoke(
            "inventory.esim.report",
            {"iccid": iccid.rstrip("Ff"), "report": report, "at": at},
        )
    return Status(204, None)
