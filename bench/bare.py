"""An empty DRF view of a bare project, no middleware: what a whole page is divided by."""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="bench.bare",
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
)
application = get_wsgi_application()

from rest_framework.response import Response  # noqa: E402 - needs the settings
from rest_framework.views import APIView  # noqa: E402 - needs the settings


class Empty(APIView):
    def get(self, request: Any) -> Response:
        return Response({})


urlpatterns = [path("", Empty.as_view())]
