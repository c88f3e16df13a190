"""`/contrats/CTR-…/avenants/ecrire/` and `/avenants/AVN-…/`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text, euros
from procurement.amendments import actions
from procurement.amendments.abilities import amendment_abilities, write_ability
from procurement.amendments.enums import AmendmentState
from procurement.amendments.forms import AmendmentEditForm, AmendmentForm
from procurement.amendments.totals import judged_amounts, total_with
from procurement.approval.people import signers_for
from procurement.approval.signing import awaited_role
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import ReasonForm
from procurement.models import Amendment, Contract
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of, posted


def _initial(amendment: Amendment) -> dict[str, Any]:
    return {name: getattr(amendment, name) for name in ("kind", "delta_eur_ht", "new_ends_on", "reason")}


def _signed(amendment: Amendment) -> str:
    if amendment.state == AmendmentState.APPROVED:
        return "Avenant approuvé."
    return "Signature enregistrée. Une autre est attendue."


ACTS = Acts(
    {
        "approuver": ActPage(
            "approve",
            actions.approve,
            "Approuver l’avenant",
            _signed,
            lead="Vous signez exactement ce contenu\u00a0: tout changement de l’avenant, ou du montant du "
            "contrat, annule votre signature.",
            forward=True,
        ),
        "refuser": ActPage("refuse", actions.refuse, "Refuser l’avenant", "Avenant refusé.", ReasonForm),
        "modifier": ActPage(
            "edit",
            actions.edit_amendment,
            "Corriger l’avenant",
            "Avenant corrigé. Les signatures sont demandées à nouveau.",
            AmendmentEditForm,
            "Ce qui a déjà été signé ne vaudra plus.",
            refuse=actions.refuse_decided,
            initial=_initial,
        ),
        "retirer": ActPage("withdraw", actions.withdraw, "Retirer l’avenant", "Avenant retiré.", ReasonForm),
    },
    abilities=amendment_abilities,
    url_name="procurement:amendment_move",
)


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
            messages.success(request, f"{made} enregistré. Les signatures sont demandées.")
            return redirect(made.get_absolute_url())
    context = {
        "title": f"Modifier le contrat {contract.number}",
        "lead": f"Il vaut {euros(total_with(contract), tax='HT')} jusqu’au {date_text(contract.ends_on)}.",
        "form": form,
        "button_label": "Enregistrer et demander l’approbation",
        "cancel_url": reverse("procurement:contract", args=[number]),
        "breadcrumb_data": _trail(contract, "Modifier"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@require_safe
def amendment_page(request: HttpRequest, number: str) -> HttpResponse:
    actor, amendment = actor_of(request), _visible(request, number)
    inside = not actor.is_supplier
    waits = amendment.state == AmendmentState.PROPOSED
    context = {
        "amendment": amendment,
        "facts": _facts(amendment),
        "inside": inside,
        "acts": ACTS.links(actor, amendment),
        "signatures": _signatures(amendment) if inside else [],
        "signers": signers_for(amendment) if inside and waits else [],
        "waits": waits,
        "why_not": _why_not(actor, amendment) if waits else "",
        "breadcrumb_data": _trail(amendment.contract, amendment.number),
    }
    return render(request, "procurement/amendments/page.html", context)


@login_required
@once
def amendment_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    amendment = _visible(request, number)
    return ACTS.serve(
        request,
        amendment,
        slug,
        about=lambda page: {
            "title": f"{page.title} {amendment.number}",
            "facts": _facts(amendment),
            "breadcrumb_data": _trail(amendment.contract, page.title),
        },
    )


def _signatures(amendment: Amendment) -> list[Any]:
    return list(amendment.approvals.living().select_related("signed_by", "delegation__giver"))


def _why_not(actor: Actor, amendment: Amendment) -> str:
    """To who holds the role that signs and cannot sign this one, the reason; nothing to the others."""
    if not actor.has(awaited_role(amendment)):
        return ""
    return amendment_abilities(actor, amendment)["approve"]


def _facts(amendment: Amendment) -> list[tuple[str, str]]:
    contract = amendment.contract
    before = total_with(contract)
    rows = [
        ("Nature", amendment.get_kind_display()),
        ("Contrat", contract.number),
        ("Le contrat vaut", euros(before, tax="HT")),
        ("Montant ajouté", euros(amendment.delta_eur_ht, tax="HT")),
    ]
    if amendment.state == AmendmentState.PROPOSED:
        rows.append(("Le contrat vaudrait", euros(before + amendment.delta_eur_ht, tax="HT")))
        judged = judged_amounts(amendment)
        told = [euros(judged.ht, tax="HT"), euros(judged.ttc, tax="TTC") if judged.ttc is not None else ""]
        rows.append(("Montant comparé aux plafonds et au circuit", ", ".join(filter(None, told))))
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
