"""A file joined to an answer: whoever reads the version may have it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from catalog.abilities import owns
from catalog.actions.documents import joined
from catalog.models import Offer
from catalog.questions.conditions import effective
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import readable_versions
from marketplace.errors import NotVisible
from marketplace.files.models import StoredFile
from marketplace.files.store import download_response


@on_offer
def answer_document(request: HttpRequest, *, offer: Offer, version: int, question: str) -> HttpResponse:
    """The version in edition is its supplier's alone. Raises NotVisible."""
    actor = actor_of(request)
    readable = list(readable_versions(actor, offer))
    if owns(actor, offer) and (draft := offer.draft_version) is not None:
        readable.append(draft)
    shown = next((one for one in readable if one.number == version), None)
    named = dict(joined(effective(shown.answers))) if shown is not None else {}
    stored = StoredFile.objects.filter(uuid=named[question]["id"]).first() if question in named else None
    if stored is None:
        raise NotVisible()
    return download_response(stored, actor=actor)
