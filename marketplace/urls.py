"""Every address of the product: each app's pages at the root (`<app>.urls`), its collections under
`/api/v1/` (`<app>.api.ROUTES`)."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from marketplace.rest.routing import api_urls

# The catalogue first: its addresses are the most asked, and each one before it is tried in vain.
PAGES = (
    "catalog",
    "marketplace.health",
    "marketplace.accounts",
    "marketplace.notifications",
    "marketplace.audit",
    "marketplace.files",
    "qualification",
    "procurement",
    "marketplace.site",
)
COLLECTIONS = ("marketplace.accounts", "catalog", "qualification", "procurement")

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include(api_urls(COLLECTIONS))),
    *(path("", include(f"{app}.urls")) for app in PAGES if find_spec(f"{app}.urls") is not None),
]

handler400 = "marketplace.ui.error_pages.bad_request"
handler403 = "marketplace.ui.error_pages.forbidden"
handler404 = "marketplace.ui.error_pages.not_found"
handler500 = "marketplace.ui.error_pages.server_error"
