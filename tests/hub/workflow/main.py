"""Workflows and their runs. A miniature: a run does each step at once, and there is no AI behind the AI steps."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI(title="workflow")


class Workflow(BaseModel):
    name: str
    steps: list[str]


workflows: dict[str, Workflow] = {}


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy", "service": "workflow"}


@app.get("/api/v1/workflows")
def everything() -> list[Workflow]:
    return list(workflows.values())


@app.post("/api/v1/workflows", status_code=201)
def define(workflow: Workflow) -> Workflow:
    workflows[workflow.name] = workflow
    return workflow


@app.post("/api/v1/workflows/{name}/runs", status_code=201)
def run(name: str) -> dict[str, list[str]]:
    if name not in workflows:
        raise HTTPException(404, f"there is no workflow {name}")
    return {"done": workflows[name].steps}


@app.get("/api/v1/ai/models")
def models() -> list[str]:
    return []
