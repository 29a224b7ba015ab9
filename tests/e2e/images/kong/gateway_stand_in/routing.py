"""Which route takes a request, by the rules of Kong 3.9's router (`traditional_compatible`), and what its service is asked for.

Needs nothing but Python, so that tests/kong_routes.rs holds it against what real Kong answered."""

import re
import uuid
from dataclasses import dataclass, field

# The namespaces in which Kong makes ids of names. Where routes are equal in all else, the greater id is asked first.
ROUTES = uuid.uuid5(uuid.UUID("fd02801f-0957-4a15-a55a-c8d9606f30b5"), "routes")
PARTS = uuid.UUID("7f145bf9-0dce-4f91-98eb-debbce4b9f6b")

RESERVED = b"!*'();:@&=+$,/?%#[]"
UNTOUCHED = set(b"!#$&'()*+,/:;=?@[]-_.~%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


@dataclass
class Request:
    """A request as the router sees it. `headers` are pairs, in which a name may come again."""

    method: str
    scheme: str
    host: str
    target: str
    headers: list[tuple[str, str]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        return [value for known, value in self.headers if header_name(known) == header_name(name)]

    @property
    def host_name(self) -> str:
        name, colon, port = self.host.partition(":")
        return name if colon and port.isdigit() else self.host

    @property
    def query(self) -> str | None:
        """Behind the first question mark; None where there is none."""
        at = self.target.find("?", 1)
        return None if at < 0 else self.target[at + 1 :]

    @property
    def path(self) -> str | None:
        """The path that routes are held against. None for one that is refused before: badly encoded, no text, or above the root."""
        at = self.target.find("?", 1)
        raw = (self.target if at < 0 else self.target[:at]).encode()
        if re.search(rb"%(?![0-9A-Fa-f]{2})", raw):
            return None
        raw = re.sub(rb"%([0-9A-Fa-f]{2})", decoded, raw)
        parts, kept = raw.split(b"/"), []
        for part in parts:
            if part == b".." and not kept:
                return None
            if part == b"..":
                kept.pop()
            elif part not in (b"", b"."):
                kept.append(part)
        trailing = parts[-1] in (b"", b".", b"..") and bool(kept)
        try:
            return ("/" if raw[:1] == b"/" else "") + b"/".join(kept).decode() + ("/" if trailing else "")
        except UnicodeDecodeError:
            return None


def decoded(found: re.Match) -> bytes:
    code = int(found[1], 16)
    return found[0].upper() if code in RESERVED else bytes([code])


def header_name(name: str) -> str:
    return name.lower().replace("-", "_")


def expression(path: str) -> re.Pattern:
    """What Kong makes of a path behind `~`: the `^` belongs to the first of several alternatives alone."""
    return re.compile("^" + path[1:].replace("?<", "?P<"))


@dataclass
class Row:
    """A route of the config, or the part of one whose paths rank alike."""

    route: dict
    service: dict | None
    paths: list[str]
    rank: tuple

    def match(self, request: Request, path: str) -> str | None:
        """The part of the path that it matches, `/` where it asks for no path; None where it does not match."""
        route = self.route
        if route.get("methods") and request.method not in route["methods"]:
            return None
        if route.get("hosts") and not any(is_host(pattern, request.host_name) for pattern in route["hosts"]):
            return None
        for name, values in (route.get("headers") or {}).items():
            given = [value.lower() for value in request.values(name)]
            if not any(is_value(wanted.lower(), value) for wanted in values for value in given):
                return None
        for wanted in self.paths:
            if wanted.startswith("~"):
                if found := expression(wanted).search(path):
                    return found[0]
            elif path.startswith(wanted):
                return wanted
        return None if self.paths else "/"


def is_host(pattern: str, host: str) -> bool:
    if pattern.startswith("*"):
        return host.endswith(pattern[1:])
    return host.startswith(pattern[:-1]) if pattern.endswith("*") else host == pattern


def is_value(wanted: str, value: str) -> bool:
    return bool(re.search(wanted[2:], value)) if wanted.startswith("~*") else wanted == value


def rows(route: dict, service: dict | None) -> list[Row]:
    """All expressions of a route are one row, and its prefixes of each length."""
    groups: dict[int | None, list[str]] = {}
    for path in route.get("paths") or []:
        groups.setdefault(None if path.startswith("~") else len(path.encode()), []).append(path)
    whole = uuid.uuid5(ROUTES, route["name"])
    if len(groups) < 2:
        paths = next(iter(groups.values()), [])
        return [Row(route, service, paths, rank(route, paths, whole))]
    return [
        Row(route, service, paths, rank(route, paths, uuid.uuid5(PARTS, f"{whole}#{number}")))
        for number, paths in enumerate(groups.values(), 1)
    ]


def rank(route: dict, paths: list[str], identity: uuid.UUID) -> tuple:
    """Kong's order; the greatest is asked first."""
    hosts, headers = route.get("hosts") or [], route.get("headers") or {}
    expressions = bool(paths) and paths[0].startswith("~")
    sorts = sum(map(bool, (route.get("methods"), hosts, headers, paths)))
    # Kong shifts numbers of 32 bits: only all four sorts of conditions weigh more than a plain host and an expression.
    return (
        sorts == 4,
        bool(hosts) and not any("*" in host for host in hosts),
        expressions,
        sorts << 29 | min(len(headers), 255) << 20 | (route.get("regex_priority", 0) << 19 if expressions else 0),
        0 if expressions or not paths else len(paths[0].encode()),
        identity.bytes,
    )


class Table:
    """The routes of a config in the order in which they are asked."""

    def __init__(self, config: dict):
        self.rows = [row for service in config.get("services") or [] for route in service.get("routes") or [] for row in rows(route, service)]
        self.rows += [row for route in config.get("routes") or [] for row in rows(route, None)]
        self.rows.sort(key=lambda row: row.rank, reverse=True)

    def find(self, request: Request) -> tuple[Row, str] | None:
        """The row that takes a request, and the part of the path that it matches."""
        path = request.path
        if path is None:
            return None
        for row in self.rows:
            if (matched := row.match(request, path)) is not None:
                return row, matched
        return None


def refusal(route: dict, request: Request) -> int | None:
    """The status with which a route refuses what it has taken, for how it is spoken to; None where it does not."""
    protocols = route.get("protocols") or ["http", "https"]
    if request.scheme == "http" and "https" in protocols and "http" not in protocols:
        return 426
    is_grpc = any(value.startswith("application/grpc") for value in request.values("content-type"))
    return 415 if ("grpc" in protocols or "grpcs" in protocols) and not is_grpc else None


def asked(row: Row, matched: str, request: Request) -> str:
    """The path and the query that the service is asked for."""
    path, base = request.path or "/", (row.service or {}).get("path") or "/"
    if row.route.get("strip_path", True):
        rest = path[len(matched) :]
        rest = "" if rest in (".", "..") else rest.removeprefix("./") if rest[:2] == "./" else rest.removeprefix("../")
        if rest:
            joined = base.rstrip("/") + "/" + rest.removeprefix("/")
        elif base == "/":
            joined = "/"
        else:
            joined = base.rstrip("/") + ("/" if len(path) > 1 and path.endswith("/") else "")
    elif base.endswith("/"):
        joined = base + path.removeprefix("/")
    else:
        joined = base if path == "/" else base + path
    encoded = "".join(chr(byte) if byte in UNTOUCHED else f"%{byte:02X}" for byte in joined.encode())
    return encoded if request.query is None else f"{encoded}?{request.query}"
