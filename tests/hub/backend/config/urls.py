"""The backend's paths."""

from django.urls import path
from projects import views

urlpatterns = [path("health", views.health), path("api/projects", views.projects)]
