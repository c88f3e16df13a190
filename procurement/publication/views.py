"""`/publications/`: what an administration publishes of its contracts, from draft to modifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.actions.untold_changes import proposed_change, untold_amendments
from procurement.enums_orders import VehicleKind
from procurement.forms.refusals import put_refusal
from procurement.models import Contract, Publication, PublicationRelease, PurchasingVehicle
from procurement.publication import actions as publications
from procurement.publication import duty
from procurement.publication.abilities import publication_abilities, publications_abilities
from procurement.publication.enums import PublicationState
from procurement.publication.forms import (
    AnswersForm,
    AttestForm,
    DropForm,
    ElsewhereForm,
    ModifyForm,
    SourceForm,
)
from procurement.publication.preview import (
    json_text,
    lines_of,
    modifications_of,
    preview_of,
    words_of_releases,
)
from procurement.publication.sources import decoded
from procurement.views.find import actor_of, posted, typed_version

PAGE_SIZE = 20
HOME = ("Publications", "/publications/")


@dataclass(frozen=True, slots=True)
class ActPage:
    act: str
    form: type[MarketForm]
    title: str
    lead: str
    done: str
    do: Callable[..., Publication]


def _modify(publication: Publication, *, attested: bool, actor: Actor, **typed: Any) -> Publication:
    return publications.modify(publication, actor=actor, attested=attested, **typed)


PAGES = {
    "relire": ActPage(
        "review",
        AttestForm,
        "Déclarer relu",
        "Relisez chaque ligne et l’objet : ce qui est publié ne se retire plus, il se complète.",
        "Relu. Il reste à publier.",
        publications.review,
    ),
    "reprendre": ActPage(
        "send_back",
        MarketForm,
        "Reprendre en brouillon",
        "La relecture est annulée ; les réponses sont gardées.",
        "De nouveau en brouillon.",
        Publication.send_back,
    ),
    "publier": ActPage(
        "publish",
        MarketForm,
        "Publier les données essentielles",
        "Elles deviennent publiques aussitôt et le restent : une erreur se corrige par une modification.",
        "Données essentielles publiées.",
        publications.publish,
    ),
    "ailleurs": ActPage(
        "mark_elsewhere",
        ElsewhereForm,
        "Noter « publié ailleurs »",
        "Le même marché n’est pas publié deux fois : dites où il l’a été.",
        "Noté : publié ailleurs.",
        publications.mark_elsewhere,
    ),
    "ecarter": ActPage(
        "drop",
        DropForm,
        "Écarter la publication",
        "Le brouillon est gardé avec votre motif. Il peut être rouvert.",
        "Publication écartée.",
        Publication.drop,
    ),
    "rouvrir": ActPage(
        "reopen",
        MarketForm,
        "Rouvrir le brouillon",
        "Les réponses sont gardées.",
        "Brouillon rouvert.",
        Publication.reopen,
    ),
    "modifier": ActPage(
        "modify",
        ModifyForm,
        "Publier une modification",
        "Ce qui est publié reste. Une modification s’y ajoute : remplissez seulement ce qui change.",
        "Modification publiée.",
        _modify,
    ),
}


@login_required
@require_safe
def publication_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = Publication.objects.visible_to(actor).for_pages()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "may_create": allowed(publications_abilities(actor), "create"),
        "limit_source": duty.limit_source(),
        "breadcrumb_data": breadcrumb(current="Publications"),
    }
    return render(request, "procurement/publications/list.html", context)


def visible_publication(request: HttpRequest, number: str) -> Publication:
    """Raises NotVisible (404)."""
    found = Publication.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


@login_required
@require_safe
def publication_page(request: HttpRequest, number: str) -> HttpResponse:
    publication = visible_publication(request, number)
    preview = preview_of(publication, today=timezone.localdate())
    releases = list(PublicationRelease.objects.of_process(publication.ocid).select_related("released_by"))
    context = {
        "publication": publication,
        "lines": lines_of(publication),
        "preview": preview,
        "object_text": json_text(preview.object),
        "modifications": modifications_of(publication),
        "untold": untold_amendments(publication),
        "releases": [
            {"at": one.released_at, "words": words, "by": one.released_by}
            for one, words in zip(releases, words_of_releases(releases), strict=True)
        ],
        "pages": _pages_for(actor_of(request), publication),
        "may_edit": publication.state == PublicationState.DRAFT
        and allowed(publication_abilities(actor_of(request), publication), "edit"),
        "limit_source": duty.limit_source(),
        "breadcrumb_data": breadcrumb(HOME, current=publication.number),
    }
    return render(request, "procurement/publications/page.html", context)


def _pages_for(actor: Actor, publication: Publication) -> list[tuple[str, str]]:
    verdicts = publication_abilities(actor, publication)
    open_moves = {move.name for move in publication.available_moves()}
    if publication.state == PublicationState.PUBLISHED:
        open_moves.add("modify")
    return [
        (page.title, reverse("procurement:publication_act", args=[publication.number, words]))
        for words, page in PAGES.items()
        if page.act in open_moves and allowed(verdicts, page.act)
    ]


@login_required
@once
def publication_create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(publications_abilities(actor), "create")
    contracts, vehicles = _sources(actor)
    form = SourceForm(posted(request), contracts=contracts, vehicles=vehicles)
    if form.is_bound and form.is_valid():
        try:
            made = _draft(form, contracts, vehicles, actor=actor)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Brouillon commencé. Complétez ce qui n’est pas tenu ici.")
            return redirect("procurement:publication_edit", made.number)
    context = {
        "title": "Préparer une publication",
        "form": form if contracts or vehicles else None,
        "breadcrumb_data": breadcrumb(HOME, current="Préparer une publication"),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/publications/create.html", context, status=status)


def _sources(actor: Actor) -> tuple[list[Contract], list[PurchasingVehicle]]:
    """What may still be published in its own right; two queries."""
    contracts = Contract.objects.visible_to(actor).filter(order__vehicle=None, publication=None)
    vehicles = PurchasingVehicle.objects.visible_to(actor).filter(publication=None)
    vehicles = vehicles.exclude(kind=VehicleKind.CENTRAL_PURCHASING)
    related = contracts.select_related("buyer", "supplier__organisation", "offer", "order__vehicle")
    return list(related), list(vehicles.select_related("holder__organisation"))


def _draft(
    form: SourceForm, contracts: list[Contract], vehicles: list[PurchasingVehicle], *, actor: Actor
) -> Publication:
    chosen = form.cleaned_data["source"]
    for contract in contracts:
        if contract.number == chosen:
            return publications.draft_of_contract(contract, actor=actor)
    vehicle = next(one for one in vehicles if one.number == chosen)
    return publications.draft_of_vehicle(vehicle, actor=actor, own=form.cleaned_data["own"])


@login_required
@once
def publication_edit(request: HttpRequest, number: str) -> HttpResponse:
    publication, actor = visible_publication(request, number), actor_of(request)
    require(publication_abilities(actor, publication), "edit")
    publications.refuse_uneditable(publication)
    initial = AnswersForm.shown(decoded(publication.answers))
    form = AnswersForm(posted(request), initial=initial, held=publication.held)
    if form.is_bound and form.is_valid():
        try:
            publications.save_answers(
                publication, actor=actor, values=form.values(), expected_version=typed_version(request)
            )
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Réponses enregistrées.")
            return redirect(publication)
    context = {
        "title": "Compléter les données essentielles",
        "lead": "Enregistrez quand vous voulez : ce qui manque est demandé avant la relecture.",
        "form": form,
        "version": publication.version,
        "button_label": "Enregistrer",
        "cancel_url": publication.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            HOME, (publication.number, publication.get_absolute_url()), current="Compléter"
        ),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/derogation_act.html", context, status=status)


@login_required
@once
def publication_act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    publication, actor, page = visible_publication(request, number), actor_of(request), PAGES.get(words)
    if page is None:
        raise NotVisible
    require(publication_abilities(actor, publication), page.act)
    if page.act == "modify":
        publications.refuse_unmodifiable(publication)
    else:
        publication.check_move(page.act)
    initial = proposed_change(publication) if page.act == "modify" else {}
    form = page.form(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        typed = (
            {"change": form.change(), "attested": form.cleaned_data["attested"]}
            if isinstance(form, ModifyForm)
            else form.cleaned_data
        )
        try:
            page.do(publication, actor=actor, expected_version=typed_version(request), **typed)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, page.done)
            return redirect(publication)
    return _act(request, publication, page, form)


def _act(request: HttpRequest, publication: Publication, page: ActPage, form: MarketForm) -> HttpResponse:
    context = {
        "title": page.title,
        "lead": page.lead,
        "lines": lines_of(publication) if page.act in ("review", "publish") else [],
        "form": form,
        "version": publication.version,
        "button_label": page.title,
        "cancel_url": publication.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            HOME, (publication.number, publication.get_absolute_url()), current=page.title
        ),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/publications/act.html", context, status=status)
