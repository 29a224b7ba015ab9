"""Upstreams: which address of a service takes the next request, by DNS, active health checks and turns."""

import asyncio
import itertools
import os
import time
from dataclasses import dataclass

import aiohttp

# How long an answer of the DNS is used, in seconds. Docker's own answers say 600, and Kong keeps to that unless told otherwise.
DNS_TTL = float(os.environ.get("KONG_DNS_VALID_TTL") or os.environ.get("KONG_RESOLVER_VALID_TTL") or 600)


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


class Upstream:
    """The targets of one upstream, or the one host of a service that has none."""

    def __init__(self, targets: list[str], checks: dict, host_header: str | None = None):
        self.host_header = host_header
        self.targets = [target.rsplit(":", 1) for target in targets]
        self.checks = checks
        self.peers: dict[tuple[str, str], Peer] = {}
        self.resolved = 0.0
        self.turn = itertools.count()
        self.lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Asks the DNS again once the last answer is too old. Where it fails, the last answer stays."""
        async with self.lock:
            if time.monotonic() - self.resolved < DNS_TTL and self.peers:
                return
            for host, port in self.targets:
                try:
                    found = await asyncio.get_running_loop().getaddrinfo(host, int(port), family=2, type=1)
                except OSError:
                    continue
                addresses = {entry[4][0] for entry in found}
                gone = [key for key in self.peers if key[0] == host and key[1] not in addresses]
                for key in gone:
                    del self.peers[key]
                for address in addresses:
                    self.peers.setdefault((host, address), Peer(host, address, int(port)))
            self.resolved = time.monotonic()

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
