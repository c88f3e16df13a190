"""The product's addresses and a few made for tests: every component on one page, a long form, errors."""

from django.urls import include, path

from tests.ui import gallery

urlpatterns = [
    path("essai/galerie/", gallery.components),
    path("essai/formulaire/", gallery.long_form, name="long_form"),
    path("essai/fait/", gallery.done),
    path("essai/refus/<str:code>/", gallery.refusal),
    path("", include("marketplace.urls")),
]
handler400 = "marketplace.ui.error_pages.bad_request"
handler403 = "marketplace.ui.error_pages.forbidden"
handler404 = "marketplace.ui.error_pages.not_found"
handler500 = "marketplace.ui.error_pages.server_error"
