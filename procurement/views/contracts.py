"""Contracts (S16): dates, trust at signature and now, the way out, and what a lost status opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.enums import Scheme
from catalog.models import EffectiveTrust
from catalog.questions.engine import section
from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from procurement.abilities_orders import contract_abilities
from procurement.actions.contracts import (
    announce_end,
    decide_review,
    end_contract,
    refuse_undecidable,
    terminate_contract,
)
from procurement.amendments.abilities import write_ability
from procurement.amendments.totals import total_with
from procurement.desk_contract import waiting_on
from procurement.enums_orders import RUNNING_CONTRACTS
from procurement.forms.orders import ContractFilterForm, ReviewDecisionForm
from procurement.forms.versioned import ReasonForm
from procurement.invoicing.abilities import send_ability
from procurement.models import Contract, Publication
from procurement.order_steps import contract_steps
from procurement.register.abilities import calendars_abilities, owners_ability
from procurement.supplier_change import kept_sentence
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of
from procurement.views.order_find import posted

PAGE_SIZE = 20


ACTS = Acts(
    {
        "annoncer-la-fin": ActPage(
            "start_ending", announce_end, "Annoncer la fin", "Fin annoncée.", ReasonForm
        ),
        "terminer": ActPage("end", end_contract, "Constater la fin", "Fin du contrat constatée.", ReasonForm),
        "resilier": ActPage(
            "terminate", terminate_contract, "Résilier le contrat", "Contrat résilié.", ReasonForm
        ),
    },
    abilities=contract_abilities,
    url_name="procurement:contract_move",
)


def visible_contract(request: HttpRequest, number: str) -> Contract:
    actor = actor_of(request)
    found = Contract.objects.visible_to(actor).select_related(
        "buyer", "supplier", "offer__supplier", "offer_version", "order", "order__plan", "order__project"
    )
    contract = found.filter(number=number).first()
    if contract is None:
        raise NotVisible()
    return contract


@login_required
@require_safe
def contract_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    mine = bool(request.GET.get("miens")) and not actor.is_supplier
    rows = Contract.objects.visible_to(actor).for_lists().prefetch_related("owners").order_by("ends_on", "pk")
    rows = rows.filter(owners=actor.user) if mine else rows
    form = ContractFilterForm(request.GET if "etat" in request.GET else None)
    phase = form.cleaned_data["etat"] if form.is_bound and form.is_valid() else ""
    rows = rows.in_phase(phase, day=timezone.localdate()) if phase else rows
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "sells": actor.is_supplier,
        "mine": mine,
        "form": form,
        "filtered": bool(phase),
        "page_has_errors": bool(form.errors),
        "may_subscribe": calendars_abilities(actor)["create"] == "",
        "breadcrumb_data": breadcrumb(("Commandes", reverse("procurement:orders")), current="Contrats"),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/contracts/list.html", context, status=status)


@login_required
@require_safe
def contract_page(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    contract = visible_contract(request, number)
    verdicts, today = contract_abilities(actor, contract), timezone.localdate()
    reviews = list(contract.reviews.select_related("decided_by").prefetch_related("replacements"))
    context = {
        "contract": contract,
        "waiting": waiting_on(contract, actor),
        "state": contract.state_on(today),
        "today": today,
        "steps": contract_steps(contract, on=today),
        "trust": trust_then_and_now(contract),
        "exit_rows": exit_rows(contract),
        "reviews": reviews,
        "open_reviews": [review for review in reviews if not review.decision],
        "may_decide": verdicts["decide_review"] == "" and contract.state in RUNNING_CONTRACTS,
        "supplier_change": kept_sentence(contract, "Ce contrat"),
        "running": contract.state in RUNNING_CONTRACTS,
        "moves": [
            link for link in ACTS.links(actor, contract) if link.name != "end" or contract.ends_on <= today
        ],
        "amendments": list(contract.amendments.visible_to(actor)),
        "total_now": total_with(contract),
        "may_amend": write_ability(actor, contract) == "" and contract.state in RUNNING_CONTRACTS,
        "invoices": list(contract.invoices.visible_to(actor)[:20]),
        "may_invoice": send_ability(actor, contract) == "",
        "owners": list(contract.owners.order_by("full_name", "pk")) if not actor.is_supplier else [],
        "may_set_owners": owners_ability(actor, contract) == "",
        "inside": not actor.is_supplier,
        "publication": Publication.objects.filter(contract=contract).first(),
        "breadcrumb_data": breadcrumb(
            ("Commandes", reverse("procurement:orders")),
            ("Contrats", reverse("procurement:contracts")),
            current=contract.number,
        ),
    }
    return render(request, "procurement/contracts/page.html", context)


def trust_then_and_now(contract: Contract) -> list[dict[str, Any]]:
    """One row per scheme: its status at signature beside the one of this minute; one query."""
    today = timezone.localdate()
    now = {row.scheme: row for row in EffectiveTrust.objects.filter(offer_id=contract.offer_id)}
    then = {row["scheme"]: row for row in contract.signed_trust}
    return [
        {
            "scheme": scheme,
            "label": str(Scheme(scheme).label),
            "then": then.get(scheme, {}).get("status"),
            "now": str(now[scheme].status_on(today)) if scheme in now else None,
            "until": now[scheme].valid_until if scheme in now else None,
        }
        for scheme in sorted(now.keys() | then.keys())
    ]


def exit_rows(contract: Contract) -> list[tuple[str, str]]:
    """The exit questions in their order with the answer kept at signature; empty text is unknown."""
    rows = []
    exit_section = section("exit")
    for question in exit_section.questions if exit_section is not None else ():
        value = contract.exit_terms.get(question.id)
        text = "" if value is None else f"{value} {question.unit}".strip()
        rows.append((question.short, text))
    return rows


@login_required
@once
def contract_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    contract = visible_contract(request, number)
    return ACTS.serve(request, contract, slug, about=lambda page: _about(contract, page.title))


@login_required
@once
def review_decide(request: HttpRequest, number: str, uuid: UUID) -> HttpResponse:
    actor = actor_of(request)
    contract = visible_contract(request, number)
    review = contract.reviews.filter(uuid=uuid).first()
    if review is None:
        raise NotVisible()
    require(contract_abilities(actor, contract), "decide_review")
    refuse_undecidable(review)
    form = ReviewDecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        decide_review(review, actor=actor, **form.cleaned_data)
        messages.success(request, "Décision enregistrée.")
        return redirect("procurement:contract", number)
    lead = "Sortir du contrat ne le résilie pas\u00a0: la résiliation est un acte à part."
    return _confirm(request, contract, form=form, title="Décider de la suite", lead=lead)


def _confirm(request: HttpRequest, contract: Contract, *, form: Any, title: str, lead: str) -> HttpResponse:
    context = {
        **_about(contract, title),
        "lead": lead,
        "form": form,
        "button_label": title,
        "cancel_url": contract.get_absolute_url(),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)


def _about(contract: Contract, title: str) -> dict[str, Any]:
    """What the page of an act shows of its contract."""
    return {
        "title": f"{title} — {contract.number}",
        "facts": [
            ("Offre", contract.offer.name),
            ("Fournisseur", contract.supplier.name),
            ("Période", f"du {date_text(contract.starts_on)} au {date_text(contract.ends_on)}"),
        ],
        "cancel_label": "Revenir au contrat",
        "breadcrumb_data": breadcrumb(
            ("Contrats", reverse("procurement:contracts")),
            (contract.number, contract.get_absolute_url()),
            current=title,
        ),
    }
