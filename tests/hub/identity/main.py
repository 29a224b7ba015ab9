"""Issues the tokens that the gateway verifies. A miniature: it knows nobody, and takes anyone at their word."""

import base64
import hashlib
import hmac
import json
import os
import time

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="identity")

LIFETIME = 3600


class Login(BaseModel):
    user: str


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user: str) -> str:
    """A JSON web token (RFC 7519), signed with HMAC and SHA-256."""
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"iss": os.environ["JWT_ISSUER"], "sub": user, "exp": int(time.time()) + LIFETIME}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(os.environ["JWT_SECRET"].encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(signature)}"


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "service": "identity"}


# The gateway takes the prefix off: this is /api/v1/auth/login to the outside.
@app.post("/login")
def login(request: Login) -> dict[str, str | int]:
    return {"access_token": token(request.user), "token_type": "bearer", "expires_in": LIFETIME}


@app.get("/")
def everybody() -> list[str]:
    return []
