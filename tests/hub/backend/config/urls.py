"""The backend's paths. A miniature: it says how it is, and which services it was told of."""

import os

from django.contrib.auth import get_user_model
from django.http import HttpRequest, JsonResponse
from django.urls import path


def health(request: HttpRequest) -> JsonResponse:
    get_user_model().objects.exists()  # fails where the database or its tables are missing
    return JsonResponse({"status": "healthy", "service": "backend"})


def services(request: HttpRequest) -> JsonResponse:
    names = ("IDENTITY", "CONTENT", "COMMUNICATION", "WORKFLOW")
    return JsonResponse({name.lower(): os.environ.get(f"{name}_URL") for name in names})


urlpatterns = [path("health", health), path("api/services", services)]
