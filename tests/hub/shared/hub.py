"""What the four services have in common: their database, cache and peers, their health, and who is asking."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import httpx
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from redis.asyncio import Redis

# A health check that hangs is no better than one that fails.
PATIENCE = 2.0


class Hub:
    """What a service talks to. The addresses come from the environment, as the stack injects them."""

    db: asyncpg.Pool
    cache: Redis
    http: httpx.AsyncClient

    async def open(self, tables: str) -> None:
        self.db = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=8, command_timeout=10)
        await self.db.execute(tables)
        self.cache = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True, socket_timeout=5)
        self.http = httpx.AsyncClient(timeout=10)

    async def close(self) -> None:
        await self.http.aclose()
        await self.cache.aclose()
        await self.db.close()

    async def call(self, service: str, method: str, path: str, token: str, **arguments) -> dict:
        """Asks another service in the name of whoever holds the token. What it refuses, this service refuses too."""
        url = os.environ[f"{service.upper()}_URL"] + path
        try:
            answer = await self.http.request(method, url, headers={"Authorization": token}, **arguments)
        except httpx.HTTPError as error:
            raise HTTPException(502, f"{service} is out of reach: {error!r}") from error
        if answer.is_error:
            status = answer.status_code if answer.status_code < 500 else 502
            raise HTTPException(status, f"{service} answers {answer.status_code}: {answer.text}")
        return answer.json()


hub = Hub()


def service(name: str, tables: str) -> FastAPI:
    """A service with its tables made and its health told: 503 unless its database and its cache answer."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await hub.open(tables)
        yield
        await hub.close()

    app = FastAPI(title=name, lifespan=lifespan)

    @app.get("/health")
    async def health(response: Response) -> dict[str, str]:
        asked = {"database": hub.db.execute("SELECT 1"), "cache": hub.cache.ping()}
        found = await asyncio.gather(
            *(asyncio.wait_for(question, PATIENCE) for question in asked.values()), return_exceptions=True
        )
        report = {
            part: f"{answer!r}" if isinstance(answer, BaseException) else "healthy"
            for part, answer in zip(asked, found, strict=True)
        }
        well = all(state == "healthy" for state in report.values())
        response.status_code = 200 if well else 503
        return {"status": "healthy" if well else "unhealthy", "service": name, **report}

    return app


Token = Annotated[str, Header(alias="Authorization")]


async def caller(request: Request) -> str:
    """The user whom a token belongs to. Identity knows, for it also knows who has logged out since."""
    token = request.headers.get("Authorization")
    if not token:
        raise HTTPException(401, "no token")
    return (await hub.call("identity", "GET", "/me", token))["user"]


Caller = Annotated[str, Depends(caller)]
