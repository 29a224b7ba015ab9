"""Messages between people: kept in the database, with a queue in Redis of who is still to be told of them."""

import json

from fastapi import HTTPException
from hub import Caller, hub, service
from pydantic import BaseModel, Field

app = service(
    "communication",
    """
    CREATE TABLE IF NOT EXISTS messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sender text NOT NULL,
        recipient text NOT NULL,
        text text NOT NULL,
        read boolean NOT NULL DEFAULT false
    );
    """,
)


class Message(BaseModel):
    to: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=10_000)


@app.get("/api/v1/messages")
async def inbox(user: Caller) -> list[dict]:
    rows = await hub.db.fetch(
        "SELECT id, sender, text, read FROM messages WHERE recipient = $1 ORDER BY id DESC LIMIT 100", user
    )
    return [dict(row) for row in rows]


@app.post("/api/v1/messages", status_code=202)
async def send(message: Message, user: Caller) -> dict[str, int]:
    number = await hub.db.fetchval(
        "INSERT INTO messages (sender, recipient, text) VALUES ($1, $2, $3) RETURNING id", user, message.to, message.text
    )
    notification = json.dumps({"message": number, "from": user})
    return {"id": number, "waiting": await hub.cache.rpush(f"queue:{message.to}", notification)}


@app.post("/api/v1/messages/{number}/read", status_code=204)
async def read(number: int, user: Caller) -> None:
    changed = await hub.db.execute("UPDATE messages SET read = true WHERE id = $1 AND recipient = $2", number, user)
    if changed == "UPDATE 0":
        raise HTTPException(404, f"there is no message {number} for {user}")


@app.get("/api/v1/notifications")
async def waiting(user: Caller) -> list[dict]:
    """What somebody is still to be told of, the oldest first."""
    return [json.loads(entry) for entry in await hub.cache.lrange(f"queue:{user}", 0, -1)]


@app.post("/api/v1/notifications/next")
async def deliver(user: Caller) -> dict:
    """Takes the oldest one from the queue, so that nobody is told twice."""
    entry = await hub.cache.lpop(f"queue:{user}")
    if entry is None:
        raise HTTPException(404, f"nothing waits for {user}")
    return json.loads(entry)
