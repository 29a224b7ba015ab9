"""Workflows: each step asks content or communication to do something. There is no AI behind the AI path but a first sentence."""

import json
import re
from typing import Literal

from fastapi import HTTPException
from hub import Caller, Token, hub, service
from pydantic import BaseModel, Field

app = service(
    "workflow",
    """
    CREATE TABLE IF NOT EXISTS workflows (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        steps jsonb NOT NULL
    );
    CREATE TABLE IF NOT EXISTS runs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        workflow bigint NOT NULL REFERENCES workflows,
        starter text NOT NULL,
        results jsonb NOT NULL
    );
    """,
)


class Step(BaseModel):
    """`store` keeps a document of this title; `notify` sends its title to somebody."""

    do: Literal["store", "notify"]
    title: str = Field(min_length=1, max_length=500)
    to: str = ""


class Workflow(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    steps: list[Step] = Field(max_length=20)


async def done(step: Step, user: str, token: str) -> dict:
    if step.do == "store":
        document = {"title": step.title, "text": f"made by a workflow of {user}"}
        return await hub.call("content", "POST", "/api/v1/documents", token, json=document)
    message = {"to": step.to or user, "text": step.title}
    return await hub.call("communication", "POST", "/api/v1/messages", token, json=message)


@app.get("/api/v1/workflows")
async def everything(_user: Caller) -> list[dict]:
    rows = await hub.db.fetch("SELECT id, name, steps FROM workflows ORDER BY id DESC LIMIT 100")
    return [dict(row) | {"steps": json.loads(row["steps"])} for row in rows]


@app.post("/api/v1/workflows", status_code=201)
async def define(workflow: Workflow, _user: Caller) -> dict:
    steps = json.dumps([step.model_dump() for step in workflow.steps])
    number = await hub.db.fetchval("INSERT INTO workflows (name, steps) VALUES ($1, $2) RETURNING id", workflow.name, steps)
    return {"id": number, "name": workflow.name}


@app.post("/api/v1/workflows/{number}/runs", status_code=201)
async def run(number: int, user: Caller, token: Token) -> dict:
    steps = await hub.db.fetchval("SELECT steps FROM workflows WHERE id = $1", number)
    if steps is None:
        raise HTTPException(404, f"there is no workflow {number}")
    queue = f"steps:{await hub.cache.incr('runs')}"
    results = []
    if json.loads(steps):
        await hub.cache.rpush(queue, *(json.dumps(step) for step in json.loads(steps)))
        await hub.cache.expire(queue, 3600)
    # A step leaves the queue once it is done.
    while (step := await hub.cache.lindex(queue, 0)) is not None:
        results.append(await done(Step.model_validate_json(step), user, token))
        await hub.cache.lpop(queue)
    record = await hub.db.fetchval(
        "INSERT INTO runs (workflow, starter, results) VALUES ($1, $2, $3) RETURNING id", number, user, json.dumps(results)
    )
    return {"id": record, "results": results}


@app.get("/api/v1/ai/summaries/{document}")
async def summary(document: int, _user: Caller, token: Token) -> dict[str, str]:
    found = await hub.call("content", "GET", f"/api/v1/documents/{document}", token)
    return {"summary": re.split(r"(?<=[.!?])\s", found["text"] or found["title"], maxsplit=1)[0]}
