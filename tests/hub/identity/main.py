"""Who somebody is: registers people, checks their passwords, and issues the tokens that the gateway verifies."""

import asyncio
import hashlib
import hmac
import os
import secrets
import time
from typing import Annotated

import jwt
from fastapi import Header, HTTPException
from hub import hub, service
from pydantic import BaseModel, Field

app = service("identity", "CREATE TABLE IF NOT EXISTS users (name text PRIMARY KEY, salt bytea NOT NULL, hash bytea NOT NULL)")

LIFETIME = 3600
# Wrong passwords for one name, before it has to wait as many seconds.
ATTEMPTS, WAIT = 5, 60


class Credentials(BaseModel):
    user: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=8, max_length=1000)


async def hashed(password: str, salt: bytes) -> bytes:
    # It is slow on purpose, and must not hold up everybody else.
    return await asyncio.to_thread(hashlib.scrypt, password.encode(), salt=salt, n=2**14, r=8, p=1)


# The gateway takes the prefixes off: this is /api/v1/auth/register to the outside.
@app.post("/register", status_code=201)
async def register(new: Credentials) -> dict[str, str]:
    salt = secrets.token_bytes(16)
    added = await hub.db.fetchval(
        "INSERT INTO users VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING name",
        new.user,
        salt,
        await hashed(new.password, salt),
    )
    if added is None:
        raise HTTPException(409, f"there is a user {new.user} already")
    return {"user": added}


@app.post("/login")
async def login(given: Credentials) -> dict[str, str | int]:
    attempts = f"attempts:{given.user}"
    if int(await hub.cache.get(attempts) or 0) >= ATTEMPTS:
        raise HTTPException(429, "too many wrong passwords: wait a minute")
    known = await hub.db.fetchrow("SELECT salt, hash FROM users WHERE name = $1", given.user)
    # Somebody unknown takes as long as a wrong password does.
    found = await hashed(given.password, known["salt"] if known else b"nobody")
    if known is None or not hmac.compare_digest(found, known["hash"]):
        await hub.cache.incr(attempts)
        await hub.cache.expire(attempts, WAIT)
        raise HTTPException(401, "the user or the password is wrong")
    await hub.cache.delete(attempts)

    session = secrets.token_urlsafe(16)
    await hub.cache.set(f"session:{session}", given.user, ex=LIFETIME)
    claims = {"iss": os.environ["JWT_ISSUER"], "sub": given.user, "exp": int(time.time()) + LIFETIME, "jti": session}
    token = jwt.encode(claims, os.environ["JWT_SECRET"], algorithm="HS256")
    return {"access_token": token, "token_type": "bearer", "expires_in": LIFETIME}


async def session_of(authorization: str) -> tuple[str, str]:
    """The session and the user of a token that is valid and was not logged out."""
    token = authorization.removeprefix("Bearer ")
    try:
        claims = jwt.decode(
            token, os.environ["JWT_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub", "jti"]}
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, f"the token is not valid: {error}") from error
    session = f"session:{claims['jti']}"
    if await hub.cache.get(session) != claims["sub"]:
        raise HTTPException(401, "the session is over")
    return session, claims["sub"]


@app.get("/me")
async def me(authorization: Annotated[str, Header()]) -> dict[str, str]:
    return {"user": (await session_of(authorization))[1]}


@app.post("/logout", status_code=204)
async def logout(authorization: Annotated[str, Header()]) -> None:
    await hub.cache.delete((await session_of(authorization))[0])


@app.get("/")
async def everybody() -> list[str]:
    return [row["name"] for row in await hub.db.fetch("SELECT name FROM users ORDER BY name LIMIT 1000")]
