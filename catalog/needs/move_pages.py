"""What a curator does to a missing need, each a page: GET to read, POST to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.models import MissingNeed
from catalog.needs import actions as needs
from catalog.needs.abilities import need_abilities
from catalog.needs.forms import AnswerForm, CoverForm, MergeForm, WhyForm
from catalog.views.finding import actor_of
from catalog.views.posting import version_read
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once


@dataclass(frozen=True)
class MovePage:
    move: str
    act: Callable[..., MissingNeed]
    form: Callable[..., MarketForm]
    lead: str
    done: str


def _with_need(form: type[MarketForm]) -> Callable[..., MarketForm]:
    return lambda data, *, need: form(data)


PAGES = {
    "repondre": MovePage(
        "answer",
        needs.answer,
        _with_need(AnswerForm),
        "Le besoin reste ouvert : d’autres administrations peuvent encore le rejoindre.",
        "Réponse enregistrée. Les administrations concernées sont prévenues.",
    ),
    "couvrir": MovePage(
        "cover",
        needs.cover,
        _with_need(CoverForm),
        "Indiquez l’offre qui répond au besoin. Chaque projet jugera si elle respecte ses obligations.",
        "Besoin couvert. Les administrations concernées sont prévenues.",
    ),
    "ecarter": MovePage(
        "dismiss",
        needs.dismiss,
        _with_need(WhyForm),
        "Le besoin sort de la liste des besoins ouverts. Son motif reste lisible.",
        "Besoin écarté. Les administrations concernées sont prévenues.",
    ),
    "fusionner": MovePage(
        "merge",
        needs.merge,
        lambda data, *, need: MergeForm(data, need=need),
        "Une administration qui est dans les deux compte une fois.",
        "Besoins fusionnés. Les administrations concernées sont prévenues.",
    ),
    "rouvrir": MovePage(
        "reopen",
        needs.reopen,
        _with_need(WhyForm),
        "Les administrations gardent leur place.",
        "Besoin rouvert. Les administrations concernées sont prévenues.",
    ),
}


def moves_for(actor: Actor, need: MissingNeed) -> list[tuple[str, str]]:
    """Words and address of each act that the state and the reader's roles allow."""
    verdicts = need_abilities(actor, need)
    open_now = {move.name: move.label for move in need.available_moves()}
    return [
        (open_now[page.move], reverse("catalog:need_move", args=[need.number, words]))
        for words, page in PAGES.items()
        if page.move in open_now and allowed(verdicts, page.move)
    ]


@login_required
@once
def need_move(request: HttpRequest, number: str, words: str) -> HttpResponse:
    actor, page = actor_of(request), PAGES.get(words)
    need = MissingNeed.objects.visible_to(actor).with_joins().filter(number=number).first()
    if page is None or need is None:
        raise NotVisible()
    require(need_abilities(actor, need), page.move)
    need.check_move(page.move)
    form = page.form(request.POST if request.method == "POST" else None, need=need)
    if form.is_bound and form.is_valid():
        try:
            page.act(need, actor=actor, expected_version=version_read(request), **form.cleaned_data)
        except RuleBroken as refused:
            for name, texts in refused.fields.items():
                form.add_error(name, texts)
        else:
            messages.success(request, page.done)
            return redirect("catalog:need_list" if page.move == "merge" else need)
    return render(
        request, "catalog/need_move.html", _context(need, page, form), status=400 if form.errors else 200
    )


def _context(need: MissingNeed, page: MovePage, form: MarketForm) -> dict[str, Any]:
    return {
        "title": f"{need.MOVES[page.move].label}",
        "lead": page.lead,
        "facts": [
            ("Besoin", str(need)),
            ("Administrations", ", ".join(str(row.organisation) for row in need.joins.all())),
        ],
        "form": form,
        "version": need.version,
        "button_label": need.MOVES[page.move].label,
        "cancel_url": need.get_absolute_url(),
        "near": MissingNeed.objects.open()
        .exclude(pk=need.pk)
        .near(need.title)
        .with_joins()[: needs.MOST_NEAR]
        if page.move == "merge"
        else [],
        "breadcrumb_data": breadcrumb(
            ("Besoins non couverts", "/besoins/"),
            (need.number, need.get_absolute_url()),
            current=need.MOVES[page.move].label,
        ),
    }
