"""Calls to the four services, in the name of whoever holds the token."""

import json
import os
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


class Refused(Exception):
    """A service refused a call, or could not be reached. `status` is what the caller is to be told."""

    def __init__(self, status: int, reason: str):
        super().__init__(reason)
        self.status = status


def call(service: str, method: str, path: str, token: str, body: dict | None = None) -> dict:
    request = Request(
        os.environ[f"{service.upper()}_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": token, "Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise Refused(error.code if error.code < 500 else 502, f"{service} answers {error.code}") from error
    except (URLError, TimeoutError) as error:
        raise Refused(502, f"{service} is out of reach: {error}") from error
