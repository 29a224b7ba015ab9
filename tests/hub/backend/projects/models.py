"""What the backend itself remembers: the four services hold the rest."""

from django.db import models


class Project(models.Model):
    """A project, with what was made for it in the other services."""

    name = models.CharField(max_length=100)
    owner = models.CharField(max_length=100)
    document = models.BigIntegerField()
    workflow = models.BigIntegerField()
