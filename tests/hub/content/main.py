"""Documents and the search over them. A miniature: it keeps them in memory."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(title="content")


class Document(BaseModel):
    title: str
    text: str = ""


documents: list[Document] = []


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "service": "content"}


@app.get("/api/v1/documents")
def everything() -> list[Document]:
    return documents


@app.post("/api/v1/documents", status_code=201)
def add(document: Document) -> Document:
    documents.append(document)
    return document


@app.get("/api/v1/search")
def search(words: str) -> list[Document]:
    wanted = words.lower().split()
    return [found for found in documents if all(word in f"{found.title} {found.text}".lower() for word in wanted)]
