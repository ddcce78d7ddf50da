"""The product's addresses."""

from bss.urls import urlpatterns

__all__ = ["urlpatterns"]
