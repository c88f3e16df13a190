"""Where a supplier is paid: an account not seen before waits for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from stdnum import iban as ibans

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.invoicing.abilities import account_abilities
from procurement.models import Contract, SupplierAccount

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def account_for(contract: Contract, *, iban: str, actor: Actor) -> SupplierAccount:
    """Known or new. Raises RuleBroken on `iban`."""
    compact = clean_iban(iban)
    found, made = SupplierAccount.objects.get_or_create(
        buyer=contract.buyer,
        supplier=contract.supplier,
        iban=compact,
        defaults={"entered_by": actor.user},
    )
    if made:
        record(found, "enter_account", actor=actor)
    return found


def clean_iban(iban: str) -> str:
    if not iban.strip():
        message = "Indiquez l’IBAN à payer : la facture ne le dit pas."
        raise RuleBroken("iban_missing", message, field="iban")
    compact = ibans.compact(iban).upper()
    if not compact.isascii() or not ibans.is_valid(compact, check_country=False):
        message = "Cet IBAN est faux : sa clé ne correspond pas. Recopiez-le depuis le relevé."
        raise RuleBroken("iban_invalid", message, field="iban")
    return compact


def confirm_account(account: SupplierAccount, *, actor: Actor, checked_how: str) -> SupplierAccount:
    """By another person than who entered it; who confirms it records no payment to it.

    Raises NotAllowed, MoveRefused when it is confirmed already.
    """
    with transaction.atomic():
        row = SupplierAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
        refusal = account_abilities(actor, row)["confirm"]
        if refusal:
            raise NotAllowed("not_allowed", refusal)
        refuse_confirmed(row)
        row.confirmed_by, row.confirmed_at, row.checked_how = actor.user, timezone.now(), checked_how
        row.save(update_fields=["confirmed_by", "confirmed_at", "checked_how"])
        record(row, "confirm_account", actor=actor, reason=checked_how)
    return row


def refuse_confirmed(account: SupplierAccount) -> None:
    if account.is_confirmed:
        raise MoveRefused("account_confirmed", "Ce compte est déjà confirmé. Rechargez la page.")
