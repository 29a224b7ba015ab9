"""The gateway's listeners: the proxy, the status API that says when it is ready, and as much of an admin API as updates need."""

import asyncio
import os
import re
import signal
import sys

import aiohttp
from aiohttp import web
from yarl import URL

from .balancer import Upstream, upstream_of
from .config import Config
from .plugins import PLUGINS, Call, message

HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    "content-length", "host", "expect",
}  # fmt: skip
IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"}


class Gateway:
    """Takes requests, asks the plugins, and passes on what they let through."""

    def __init__(self, config: Config, session: aiohttp.ClientSession):
        self.config = config
        self.session = session
        self.upstreams: dict[str, Upstream] = {}
        for route in config.routes:
            if route.service is not None and route.service["host"] not in self.upstreams:
                self.upstreams[route.service["host"]] = upstream_of(route.service, config.upstreams)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        found = self.config.find(request.method, request.path)
        if found is None:
            return message(404, "no Route matched with those values")
        route, matched = found
        call = Call(request, route.name, await request.content.read(), self.config.credentials)
        configs = {plugin["name"]: plugin.get("config") or {} for plugin in route.plugins}
        answer = None
        for name, plugin in PLUGINS.items():
            if answer is None and name in configs:
                answer = plugin(call, configs[name])
        if answer is None:
            path = request.raw_path
            if route.strip_path:
                path = "/" + path.removeprefix(matched).lstrip("/")
            answer = await self.forward(call, route.service, path)
        answer.headers.update(call.answer_headers)
        return answer

    async def forward(self, call: Call, service: dict, path: str) -> web.Response:
        """Passes a request on, to another peer if the first cannot be reached, at most `retries` times."""
        upstream = self.upstreams[service["host"]]
        timeout = aiohttp.ClientTimeout(
            sock_connect=service.get("connect_timeout", 60000) / 1000, sock_read=service.get("read_timeout", 60000) / 1000
        )
        tried: set[str] = set()
        failure = message(503, "failure to get a peer from the ring-balancer")
        for _ in range(1 + service.get("retries", 5)):
            # Where every peer was tried, the round begins again.
            peer = await upstream.next(tried) or await upstream.next(set())
            if peer is None:
                break
            tried.add(peer.base)
            headers = self.headers(call, f"{peer.host}:{peer.port}")
            try:
                async with self.session.request(
                    call.request.method, URL(peer.base + path, encoded=True), data=call.body, headers=headers, timeout=timeout,
                    allow_redirects=False,
                ) as answer:  # fmt: skip
                    body = await answer.read()
                    kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
                    result = web.Response(status=answer.status, body=body)
                    result.headers.clear()
                    result.headers.extend(kept)
                    return result
            except aiohttp.ClientConnectorError as error:
                print(f"gateway-stand-in: {peer.host} at {peer.base}: {error}", file=sys.stderr, flush=True)
                failure = message(502, "An invalid response was received from the upstream server")
            except TimeoutError:
                return message(504, "The upstream server is timing out")
            except (aiohttp.ClientError, OSError) as error:
                print(f"gateway-stand-in: {peer.host} at {peer.base}: {error!r}", file=sys.stderr, flush=True)
                failure = message(502, "An invalid response was received from the upstream server")
                if call.request.method not in IDEMPOTENT:
                    break
        return failure

    def headers(self, call: Call, host: str) -> list[tuple[str, str]]:
        request = call.request
        ours = {"x-consumer-username", "x-credential-identifier", "x-forwarded-host", "x-forwarded-proto"}
        kept = [
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in HOP_BY_HOP and name.lower() not in ours
        ]
        forwarded = {"X-Forwarded-For": request.remote or "", "X-Forwarded-Proto": "http", "X-Forwarded-Host": request.host}
        return [*kept, ("Host", host), *forwarded.items(), *call.upstream_headers.items()]


    async def administer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Of Kong's admin API: PUT /upstreams/NAME/targets/HOST:PORT/ADDRESS:PORT/healthy, or unhealthy."""
        found = re.fullmatch(r"/upstreams/([^/]+)/targets/([^/]+)/([^/]+)/(healthy|unhealthy)", request.path)
        if found is None or found[1] not in self.upstreams:
            return message(404, "Not found")
        if request.method != "PUT":
            return message(405, "Method not allowed")
        known = self.upstreams[found[1]].mark(found[2], found[3], found[4] == "healthy")
        return web.Response(status=204) if known else message(404, "Not found")


async def status(request: web.BaseRequest) -> web.StreamResponse:
    """The status API. The config is loaded before anything listens, so whoever can ask gets a yes."""
    return message(200, "ready") if request.path in ("/status", "/status/ready") else message(404, "Not found")


def address(name: str) -> tuple[str, int]:
    """The address of one of Kong's listeners, whose options after it do not concern this gateway."""
    host, _, port = os.environ[name].split()[0].rpartition(":")
    return host, int(port)


async def listen(handler, name: str) -> web.ServerRunner:
    runner = web.ServerRunner(web.Server(handler, auto_decompress=False, access_log=None), shutdown_timeout=10.0)
    await runner.setup()
    await web.TCPSite(runner, *address(name), backlog=1024).start()
    return runner


async def main() -> None:
    with open(os.environ["KONG_DECLARATIVE_CONFIG"], encoding="utf-8") as file:
        config = Config(file.read(), set(PLUGINS))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:
        gateway = Gateway(config, session)
        checks = [asyncio.create_task(upstream.watch(session)) for upstream in gateway.upstreams.values()]
        listeners = [
            await listen(gateway.handle, "KONG_PROXY_LISTEN"),
            await listen(gateway.administer, "KONG_ADMIN_LISTEN"),
            await listen(status, "KONG_STATUS_LISTEN"),
        ]
        print(f"gateway-stand-in: {len(config.routes)} routes, {len(config.upstreams)} upstreams", flush=True)
        await stopped.wait()
        for listener in listeners:
            await listener.cleanup()
        for check in checks:
            check.cancel()


asyncio.run(main())
