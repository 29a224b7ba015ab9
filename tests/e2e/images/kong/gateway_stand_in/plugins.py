"""The plugins that this gateway has. Each takes a request in the order of Kong's priorities, and may answer it."""

import base64
import hashlib
import hmac
import json
import math
import time
from dataclasses import dataclass, field

from aiohttp import web

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "month": 2592000, "year": 31536000}
UNITS = {"megabytes": 1 << 20, "kilobytes": 1 << 10, "bytes": 1}
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


@dataclass
class Call:
    """A request on its way through the plugins, and the headers that they add to the answer and to what goes upstream."""

    request: web.BaseRequest
    route: str
    body: bytes
    credentials: dict[str, dict]
    consumer: str | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    upstream_headers: dict[str, str] = field(default_factory=dict)

    @property
    def preflight(self) -> bool:
        headers = self.request.headers
        return (
            self.request.method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers
        )


def message(status: int, text: object, headers: dict[str, str] | None = None) -> web.Response:
    """An answer of the gateway's own."""
    body = text if isinstance(text, dict) else {"message": text}
    return web.json_response(body, status=status, headers=headers)


def cors(call: Call, config: dict) -> web.Response | None:
    origin, origins = call.request.headers.get("Origin"), config.get("origins") or ["*"]
    if origin and ("*" in origins or origin in origins):
        everyone = "*" in origins and not config.get("credentials")
        call.answer_headers["Access-Control-Allow-Origin"] = "*" if everyone else origin
        call.answer_headers["Vary"] = "Origin"
        if config.get("credentials"):
            call.answer_headers["Access-Control-Allow-Credentials"] = "true"
        if config.get("exposed_headers"):
            call.answer_headers["Access-Control-Expose-Headers"] = ",".join(config["exposed_headers"])
    if not call.preflight or config.get("preflight_continue"):
        return None
    methods = config.get("methods") or ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
    wanted = call.request.headers.get("Access-Control-Request-Headers", "")
    call.answer_headers["Access-Control-Allow-Methods"] = ",".join(methods)
    if allowed := ",".join(config.get("headers") or []) or wanted:
        call.answer_headers["Access-Control-Allow-Headers"] = allowed
    if config.get("max_age") is not None:
        call.answer_headers["Access-Control-Max-Age"] = str(config["max_age"])
    return web.Response(status=200)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def jwt(call: Call, config: dict) -> web.Response | None:
    if call.request.method == "OPTIONS" and not config.get("run_on_preflight", True):
        return None
    scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else call.request.query.get("jwt", "")
    if not token:
        return message(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
    try:
        head, body, signature = token.split(".")
        header, claims, signature = json.loads(decoded(head)), json.loads(decoded(body)), decoded(signature)
        key = claims.get(config.get("key_claim_name", "iss"))
        algorithm = header.get("alg")
    except (ValueError, AttributeError):
        return message(401, "Bad token")
    credential = call.credentials.get(key) if isinstance(key, str) else None
    if credential is None:
        return message(401, "No credentials found for given 'iss'")
    if algorithm != credential["algorithm"] or algorithm not in HASHES:
        return message(401, "Invalid algorithm")
    secret = credential["secret"].encode()
    secret = decoded(credential["secret"]) if config.get("secret_is_base64") else secret
    expected = hmac.new(secret, f"{head}.{body}".encode(), HASHES[algorithm]).digest()
    if not hmac.compare_digest(expected, signature):
        return message(401, "Invalid signature")
    for claim in config.get("claims_to_verify") or []:
        value, late = claims.get(claim), claim == "exp"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return message(401, {claim: "must be a number"})
        if (value <= time.time()) if late else (value > time.time()):
            return message(401, {claim: "token expired" if late else "token not valid yet"})
    call.consumer = credential["consumer"]
    call.upstream_headers["X-Consumer-Username"] = call.consumer
    call.upstream_headers["X-Credential-Identifier"] = credential["key"]
    return None


def request_size_limiting(call: Call, config: dict) -> web.Response | None:
    allowed = config.get("allowed_payload_size", 128) * UNITS[config.get("size_unit", "megabytes")]
    return message(413, "Request size limit exceeded") if len(call.body) > allowed else None


class RateLimiting:
    """Counts per route, and per consumer or address, in fixed windows."""

    def __init__(self):
        self.counts: dict[tuple, int] = {}

    def __call__(self, call: Call, config: dict) -> web.Response | None:
        who = call.consumer if config.get("limit_by", "consumer") == "consumer" else None
        now, exceeded = time.time(), False
        for period in (period for period in SECONDS if config.get(period)):
            window = int(now // SECONDS[period])
            key = (call.route, who or call.request.remote, period, window)
            self.counts = {old: count for old, count in self.counts.items() if old[2] != period or old[3] == window}
            left = config[period] - self.counts.get(key, 0)
            exceeded = exceeded or left <= 0
            reset = str(math.ceil((window + 1) * SECONDS[period] - now))
            call.answer_headers |= {
                f"X-RateLimit-Limit-{period.title()}": str(config[period]),
                f"X-RateLimit-Remaining-{period.title()}": str(max(left - 1, 0)),
                "RateLimit-Limit": str(config[period]),
                "RateLimit-Remaining": str(max(left - 1, 0)),
                "RateLimit-Reset": reset,
            }
            if exceeded:
                return message(429, "API rate limit exceeded", {"Retry-After": reset})
            self.counts[key] = self.counts.get(key, 0) + 1
        return None


def request_termination(_call: Call, config: dict) -> web.Response | None:
    status = config.get("status_code", 503)
    if "body" in config:
        return web.Response(
            status=status, body=config["body"].encode(), headers={"Content-Type": config.get("content_type", "text/plain")}
        )
    return message(status, config.get("message", "Service unavailable"))


# In the order of Kong's own priorities.
PLUGINS = {
    "cors": cors,
    "jwt": jwt,
    "request-size-limiting": request_size_limiting,
    "rate-limiting": RateLimiting(),
    "request-termination": request_termination,
}
