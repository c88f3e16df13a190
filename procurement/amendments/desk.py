"""Changes of contracts to sign on « Mon bureau », for whose turn it is, or who signs for them."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from marketplace.accounts.actors import Actor
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from marketplace.ui.typography import euros
from procurement.approval.people import signing_powers, waiting_for
from procurement.budgets.amounts import taxed_in_sql
from procurement.desk_scope import about
from procurement.models import Amendment, AmendmentApproval, Contract

MOST = 50
_NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=2))


def rows(actor: Actor, *, contract: Contract | None = None) -> list[Rows]:
    if not actor.is_buyer or actor.organisation is None or actor.user is None:
        return []
    return [_to_sign(actor, contract)]


def _words(row: Amendment) -> str:
    return f"Signer\u00a0: {row.get_kind_display().lower()}, {euros(row.delta_eur_ht, tax='HT')}"


def _to_sign(actor: Actor, contract: Contract | None) -> Rows:
    """Those I did not write, whose next signature is mine or that I give for another person.

    Compared with my ceiling as signing does (`procurement.amendments.totals.judged_amounts`).
    """
    powers = yield from signing_powers(actor)
    if not powers:
        return []
    own = AmendmentApproval.objects.filter(amendment=OuterRef("pk"))
    awaited, signed = own.awaited().values("role")[:1], own.bound_to_others().signed_for(actor.user)
    worth = Coalesce("worth_eur_ht", "contract__order__maximum_eur_ht", "contract__order__total_eur_ht")
    waiting = (
        Amendment.objects.visible_to(actor)
        .proposed()
        .annotate(awaited=Subquery(awaited))
        .alias(asked=worth + Greatest(F("delta_eur_ht"), _NOTHING))
        .alias(asked_ttc=taxed_in_sql("asked", order="contract__order__"))
        .filter(waiting_for(powers), about(contract))
        .exclude(written_by=actor.user)
        .exclude(Exists(signed))
    )
    return (
        yield from one_row_each(
            waiting.select_related("contract__offer").order_by("state_since", "pk")[:MOST],
            lambda row: DeskRow(
                object_label=f"{row.contract.number} {row.contract.offer.name}",
                url=row.get_absolute_url(),
                expected=_words(row),
                since=row.state_since,
                button="Examiner l’avenant",
            ),
        )
    )
