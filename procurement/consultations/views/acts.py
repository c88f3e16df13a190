"""`/consultations/CNS-…/<words>/`: one act of the buyer, read then done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from marketplace.errors import NotVisible
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.candidates import selecting
from procurement.consultations import publishing, writing
from procurement.consultations.clock import database_now
from procurement.consultations.forms import AnnounceForm, ExtendForm, PublishForm, ReasonForm
from procurement.consultations.schedule import PARIS
from procurement.consultations.views.find import allowed_to, form_page, tried
from procurement.models import Consultation
from procurement.publication.consultation import lines_of_tender
from procurement.views.find import actor_of, posted, typed_version


@dataclass(frozen=True)
class ActPage:
    ability: str
    form: type[MarketForm]
    title: str
    lead: str
    done: str
    do: Callable[..., Any]


PAGES = {
    "publier": ActPage(
        "publish",
        PublishForm,
        "Publier la consultation",
        "Ce qui est demandé ne changera plus. Le calendrier part d’aujourd’hui. Ouverte à tous, la "
        "consultation part aussi en données ouvertes.",
        "Consultation publiée. Les réponses seront scellées dès leur réception.",
        publishing.publish,
    ),
    "inviter": ActPage(
        "invite",
        MarketForm,
        "Inviter les candidats retenus",
        "Tous sont invités en même temps ; les autres lisent pourquoi ils ne le sont pas. La clôture laisse "
        "au moins le délai minimal.",
        "Candidats invités. Le délai pour répondre court.",
        selecting.invite,
    ),
    "abandonner": ActPage(
        "withdraw",
        ReasonForm,
        "Abandonner le brouillon",
        "Personne au dehors ne l’a vu. Il reste dans vos consultations, avec son motif.",
        "Brouillon abandonné.",
        writing.withdraw,
    ),
    "modification": ActPage(
        "announce",
        AnnounceForm,
        "Publier une modification",
        "Tous les fournisseurs la lisent au même moment. Reportez la clôture si elle change leur travail.",
        "Modification publiée à tous.",
        publishing.announce,
    ),
    "reporter": ActPage(
        "extend",
        ExtendForm,
        "Reporter la clôture",
        "Une clôture ne s’avance jamais. Le report est annoncé à tous avant qu’elle soit passée.",
        "Clôture reportée, annoncée à tous.",
        publishing.extend,
    ),
    "infructueuse": ActPage(
        "declare_infructueux",
        ReasonForm,
        "Déclarer infructueuse",
        "Aucune réponse, ou aucune qui convienne. Le motif est publié.",
        "Consultation déclarée infructueuse.",
        writing.declare_infructueux,
    ),
    "sans-suite": ActPage(
        "declare_sans_suite",
        ReasonForm,
        "Déclarer sans suite",
        "La procédure s’arrête. Les réponses scellées ne seront jamais ouvertes. Le motif est publié.",
        "Consultation déclarée sans suite.",
        writing.declare_sans_suite,
    ),
}
MOVES = ("publish", "invite", "withdraw", "declare_infructueux", "declare_sans_suite")


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    """Raises NotVisible, NotAllowed, MoveRefused."""
    page = PAGES.get(words)
    if page is None:
        raise NotVisible
    found = allowed_to(request, number, page.ability)
    _refuse_now(found, page.ability)
    form = page.form(posted(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actor, version, said = actor_of(request), typed_version(request), _values(form)
        if tried(form, lambda: page.do(found, actor=actor, expected_version=version, **said)):
            messages.success(request, page.done)
            return redirect(found)
    read = lines_of_tender(found) if page.ability == "publish" else []
    return form_page(
        request, found, form, title=page.title, lead=page.lead, button=page.title,
        facts=[("Consultation", str(found)), *read],
    )  # fmt: skip


def _refuse_now(found: Consultation, ability: str) -> None:
    if ability == "invite":
        selecting.refuse_early(found, now=database_now())
    elif ability in MOVES:
        found.check_move(ability)
    else:
        publishing.refuse_unchangeable(found, now=database_now())


def _values(form: MarketForm) -> dict[str, Any]:
    said = dict(form.cleaned_data)
    if isinstance(form, ExtendForm):
        day, at = said.pop("closes_on"), said.pop("at")
        said["closes_at"] = dt.datetime.combine(day, at, PARIS)
    return said
