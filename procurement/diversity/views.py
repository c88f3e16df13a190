"""`/achat/diversite/`: for who prepares purchases. No evaluation or award page links to it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.ui.breadcrumb import breadcrumb
from procurement.diversity.abilities import diversity_abilities
from procurement.diversity.concentration import landmarks_on, least
from procurement.diversity.purchases import diversity_of, diversity_of_the_state
from procurement.views.find import actor_of


@login_required
@require_safe
def diversity(request: HttpRequest) -> HttpResponse:
    actor, on = actor_of(request), timezone.localdate()
    require(diversity_abilities(actor), "read")
    own = diversity_of(actor.organisation, on=on) if actor.organisation and actor.is_buyer else None
    context = {
        "own": own,
        "state": diversity_of_the_state(on=on),
        "organisation": actor.organisation,
        "landmarks": landmarks_on(on),
        "least": least(),
        "breadcrumb_data": breadcrumb(("Doctrine", "/doctrine/"), current="Diversité des fournisseurs"),
    }
    return render(request, "procurement/diversity/page.html", context)
