"""HTTP for Stripe's library; imported with it, at the first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import stripe


class Transport(stripe.HTTPClient):
    """Httpx with a time-out; the library's own client sends bodies in a way httpx deprecates."""

    name = "httpx"

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self._client = httpx.Client(timeout=timeout)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """One exchange; its status is the library's business."""
        try:
            answer = self._client.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as error:
            raise stripe.APIConnectionError(str(error)) from error
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
