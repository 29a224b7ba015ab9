"""Messages and the notifications about them. A miniature: it keeps them in memory."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="communication")


class Message(BaseModel):
    to: str
    text: str


messages: list[Message] = []


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "service": "communication"}


@app.get("/api/v1/messages")
def everything() -> list[Message]:
    return messages


@app.post("/api/v1/messages", status_code=201)
def send(message: Message) -> Message:
    messages.append(message)
    return message


@app.get("/api/v1/notifications")
def notifications() -> dict[str, int]:
    """How many messages wait for each person."""
    waiting: dict[str, int] = {}
    for message in messages:
        waiting[message.to] = waiting.get(message.to, 0) + 1
    return waiting
