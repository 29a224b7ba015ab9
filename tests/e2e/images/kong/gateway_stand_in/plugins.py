"""The plugins that this gateway has. Each takes a request in the order of Kong's priorities, and may answer it."""

import base64
import hashlib
import hmac
import ipaddress
import itertools
import json
import math
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from .config import Config, Consumer

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "month": 2592000, "year": 31536000}
UNITS = {"megabytes": 1 << 20, "kilobytes": 1 << 10, "bytes": 1}
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


@dataclass
class Call:
    """A request on its way through the plugins, with what they make of it for the service, and the headers that they add to the answer."""

    request: web.BaseRequest
    route: str
    service: str | None
    body: bytes
    config: Config
    # The path and the query that the service is asked for.
    path: str
    consumer: Consumer | None = None
    # By what the consumer has shown who he is.
    credential: str | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    upstream_headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.method = self.request.method
        self.headers = list(self.request.headers.items())

    @property
    def preflight(self) -> bool:
        headers = self.request.headers
        return (
            self.request.method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers
        )

    def authenticated(self, consumer: Consumer, credential: str) -> None:
        self.consumer, self.credential = consumer, credential
        self.upstream_headers["X-Consumer-Username"] = consumer.name
        self.upstream_headers["X-Credential-Identifier"] = credential

    def drop(self, name: str) -> None:
        """Takes a header out of what the service gets."""
        self.headers = [(known, value) for known, value in self.headers if known.lower() != name.lower()]
        self.upstream_headers = {known: value for known, value in self.upstream_headers.items() if known.lower() != name.lower()}


def authentication(check):
    """Several ways to come in, each of which will do: each leaves whom it does not know to the next as the anonymous consumer."""

    def plugin(call: Call, config: dict) -> web.Response | None:
        if call.request.method == "OPTIONS" and not config.get("run_on_preflight", True):
            return None
        anonymous = config.get("anonymous")
        if anonymous and call.credential is not None:
            return None
        refused = check(call, config)
        if refused is not None and anonymous:
            call.consumer = call.config.consumers[anonymous]
            call.upstream_headers |= {"X-Consumer-Username": anonymous, "X-Anonymous-Consumer": "true"}
            return None
        return refused

    return plugin


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


def token_of(call: Call, config: dict) -> str:
    for name in config.get("header_names") or ["authorization"]:
        scheme, _, token = call.request.headers.get(name, "").partition(" ")
        if scheme.lower() == "bearer" and token.strip():
            return token.strip()
    for name in config.get("uri_param_names", ["jwt"]):
        if call.request.query.get(name):
            return call.request.query[name]
    return next((call.request.cookies[name] for name in config.get("cookie_names") or [] if name in call.request.cookies), "")


@authentication
def jwt(call: Call, config: dict) -> web.Response | None:
    token = token_of(call, config)
    if not token:
        return message(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
    try:
        head, body, signature = token.split(".")
        header, claims, signature = json.loads(decoded(head)), json.loads(decoded(body)), decoded(signature)
        name = config.get("key_claim_name", "iss")
        key = claims.get(name, header.get(name))
        algorithm = header.get("alg")
    except (ValueError, AttributeError):
        return message(401, "Bad token")
    credential = call.config.tokens.get(key) if isinstance(key, str) else None
    if credential is None:
        return message(401, f"No credentials found for given '{name}'")
    # Signatures by a key pair need more than Python brings; what verifies them is real Kong's to show.
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
    longest = config.get("maximum_expiration", 0)
    if longest and claims["exp"] > time.time() + longest:
        return message(401, {"exp": "exceeds maximum allowed expiration"})
    call.authenticated(credential["consumer"], credential["key"])
    return None


@authentication
def key_auth(call: Call, config: dict) -> web.Response | None:
    names = config.get("key_names") or ["apikey"]
    found = [call.request.headers.get(name) for name in names if config.get("key_in_header", True)]
    found += [call.request.query.get(name) for name in names if config.get("key_in_query", True)]
    key = next((key for key in found if key), None)
    if key is None:
        return message(401, "No API key found in request", {"WWW-Authenticate": "Key"})
    if key not in call.config.keys:
        return message(401, "Unauthorized", {"WWW-Authenticate": "Key"})
    call.authenticated(call.config.keys[key], key)
    if config.get("hide_credentials"):
        for name in names:
            call.drop(name)
        path, mark, query = call.path.partition("?")
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in names]
        call.path = path + (mark + urlencode(kept) if kept else "")
    return None


def acl(call: Call, config: dict) -> web.Response | None:
    if call.consumer is None:
        return message(401, "Unauthorized")
    groups, allow, deny = set(call.consumer.groups), config.get("allow"), config.get("deny")
    if allow and not groups and call.credential is None:
        return message(401, "Unauthorized")
    if (allow and not groups & set(allow)) or (deny and groups & set(deny)):
        return message(403, "You cannot consume this service")
    if groups and not config.get("hide_groups_header"):
        call.upstream_headers["X-Consumer-Groups"] = ", ".join(call.consumer.groups)
    return None


def ip_restriction(call: Call, config: dict) -> web.Response | None:
    address = ipaddress.ip_address(call.request.remote or "0.0.0.0")

    def is_among(ranges: list[str] | None) -> bool:
        return any(address in ipaddress.ip_network(each, strict=False) for each in ranges or [])

    refused = is_among(config.get("deny")) or (config.get("allow") and not is_among(config["allow"]))
    text = config.get("message") or f"IP address not allowed: {address}"
    return message(config.get("status", 403), text) if refused else None


PROCESS, COUNT = uuid.uuid4(), itertools.count(1)


def correlation_id(call: Call, config: dict) -> web.Response | None:
    name = config.get("header_name") or "Kong-Request-ID"
    number = call.request.headers.get(name)
    if not number:
        number = {"uuid": str(uuid.uuid4()), "uuid#counter": f"{PROCESS}#{next(COUNT)}"}.get(
            config.get("generator", "uuid#counter"), f"{call.request.remote}-{next(COUNT)}-{time.time():.3f}"
        )
    call.drop(name)
    call.upstream_headers[name] = number
    if config.get("echo_downstream"):
        call.answer_headers[name] = number
    return None


def bot_detection(call: Call, config: dict) -> web.Response | None:
    agent = call.request.headers.get("User-Agent", "")
    refused = any(word in agent for word in config.get("deny") or []) and not any(word in agent for word in config.get("allow") or [])
    return message(403, "Forbidden") if refused else None


def pairs(entries: list[str] | None) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (entry.partition(":") for entry in entries or [])]


def request_transformer(call: Call, config: dict) -> web.Response | None:
    """Headers, query, path and method: of bodies it leaves the work to real Kong, as it does of templates."""
    path, _, query = call.path.partition("?")
    fields = parse_qsl(query, keep_blank_values=True)
    step = {name: config.get(name) or {} for name in ("remove", "rename", "replace", "add", "append")}
    present = lambda name: any(known.lower() == name.lower() for known, _ in call.headers)
    for name in step["remove"].get("headers") or []:
        call.drop(name)
    for old, new in pairs(step["rename"].get("headers")):
        call.headers = [(new if known.lower() == old.lower() else known, value) for known, value in call.headers]
    for name, value in pairs(step["replace"].get("headers")):
        if present(name):
            call.headers = [(known, value if known.lower() == name.lower() else old) for known, old in call.headers]
    call.headers += [(name, value) for name, value in pairs(step["add"].get("headers")) if not present(name)]
    call.headers += pairs(step["append"].get("headers"))
    fields = [(name, value) for name, value in fields if name not in (step["remove"].get("querystring") or [])]
    renamed, replaced = dict(pairs(step["rename"].get("querystring"))), dict(pairs(step["replace"].get("querystring")))
    fields = [(renamed.get(name, name), value) for name, value in fields]
    fields = [(name, replaced.get(name, value)) for name, value in fields]
    fields += [(name, value) for name, value in pairs(step["add"].get("querystring")) if name not in dict(fields)]
    fields += pairs(step["append"].get("querystring"))
    changed = any(part.get("querystring") for part in step.values())
    query = urlencode(fields) if changed else query
    call.path = (step["replace"].get("uri") or path) + (f"?{query}" if query else "")
    call.method = config.get("http_method") or call.method
    return None


def response_transformer(_call: Call, config: dict, answer: web.Response) -> None:
    """Headers: of bodies it leaves the work to real Kong."""
    step = {name: config.get(name) or {} for name in ("remove", "rename", "replace", "add", "append")}
    for name in step["remove"].get("headers") or []:
        answer.headers.popall(name, None)
    for old, new in pairs(step["rename"].get("headers")):
        if old in answer.headers:
            answer.headers[new] = answer.headers.pop(old)
    for name, value in pairs(step["replace"].get("headers")):
        if name in answer.headers:
            answer.headers[name] = value
    for name, value in pairs(step["add"].get("headers")):
        answer.headers.setdefault(name, value)
    for name, value in pairs(step["append"].get("headers")):
        answer.headers.add(name, value)


def request_size_limiting(call: Call, config: dict) -> web.Response | None:
    allowed = config.get("allowed_payload_size", 128) * UNITS[config.get("size_unit", "megabytes")]
    return message(413, "Request size limit exceeded") if len(call.body) > allowed else None


class RateLimiting:
    """Counts per route, and per consumer or address, in fixed windows."""

    def __init__(self):
        self.counts: dict[tuple, int] = {}

    @staticmethod
    def who(call: Call, config: dict) -> str | None:
        """What is counted together; the address where what is counted by is not there."""
        path = config.get("path")
        by = {
            "consumer": call.consumer and call.consumer.name,
            "credential": call.credential,
            "service": call.service,
            "header": call.request.headers.get(config.get("header_name") or ""),
            "path": path if path and call.request.path == path else None,
        }
        return by.get(config.get("limit_by", "consumer")) or call.request.remote

    def __call__(self, call: Call, config: dict) -> web.Response | None:
        who = self.who(call, config)
        now, exceeded = time.time(), False
        for period in (period for period in SECONDS if config.get(period)):
            window = int(now // SECONDS[period])
            key = (call.route, who, period, window)
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


def unseen(_call: Call, _config: dict) -> web.Response | None:
    """A plugin that changes nothing of what clients see."""
    return None


# In the order of Kong's own priorities.
PLUGINS = {
    "correlation-id": correlation_id,
    "bot-detection": bot_detection,
    "cors": cors,
    "jwt": jwt,
    "key-auth": key_auth,
    "ip-restriction": ip_restriction,
    "request-size-limiting": request_size_limiting,
    "acl": acl,
    "rate-limiting": RateLimiting(),
    "request-transformer": request_transformer,
    "response-transformer": unseen,
    "prometheus": unseen,
    "proxy-cache": unseen,
    "syslog": unseen,
    "request-termination": request_termination,
}

# What plugins make of an answer.
ANSWERS = {"response-transformer": response_transformer}
