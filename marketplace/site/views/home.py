"""The home page: each public to its door, then what changed in the catalogue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalog.models import Collection
from marketplace.site import facts
from marketplace.ui.navigation import exists

MOST_COLLECTIONS = 3


def home(request: HttpRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    census = facts.offers_by_status(today)
    return render(
        request,
        "site/home.html",
        {
            "changes": facts.status_changes(now),
            "quiet_since": facts.quiet_since(now),
            "bars": census.bars,
            "offers_count": census.offers,
            "register": facts.anssi_reading(today),
            "collections": Collection.objects.on_show(today)[:MOST_COLLECTIONS],
            "try_url": "/doctrine/essayer/" if exists("/doctrine/essayer/") else "/doctrine/",
        },
    )
