"""What pages of ours may load: nothing but our own files, and no script written inside a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityMiddleware:
    """Says so on every page that does not say something else itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # The generated description of the APIs brings a script inside its page.
        if not request.path.startswith("/tmf-api/"):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
