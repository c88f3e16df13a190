"""`/commandes/CMD-…/contre-proposition/`, `/contre-propositions/CPR-…/` and `/prix-prives/`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.enums import OfferState
from catalog.models import Offer, PriceLine
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import BUYER_KINDS, OrganisationState
from marketplace.accounts.models import Organisation
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import ReasonForm
from procurement.models import CounterProposal, PrivatePrice
from procurement.negotiation import private_prices, proposing
from procurement.negotiation.abilities import (
    counter_proposal_abilities,
    private_price_abilities,
    private_prices_abilities,
    propose_ability,
)
from procurement.negotiation.forms import CounterProposalForm, PrivatePriceForm
from procurement.negotiation.rows import compared
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of, posted
from procurement.views.order_find import visible_order

PAGE_SIZE = 20
ORDERS = ("Commandes", "/commandes/")
PRICES = ("Prix privés", "/prix-prives/")


PROPOSAL_ACTS = Acts(
    {
        "accepter": ActPage(
            "accept",
            proposing.accept,
            "Accepter la contre-proposition",
            "Acceptée. Un nouveau bon de commande la reprend, en brouillon.",
            lead="Le bon de commande envoyé est remplacé. Le nouveau repasse par les avis et l’approbation.",
        ),
        "refuser": ActPage(
            "refuse",
            proposing.refuse,
            "Refuser la contre-proposition",
            "Refusée. Le bon de commande envoyé tient.",
            ReasonForm,
        ),
        "retirer": ActPage(
            "withdraw",
            proposing.withdraw,
            "Retirer la contre-proposition",
            "Retirée. Le bon de commande attend toujours votre réponse.",
            ReasonForm,
        ),
    },
    abilities=counter_proposal_abilities,
    url_name="procurement:counter_proposal_move",
)
PRICE_ACTS = Acts(
    {
        "retirer": ActPage(
            "withdraw",
            private_prices.withdraw,
            "Retirer le prix privé",
            "Prix privé retiré.",
            ReasonForm,
            "Les bons de commande déjà envoyés gardent ce prix ; les autres seront refusés.",
        ),
    },
    abilities=private_price_abilities,
    url_name="",
)


@login_required
@once
def counter_propose(request: HttpRequest, number: str) -> HttpResponse:
    order, actor = visible_order(request, number), actor_of(request)
    require({"propose": propose_ability(actor, order)}, "propose")
    proposing.refuse_unanswerable(order)
    proposing.refuse_waiting(order)
    lines = list(order.lines.select_related("price_line").order_by("position", "pk"))
    form = CounterProposalForm(posted(request), order=order, lines=lines)
    if form.is_bound and form.is_valid():
        try:
            made = proposing.propose(order, actor=actor, **form.values())
        except RuleBroken as refused:
            put_refusal(form, refused, prefix="qte-")
        else:
            messages.success(request, f"{made} envoyée à {order.buyer.name}.")
            return redirect(made.get_absolute_url())
    here = reverse("procurement:order", args=[number])
    context = {
        "title": f"Contre-proposition sur {order.sent_number}",
        "lead": "Changez ce que vous ne pouvez pas tenir ; ce qui reste vide ne change pas.",
        "form": form,
        "button_label": "Envoyer la contre-proposition",
        "cancel_url": here,
        "breadcrumb_data": breadcrumb(ORDERS, (order.number, here), current="Contre-proposition"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def counter_proposal_page(request: HttpRequest, number: str) -> HttpResponse:
    actor, proposal = actor_of(request), _proposal(request, number)
    context = {
        "proposal": proposal,
        "order": proposal.order,
        "compared": compared(proposal),
        "inside": not actor.is_supplier,
        "made": getattr(proposal, "made", None),
        "acts": PROPOSAL_ACTS.links(actor, proposal),
        "breadcrumb_data": _trail(proposal, proposal.number),
    }
    return render(request, "procurement/negotiation/counter_proposal.html", context)


@login_required
@once
def counter_proposal_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    proposal = _proposal(request, number)
    return PROPOSAL_ACTS.serve(
        request,
        proposal,
        slug,
        about=lambda page: {
            "title": f"{page.title} {proposal.number}",
            "breadcrumb_data": _trail(proposal, page.title),
        },
    )


def _proposal(request: HttpRequest, number: str) -> CounterProposal:
    """Raises NotVisible (404)."""
    rows = CounterProposal.objects.visible_to(actor_of(request)).for_pages()
    found = rows.filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def _trail(proposal: CounterProposal, current: str) -> dict[str, Any]:
    order = proposal.order
    here = reverse("procurement:order", args=[order.number])
    return breadcrumb(ORDERS, (order.number, here), current=current)


@login_required
@require_safe
def private_price_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = PrivatePrice.objects.visible_to(actor).for_pages()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, badge_of(one)) for one in page.object_list],
        "may_give": allowed(private_prices_abilities(actor), "create"),
        "breadcrumb_data": breadcrumb(ORDERS, current="Prix privés"),
    }
    return render(request, "procurement/negotiation/private_prices.html", context)


def badge_of(price: PrivatePrice) -> str:
    """The state as the clock says it."""
    today = timezone.localdate()
    if price.state != "given":
        return str(price.state)
    if price.expires_on < today:
        return "expired"
    return "to_come" if price.starts_on > today else "given"


@login_required
@once
def private_price_give(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(private_prices_abilities(actor), "create")
    found = components_of(actor)
    buyers = Organisation.objects.filter(kind__in=BUYER_KINDS, state=OrganisationState.VERIFIED)
    form = PrivatePriceForm(posted(request), components=found, buyers=buyers.order_by("name", "pk"))
    if form.is_bound and form.is_valid():
        said = dict(form.cleaned_data)
        offer_key, plan, code = said.pop("component").split("/")
        offer = next(offer for offer, _ in found if str(offer.uuid) == offer_key)
        try:
            made = private_prices.give(offer, actor=actor, plan_code=plan, component_code=code, **said)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, f"Prix privé {made.number} donné à {made.buyer}.")
            return redirect(made.get_absolute_url())
    context = {
        "title": "Donner un prix privé",
        "lead": "Il vaut pour les achats sans support de cette administration, jusqu’au jour que vous dites.",
        "form": form,
        "button_label": "Donner ce prix",
        "cancel_url": reverse("procurement:private_prices"),
        "breadcrumb_data": breadcrumb(ORDERS, PRICES, current="Donner un prix"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


def components_of(actor: Actor) -> list[tuple[Offer, PriceLine]]:
    """Prices of the listed offers of the actor's company; three queries."""
    offers = Offer.objects.filter(
        supplier__organisation=actor.organisation, state=OfferState.LISTED, live_version__isnull=False
    )
    rows = offers.select_related("live_version").prefetch_related("live_version__plans__lines")
    return [
        (offer, line)
        for offer in rows.order_by("name", "pk")
        for line in private_prices.priced_components(offer)
    ]


@login_required
@require_safe
def private_price_page(request: HttpRequest, number: str) -> HttpResponse:
    price = _price(request, number)
    verdicts = private_price_abilities(actor_of(request), price)
    context = {
        "price": price,
        "badge_state": badge_of(price),
        "may_withdraw": price.state == "given" and allowed(verdicts, "withdraw"),
        "breadcrumb_data": breadcrumb(ORDERS, PRICES, current=price.number),
    }
    return render(request, "procurement/negotiation/private_price.html", context)


@login_required
@once
def private_price_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    price = _price(request, number)
    here = (price.number, price.get_absolute_url())
    return PRICE_ACTS.serve(
        request,
        price,
        "retirer",
        about=lambda page: {
            "title": f"{page.title} {price.number}",
            "breadcrumb_data": breadcrumb(ORDERS, PRICES, here, current="Retirer"),
        },
    )


def _price(request: HttpRequest, number: str) -> PrivatePrice:
    """Raises NotVisible (404)."""
    found = PrivatePrice.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
