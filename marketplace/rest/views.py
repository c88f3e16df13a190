from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.rest.errors import problem_response


class ApiRootView(APIView):
    """The collections and their addresses."""

    public = True
    routes: tuple[str, ...] = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        base = request.build_absolute_uri("/api/v1/")
        found = {route: f"{base}{route}/" for route in self.routes}
        return Response({**found, "schema": f"{base}schema/"})


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """JSON 404, in place of the HTML page; a missing last slash is given back (308 keeps the method)."""
    if not request.path.endswith("/") and _exists(f"{request.path}/"):
        query = request.META.get("QUERY_STRING", "")
        response = HttpResponsePermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))
        response.status_code = 308
        return response
    return problem_response(404, code="unknown_address", detail="Cette adresse n’existe pas dans l’API.")


def _exists(path: str) -> bool:
    try:
        return resolve(path).url_name != "api-unknown"
    except Resolver404:
        return False
