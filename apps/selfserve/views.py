"""Pages for customers."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Greet whoever comes to the front door."""
    return render(request, "selfserve/welcome.html", {"brand": settings.BSS.brand_name})
