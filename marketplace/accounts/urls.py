"""Ours under the name space « accounts »; allauth looks its own names up without one."""

from django.urls import include, path

urlpatterns = [
    path("", include(("marketplace.accounts.page_urls", "accounts"))),
    path("", include("marketplace.accounts.entrance_urls")),
]
