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
from .plugins import ANSWERS, PLUGINS, Call, message
from .routing import Request, Row, asked, refusal

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
        for service in config.services:
            if service["host"] not in self.upstreams:
                self.upstreams[service["host"]] = upstream_of(service, config.upstreams)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        seen = Request(request.method, "http", request.host, request.raw_path, list(request.headers.items()))
        if seen.path is None:
            return message(400, "Bad request")
        found = self.config.find(seen)
        if found is None:
            return message(404, "no Route matched with those values")
        row, matched = found
        if status := refusal(row.route, seen):
            return message(status, "Please use HTTPS protocol" if status == 426 else "Non-gRPC request matched gRPC route")
        service = (row.service or {}).get("name")
        call = Call(request, row.route["name"], service, await request.content.read(), self.config, asked(row, matched, seen))
        answer = self.answer_of_plugins(call, row)
        if answer is None:
            answer = await self.forward(call, row)
        answer.headers.update(call.answer_headers)
        for name, config in self.config.plugins(row).items():
            if name in ANSWERS:
                ANSWERS[name](call, config, answer)
        return answer

    def answer_of_plugins(self, call: Call, row: Row) -> web.Response | None:
        """What a plugin answers by itself, if one does. Those of the consumer count once somebody has said who he is."""
        configs = self.config.plugins(row)
        for name, plugin in PLUGINS.items():
            config = (call.consumer.plugins if call.consumer else {}).get(name, configs.get(name))
            if config is not None and (answer := plugin(call, config)) is not None:
                return answer
        return None

    async def forward(self, call: Call, row: Row) -> web.Response:
        """Passes a request on, to another peer if the first cannot be reached, at most `retries` times."""
        service = row.service
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
            host = call.request.host if row.route.get("preserve_host") else upstream.host_header or f"{peer.host}:{peer.port}"
            headers = self.headers(call, host)
            try:
                async with self.session.request(
                    call.method, URL(peer.base + call.path, encoded=True), data=call.body, headers=headers, timeout=timeout,
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
        ours = {"x-consumer-username", "x-consumer-groups", "x-credential-identifier", "x-forwarded-host", "x-forwarded-proto"}
        kept = [
            (name, value)
            for name, value in call.headers
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
        print(f"gateway-stand-in: {len(config.table.rows)} routes, {len(config.upstreams)} upstreams", flush=True)
        await stopped.wait()
        for listener in listeners:
            await listener.cleanup()
        for check in checks:
            check.cancel()


asyncio.run(main())
