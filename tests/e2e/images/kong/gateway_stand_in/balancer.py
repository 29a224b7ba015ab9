"""Upstreams: which address of a service takes the next request, by DNS, active health checks and turns."""

import asyncio
import itertools
import os
import socket
import time
from dataclasses import dataclass

import aiohttp

# How long an answer of the DNS is used, in seconds. Docker's own answers say 600, and Kong keeps to that unless told otherwise.
DNS_TTL = float(os.environ.get("KONG_DNS_VALID_TTL") or 600)
# How much longer it is kept while the DNS has no other, in seconds; 4 is Kong's default.
STALE_TTL = float(os.environ.get("KONG_DNS_STALE_TTL") or 4)
# When Kong asks for a name again that it has forgotten, in seconds (`REQUERY_INTERVAL` in its balancers.lua).
REQUERY_INTERVAL = 30


@dataclass
class Peer:
    """One address of a target, and how its health checks went."""

    host: str
    address: str
    port: int
    healthy: bool = True
    successes: int = 0
    failures: int = 0
    checked: float = 0.0

    @property
    def base(self) -> str:
        return f"http://{self.address}:{self.port}"


@dataclass
class Target:
    """A host and port of an upstream, when to ask the DNS for it, and how long what it said last is kept."""

    host: str
    port: int
    due: float = 0.0
    kept_until: float = 0.0

    async def addresses(self, known: set[str]) -> set[str]:
        """What the DNS says now. The known ones where it has no answer, but not where it says that there is no such name."""
        now = time.monotonic()
        try:
            found = await asyncio.get_running_loop().getaddrinfo(self.host, self.port, family=2, type=1)
        except socket.gaierror as error:
            kept = error.errno != socket.EAI_NONAME and now < self.kept_until
            self.due = now + (REQUERY_INTERVAL if known and not kept else DNS_TTL)
            return known if kept else set()
        self.due = now + DNS_TTL
        self.kept_until = self.due + STALE_TTL
        return {entry[4][0] for entry in found}


class Upstream:
    """The targets of one upstream, or the one host of a service that has none."""

    def __init__(self, targets: list[str], checks: dict, host_header: str | None = None):
        self.host_header = host_header
        self.targets = [Target(host, int(port)) for host, port in (target.rsplit(":", 1) for target in targets)]
        self.checks = checks
        self.peers: dict[tuple[str, str], Peer] = {}
        self.turn = itertools.count()
        self.lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Asks the DNS again for what it is due for."""
        async with self.lock:
            for target in self.targets:
                if time.monotonic() < target.due:
                    continue
                known = {address for host, address in self.peers if host == target.host}
                addresses = await target.addresses(known)
                for address in known - addresses:
                    del self.peers[target.host, address]
                for address in addresses - known:
                    self.peers[target.host, address] = Peer(target.host, address, target.port)

    async def next(self, tried: set[str]) -> Peer | None:
        """The healthy peer whose turn it is, of those that were not tried."""
        await self.refresh()
        ready = [peer for key, peer in sorted(self.peers.items()) if peer.healthy and peer.base not in tried]
        return ready[next(self.turn) % len(ready)] if ready else None

    def mark(self, target: str, address: str, healthy: bool) -> bool:
        """Takes an address for healthy or not, until its checks say otherwise. False where there is no such address."""
        found = [
            peer
            for peer in self.peers.values()
            if target == f"{peer.host}:{peer.port}" and address == f"{peer.address}:{peer.port}"
        ]
        for peer in found:
            peer.healthy, peer.successes, peer.failures = healthy, 0, 0
        return bool(found)

    async def watch(self, session: aiohttp.ClientSession) -> None:
        """Active health checks, for ever. An interval of 0 switches them off."""
        active = self.checks.get("active") or {}
        healthy, unhealthy = active.get("healthy") or {}, active.get("unhealthy") or {}
        intervals = {True: healthy.get("interval", 0), False: unhealthy.get("interval", 0)}
        if not any(intervals.values()):
            return
        while True:
            await self.refresh()
            now = time.monotonic()
            due = [
                peer
                for peer in self.peers.values()
                if intervals[peer.healthy] and now - peer.checked >= intervals[peer.healthy]
            ]
            await asyncio.gather(*(self._check(session, peer, active) for peer in due))
            await asyncio.sleep(0.25)

    async def _check(self, session: aiohttp.ClientSession, peer: Peer, active: dict) -> None:
        peer.checked = time.monotonic()
        healthy, unhealthy = active.get("healthy") or {}, active.get("unhealthy") or {}
        timeout = aiohttp.ClientTimeout(total=active.get("timeout", 1))
        limit = "http_failures"
        try:
            async with session.get(peer.base + active.get("http_path", "/"), timeout=timeout) as answer:
                well = answer.status in healthy.get("http_statuses", [200, 302])
                ill = answer.status in unhealthy.get("http_statuses", [429, 404, 500, 501, 502, 503, 504, 505])
        except TimeoutError:
            well, ill, limit = False, True, "timeouts"
        except (aiohttp.ClientError, OSError):
            well, ill, limit = False, True, "tcp_failures"
        if well:
            peer.successes, peer.failures = peer.successes + 1, 0
            if 0 < healthy.get("successes", 0) <= peer.successes:
                peer.healthy = True
        elif ill:
            peer.successes, peer.failures = 0, peer.failures + 1
            if 0 < unhealthy.get(limit, 0) <= peer.failures:
                peer.healthy = False


def upstream_of(service: dict, upstreams: dict[str, dict]) -> Upstream:
    """A service goes through the upstream that its host names, else to that host itself, unchecked."""
    upstream = upstreams.get(service["host"])
    if upstream is None:
        return Upstream([f"{service['host']}:{service.get('port', 80)}"], {})
    targets = [target["target"] for target in upstream["targets"] if target.get("weight", 100) > 0]
    return Upstream(targets, upstream.get("healthchecks") or {}, upstream.get("host_header"))
