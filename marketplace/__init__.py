"""The Celery application is loaded with the project, so that every shared task belongs to it."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
