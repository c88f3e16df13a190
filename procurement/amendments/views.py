"""`/contrats/CTR-…/avenants/ecrire/` and `/avenants/AVN-…/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text, euros
from procurement.amendments import actions
from procurement.amendments.abilities import amendment_abilities, write_ability
from procurement.amendments.forms import AmendmentForm, DecideForm, DecideWithReasonForm
from procurement.forms.refusals import put_refusal
from procurement.models import Amendment, Contract
from procurement.views.find import actor_of, posted


@dataclass(frozen=True, slots=True)
class MovePage:
    name: str
    act: Callable[..., Amendment]
    title: str
    said: str
    form: type[DecideForm] = DecideWithReasonForm


MOVES = {
    "approuver": MovePage(
        "approve", actions.approve, "Approuver l’avenant", "Avenant approuvé.", form=DecideForm
    ),
    "refuser": MovePage("refuse", actions.refuse, "Refuser l’avenant", "Avenant refusé."),
    "retirer": MovePage("withdraw", actions.withdraw, "Retirer l’avenant", "Avenant retiré."),
}


@login_required
@once
def amendment_write(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    contract = Contract.objects.visible_to(actor).for_lists().filter(number=number).first()
    if contract is None:
        raise NotVisible
    require({"write": write_ability(actor, contract)}, "write")
    actions.refuse_closed(contract)
    form = AmendmentForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = actions.write_amendment(contract, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, f"{made} enregistré. Une autre personne l’approuve.")
            return redirect(made.get_absolute_url())
    context = {
        "title": f"Modifier le contrat {contract.number}",
        "lead": f"Il vaut {euros(actions.total_with(contract), tax='HT')} "
        f"jusqu’au {date_text(contract.ends_on)}.",
        "form": form,
        "button_label": "Enregistrer et demander l’approbation",
        "cancel_url": reverse("procurement:contract", args=[number]),
        "breadcrumb_data": _trail(contract, "Modifier"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@require_safe
def amendment_page(request: HttpRequest, number: str) -> HttpResponse:
    amendment = _visible(request, number)
    verdicts = amendment_abilities(actor_of(request), amendment)
    context = {
        "amendment": amendment,
        "facts": _facts(amendment),
        "inside": not actor_of(request).is_supplier,
        "acts": [
            (move.title, reverse("procurement:amendment_move", args=[number, slug]))
            for slug, move in MOVES.items()
            if amendment.state in amendment.MOVES[move.name].sources and allowed(verdicts, move.name)
        ],
        "breadcrumb_data": _trail(amendment.contract, amendment.number),
    }
    return render(request, "procurement/amendments/page.html", context)


@login_required
@once
def amendment_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    amendment, move = _visible(request, number), MOVES.get(slug)
    if move is None:
        raise NotVisible
    require(amendment_abilities(actor_of(request), amendment), move.name)
    amendment.check_move(move.name)
    form = move.form(posted(request), initial={"version": amendment.version})
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            move.act(
                amendment, actor=actor_of(request), expected_version=values.pop("version", None), **values
            )
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, move.said)
            return redirect(amendment.get_absolute_url())
    context = {
        "title": f"{move.title} {amendment.number}",
        "facts": _facts(amendment),
        "form": form,
        "button_label": move.title,
        "cancel_url": amendment.get_absolute_url(),
        "breadcrumb_data": _trail(amendment.contract, move.title),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)


def _facts(amendment: Amendment) -> list[tuple[str, str]]:
    contract = amendment.contract
    before = actions.total_with(contract)
    rows = [
        ("Nature", amendment.get_kind_display()),
        ("Contrat", contract.number),
        ("Montant ajouté", euros(amendment.delta_eur_ht, tax="HT")),
    ]
    if amendment.state == "proposed":
        rows.append(("Le contrat vaudrait", euros(before + amendment.delta_eur_ht, tax="HT")))
    rows.append(("Le contrat vaut", euros(before, tax="HT")))
    if amendment.new_ends_on is not None:
        rows.append(("Nouveau dernier jour", date_text(amendment.new_ends_on)))
    rows.append(("Objet", amendment.reason))
    return rows


def _trail(contract: Contract, current: str) -> dict[str, object]:
    return breadcrumb(
        ("Commandes", reverse("procurement:orders")),
        ("Contrats", reverse("procurement:contracts")),
        (contract.number, reverse("procurement:contract", args=[contract.number])),
        current=current,
    )


def _visible(request: HttpRequest, number: str) -> Amendment:
    """Raises NotVisible (404)."""
    found = Amendment.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
