"""Quotes that a supplier has received for certificates: entered, withdrawn, read by the set cover."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from qualification.coverage.closing import Quote
from qualification.models import CertificateQuote, Evidence
from qualification.models.certificate_quote import LONGEST_MONTHS
from qualification.schemes.certificates import certificates

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

NOT_YOURS = "Seul le fournisseur de l’offre saisit et lit ses devis."
WITHDRAWN = "Ce devis est déjà retiré. Rechargez la page."


def add_quote(
    offer: Offer,
    *,
    actor: Actor,
    certificate: str,
    amount_eur_ht: Decimal,
    quoted_on: dt.date,
    issuer: str,
    months: int | None = None,
    evidence: Evidence | None = None,
) -> CertificateQuote:
    """Amount in euros before tax. Raises NotAllowed, or RuleBroken on the field that is wrong."""
    _check_owner(offer, actor)
    if certificate not in certificates():
        raise RuleBroken("certificate_unknown", "Choisissez un certificat de la liste.", field="certificate")
    if not issuer.strip():
        raise RuleBroken("issuer_missing", "Dites qui a établi ce devis.", field="issuer")
    if evidence is not None and evidence.organisation_id != offer.supplier.organisation_id:
        raise RuleBroken("evidence_not_yours", "Choisissez l’une de vos preuves.", field="evidence")
    _check_figures(amount_eur_ht, months, quoted_on)
    with transaction.atomic():
        row = CertificateQuote.objects.create(
            offer=offer,
            organisation=actor.organisation,
            certificate=certificate,
            amount_eur_ht=amount_eur_ht,
            months=months,
            quoted_on=quoted_on,
            issuer=issuer.strip(),
            evidence=evidence,
            added_by=actor.user,
        )
        # The journal has other readers: it says that there is a quote, never how much.
        record(offer, "add_quote", actor=actor, detail={"certificate": certificate})
    return row


def withdraw_quote(quote: CertificateQuote, *, actor: Actor) -> CertificateQuote:
    """It counts no more; the row is kept. Raises NotAllowed, MoveRefused (409) when it is already."""
    _check_owner(quote.offer, actor)
    with transaction.atomic():
        row = CertificateQuote.objects.select_for_update(of=("self",)).get(pk=quote.pk)
        if row.withdrawn_at is not None:
            raise MoveRefused("quote_withdrawn", WITHDRAWN)
        row.withdrawn_at, row.withdrawn_by = timezone.now(), actor.user
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(quote.offer, "withdraw_quote", actor=actor, detail={"certificate": row.certificate})
    return row


def quotes_of(offer: Offer) -> QuerySet[CertificateQuote]:
    """All of its supplier's, withdrawn ones too, the last dated first. An offer that has changed hands leaves
    its former supplier's quotes behind."""
    rows = CertificateQuote.objects.filter(offer=offer, organisation=offer.supplier.organisation_id)
    return rows.select_related("evidence", "added_by")


def counted_quotes(offer: Offer) -> dict[str, Quote]:
    """The one that counts, by certificate: the last dated of those that stand. One query."""
    found: dict[str, Quote] = {}
    for row in quotes_of(offer).standing():
        found.setdefault(row.certificate, Quote(row.amount_eur_ht, row.months, row.quoted_on, row.issuer))
    return found


def _check_figures(amount_eur_ht: Decimal, months: int | None, quoted_on: dt.date) -> None:
    if amount_eur_ht <= 0:
        message = "Indiquez le montant du devis, supérieur à zéro, en euros hors taxes."
        raise RuleBroken("amount_not_positive", message, field="amount_eur_ht")
    if months is not None and not 1 <= months <= LONGEST_MONTHS:
        message = (
            f"Indiquez un délai de 1 à {LONGEST_MONTHS} mois, ou laissez vide si le devis n’en donne pas."
        )
        raise RuleBroken("months_out_of_range", message, field="months")
    if quoted_on > timezone.localdate():
        message = "La date du devis est dans l’avenir. Indiquez celle que porte le devis."
        raise RuleBroken("quote_in_future", message, field="quoted_on")


def _check_owner(offer: Offer, actor: Actor) -> None:
    own = actor.organisation is not None and offer.supplier.organisation_id == actor.organisation.pk
    if not own or not actor.is_supplier:
        raise NotAllowed("not_your_offer", NOT_YOURS)
