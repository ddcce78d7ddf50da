"""A page says that the database is away, and when to come back, instead of breaking."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

RETRY_SECONDS = 2


class OutageMiddleware:
    """Answers 503 with Retry-After to whatever PostgreSQL could not serve."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Translate a lost or refused connection; anything else is a defect and stays one."""
        if not isinstance(error, (OperationalError, InterfaceError)):
            return None
        words = "The database does not answer; please try again in a moment."
        return HttpResponse(
            words, status=503, content_type="text/plain", headers={"Retry-After": RETRY_SECONDS}
        )
