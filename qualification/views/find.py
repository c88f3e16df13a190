"""Finding the dossier that this reader may see, and what its pages share."""

from __future__ import annotations

from django.http import HttpRequest

from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification.models import Dossier


def visible_dossier(request: HttpRequest, number: str) -> Dossier:
    """With offer, supplier, officer and version. Raises NotVisible (404)."""
    found = Dossier.objects.visible_to(actor_of(request)).for_lists().select_related("offer_version")
    dossier = found.filter(number=number).first()
    if dossier is None:
        raise NotVisible
    return dossier


def trail(dossier: Dossier, *, current: str) -> dict[str, object]:
    return breadcrumb(
        ("Dossiers", "/dossiers/"), (dossier.number, dossier.get_absolute_url()), current=current
    )
