"""Documents and the search over them: kept in the database, with what was found lately in the cache."""

import json

from fastapi import HTTPException
from hub import Caller, hub, service
from pydantic import BaseModel, Field

app = service(
    "content",
    """
    CREATE TABLE IF NOT EXISTS documents (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner text NOT NULL,
        title text NOT NULL,
        body text NOT NULL,
        words tsvector GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || body)) STORED
    );
    CREATE INDEX IF NOT EXISTS documents_words ON documents USING gin (words);
    """,
)


class Document(BaseModel):
    title: str = Field(min_length=1, max_length=500)
    text: str = ""


class Query(BaseModel):
    words: str


COLUMNS = "id, owner, title, body AS text"


@app.get("/api/v1/documents")
async def everything(_user: Caller) -> list[dict]:
    return [dict(row) for row in await hub.db.fetch(f"SELECT {COLUMNS} FROM documents ORDER BY id DESC LIMIT 100")]


@app.post("/api/v1/documents", status_code=201)
async def store(document: Document, user: Caller) -> dict:
    row = await hub.db.fetchrow(
        f"INSERT INTO documents (owner, title, body) VALUES ($1, $2, $3) RETURNING {COLUMNS}",
        user,
        document.title,
        document.text,
    )
    # Whatever was found until now may be more from here on.
    await hub.cache.incr("generation")
    return dict(row)


@app.get("/api/v1/documents/{number}")
async def one(number: int, _user: Caller) -> dict:
    row = await hub.db.fetchrow(f"SELECT {COLUMNS} FROM documents WHERE id = $1", number)
    if row is None:
        raise HTTPException(404, f"there is no document {number}")
    return dict(row)


@app.get("/api/v1/search")
async def search(words: str, _user: Caller) -> list[dict]:
    key = f"found:{await hub.cache.get('generation') or 0}:{words}"
    known = await hub.cache.get(key)
    if known is not None:
        return json.loads(known)
    rows = await hub.db.fetch(
        f"SELECT {COLUMNS} FROM documents WHERE words @@ plainto_tsquery('simple', $1) ORDER BY id DESC LIMIT 100", words
    )
    found = [dict(row) for row in rows]
    await hub.cache.set(key, json.dumps(found), ex=60)
    return found


@app.post("/api/v1/search")
async def search_for(query: Query, user: Caller) -> list[dict]:
    return await search(query.words, user)
