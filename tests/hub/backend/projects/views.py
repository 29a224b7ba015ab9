"""A project spans the four services: a document, a message to its owner, and a workflow that keeps a record of it."""

import json

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from .models import Project
from .services import Refused, call


def health(_request: HttpRequest) -> JsonResponse:
    try:
        Project.objects.exists()
    except Exception as error:  # whatever it is, the database does not answer
        return JsonResponse({"status": "unhealthy", "service": "backend", "database": repr(error)}, status=503)
    return JsonResponse({"status": "healthy", "service": "backend", "database": "healthy"})


@require_http_methods(["GET", "POST"])
def projects(request: HttpRequest) -> JsonResponse:
    try:
        token = request.headers.get("Authorization", "")
        if not token:
            raise Refused(401, "no token")
        owner = call("identity", "GET", "/me", token)["user"]
        if request.method == "GET":
            return JsonResponse({"projects": list(Project.objects.filter(owner=owner).values())})
        name = json.loads(request.body)["name"]
        return JsonResponse(begin(name, owner, token), status=201)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"detail": 'a project needs a name: {"name": "…"}'}, status=400)
    except Refused as refused:
        return JsonResponse({"detail": str(refused)}, status=refused.status)


def begin(name: str, owner: str, token: str) -> dict:
    title = f"Project {name}"
    document = call("content", "POST", "/api/v1/documents", token, {"title": title, "text": f"begun by {owner}"})
    call("communication", "POST", "/api/v1/messages", token, {"to": owner, "text": f"{title} has begun"})
    steps = [{"do": "store", "title": f"{title}: record"}]
    workflow = call("workflow", "POST", "/api/v1/workflows", token, {"name": title, "steps": steps})
    call("workflow", "POST", f"/api/v1/workflows/{workflow['id']}/runs", token)
    project = Project.objects.create(name=name, owner=owner, document=document["id"], workflow=workflow["id"])
    return {"id": project.pk, "name": name, "owner": owner, "document": project.document, "workflow": project.workflow}
