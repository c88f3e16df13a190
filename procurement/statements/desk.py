"""Services faits to attest or to certify on « Mon bureau », and the supplier's drafts and refusals."""

from __future__ import annotations

from django.db.models import QuerySet

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from marketplace.ui.typography import euros
from procurement.desk_scope import about
from procurement.models import Contract, UsageStatement
from procurement.statements.abilities import WRITERS
from procurement.statements.enums import StatementState

MOST = 50


def rows(actor: Actor, *, contract: Contract | None = None) -> list[Rows]:
    """One reading for each role held, none for the others."""
    if actor.organisation is None or actor.user is None:
        return []
    mine = UsageStatement.objects.visible_to(actor).filter(about(contract))
    if actor.is_supplier:
        if not actor.has(*WRITERS):
            return []
        drafts = mine.filter(state=StatementState.DRAFT)
        return [_rows(drafts, "Terminer et envoyer le relevé d’usage", "Voir le relevé")]
    if not actor.is_buyer:
        return []
    found: list[Rows] = []
    if actor.has(Role.REQUESTER):
        awaited = mine.filter(state=StatementState.SUBMITTED, contract__owners=actor.user)
        found.append(_rows(awaited, "Attester le service fait", "Attester le service fait", "attester/"))
    if actor.has(Role.FINANCE):
        awaited = mine.filter(state=StatementState.ATTESTED).exclude(attested_by=actor.user)
        found.append(_rows(awaited, "Certifier le service fait", "Certifier le service fait", "certifier/"))
    return found


def _rows(found: QuerySet[UsageStatement], expected: str, button: str, address: str = "") -> Rows:
    listed = found.select_related("contract__offer").order_by("state_since", "pk")[:MOST]
    return one_row_each(
        listed,
        lambda row: DeskRow(
            object_label=f"{row.contract.number} {row.contract.offer.name}",
            url=f"{row.get_absolute_url()}{address}",
            expected=f"{expected}, {euros(row.total_eur_ht, tax='HT')}",
            since=row.state_since,
            button=button,
        ),
    )
