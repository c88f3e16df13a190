"""`/api/`: the collections of every app, the schema, its page, and a JSON answer to any other address."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from marketplace.rest.desk import DeskView
from marketplace.rest.document import SchemaView
from marketplace.rest.me import MeView
from marketplace.rest.views import ApiRootView, unknown_address

Pattern = URLPattern | URLResolver


def api_urls(apps: Iterable[str]) -> list[Pattern]:
    """Patterns to include under `api/`. Each app lists its collections in `<app>.api.ROUTES`, and in
    `<app>.api.PATHS` the addresses that are no collection."""
    apps = tuple(apps)
    routes = routes_of(apps)
    root = ApiRootView.as_view(routes=sorted({"me", *(prefix for prefix, _, _ in routes)}))
    v1: list[Pattern] = [
        path("", root, name="root"),
        path("me/", MeView.as_view(), name="me"),
        path("me/desk/", DeskView.as_view(), name="me-desk"),
        path("schema/", SchemaView.as_view(), name="schema"),
        *(found for app in apps for found in getattr(_api_of(app), "PATHS", ())),
        BySegment(
            [path(f"{prefix}/", include(_collection(viewset, name))) for prefix, viewset, name in routes]
        ),
    ]
    return [
        path("v1/", include((v1, "api"))),
        path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="api-docs"),
        re_path(r"^.*$", unknown_address, name="api-unknown"),
    ]


class BySegment(URLResolver):
    """Addresses that each begin with words of their own: a request tries those of its first segment alone,
    not a hundred collections one after the other."""

    def __init__(self, patterns: list[Pattern]) -> None:
        super().__init__(RoutePattern(""), patterns)
        sorted_out: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            sorted_out.setdefault(str(pattern.pattern).partition("/")[0], []).append(pattern)
        self._by_segment = {
            segment: URLResolver(RoutePattern(""), found) for segment, found in sorted_out.items()
        }

    def resolve(self, path: str) -> ResolverMatch:
        found = self._by_segment.get(path.partition("/")[0])
        if found is None:
            raise Resolver404({"tried": [], "path": path})
        return found.resolve(path)


def _collection(viewset: Any, basename: str) -> list[Any]:
    """Under an address of its own: a request tries one address a collection, not one an operation."""
    router = SimpleRouter()
    router.register("", viewset, basename=basename)
    found: list[Any] = router.urls
    return found


def routes_of(apps: Iterable[str]) -> list[tuple[str, Any, str]]:
    """Raises ValueError when two apps name one collection."""
    found: list[tuple[str, Any, str]] = []
    for app in apps:
        found += getattr(_api_of(app), "ROUTES", ())
    names = [basename for _, _, basename in found]
    if len(set(names)) != len(names):
        raise ValueError("a collection is routed twice")
    return found


def _api_of(app: str) -> Any:
    """The app's `api` module; None when it has none."""
    return import_module(f"{app}.api") if find_spec(f"{app}.api") is not None else None
