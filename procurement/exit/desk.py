"""On « Mon bureau »: the dates of exits under way, and checklists still to be filled."""

from __future__ import annotations

from django.db.models import Prefetch
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import SOON, TODO, DeskRow, Rows, one_row_each
from procurement.desk_scope import about
from procurement.exit.abilities import WRITERS
from procurement.exit.checklist import checklist_of
from procurement.exit.enums import LIVING_EXITS, ExitState
from procurement.models import Contract, ExitPlan, SecurityCheck

MOST = 50


def rows(actor: Actor, *, contract: Contract | None = None) -> list[Rows]:
    """At most two readings."""
    if actor.user is None or not actor.is_buyer:
        return []
    found: list[Rows] = []
    if actor.has(*WRITERS):
        found.append(_exits(actor, contract))
    if actor.has(Role.SECURITY_OFFICER):
        found.append(_checklists(actor, contract))
    return found


def _exits(actor: Actor, contract: Contract | None) -> Rows:
    mine = ExitPlan.objects.visible_to(actor).filter(
        about(contract), state__in=LIVING_EXITS, contract__owners=actor.user
    )
    return one_row_each(
        mine.select_related("contract__offer").order_by("state_since", "pk")[:MOST],
        lambda plan: DeskRow(
            object_label=f"{plan.contract.number} {plan.contract.offer.name}",
            url=plan.get_absolute_url(),
            expected="Donner le préavis"
            if plan.state == ExitState.PREPARING
            else "Suivre la sortie du contrat",
            due_on=plan.retrieval_ends_on,
            since=plan.state_since,
            button="Voir le plan de réversibilité",
        ),
    )


def _checklists(actor: Actor, contract: Contract | None) -> Rows:
    """Contracts of my administration whose list is not done; the latest to be signed."""
    running = (
        Contract.objects.visible_to(actor).running().filter(about(contract, "pk")).select_related("offer")
    )
    checks = Prefetch("security_checks", queryset=SecurityCheck.objects.only("contract_id", "code"))
    found = running.prefetch_related(checks).order_by("-signed_at", "-pk")
    return one_row_each(found[:MOST], _row_of_checklist)


def _row_of_checklist(contract: Contract) -> DeskRow | None:
    asked = checklist_of(contract)
    if not asked.left:
        return None
    return DeskRow(
        object_label=f"{contract.number} {contract.offer.name}",
        url=f"{contract.get_absolute_url()}securite/",
        expected=f"Sécuriser le service : {asked.left} points sur {len(asked.lines)} à traiter",
        due_on=asked.due_on,
        since=contract.signed_at,
        button="Voir la liste de sécurité",
        zone=SOON if asked.due_on >= timezone.localdate() else TODO,
    )
