"""Claiming a public sheet, on a proof that does not come from the claimant alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from catalog.actions.authoring import supplier_of, verified_at
from catalog.actions.reviews import managers_of
from catalog.dns import TxtResolver, default_resolver
from catalog.enums import ClaimProof, ClaimState, OfferState
from catalog.models import Offer, OfferClaim, Supplier
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation


def open_claim(offer: Offer, *, actor: Actor, proof: str, register_contact: str = "") -> OfferClaim:
    """Raises MoveRefused (claimed already, claim given twice), RuleBroken. A rival claim freezes both."""
    organisation = actor.organisation
    if organisation is None or actor.user is None:
        raise RuleBroken("no_organisation", "Agissez au nom d’une organisation pour revendiquer une fiche.")
    name = dns_name_of(offer)
    if proof == ClaimProof.DNS and not name:
        raise RuleBroken(
            "no_domain",
            "Cette fiche n’a pas de site : choisissez le contact inscrit au registre.",
            field="proof",
        )
    if proof == ClaimProof.REGISTER_CONTACT and not register_contact.strip():
        raise RuleBroken(
            "no_contact",
            "Indiquez la personne inscrite au registre que nous pouvons joindre.",
            field="register_contact",
        )
    with transaction.atomic():
        locked = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
        if locked.state != OfferState.UNCLAIMED:
            raise MoveRefused("already_claimed", "Cette fiche a déjà été revendiquée.")
        rivals = list(OfferClaim.objects.filter(offer=locked, state__in=OfferClaim.OPEN_STATES))
        if any(rival.organisation_id == organisation.pk for rival in rivals):
            raise MoveRefused("claim_open", "Votre organisation a déjà revendiqué cette fiche.")
        claim = OfferClaim.objects.create(
            state=ClaimState.OPEN,
            offer=locked,
            organisation=organisation,
            claimed_by=actor.user,
            proof=proof,
            dns_name=name,
            register_contact=register_contact.strip(),
        )
        claim.journal_creation(actor=actor)
        _freeze_rivals([claim, *rivals] if rivals else [], actor=actor)
    return claim


def _freeze_rivals(claims: list[OfferClaim], *, actor: Actor) -> None:
    for claim in claims:
        if claim.state == ClaimState.OPEN:
            claim.contest(actor=actor)


def dns_name_of(offer: Offer) -> str:
    """The host of the sheet's website without « www. »; empty when unknown."""
    host = (urlsplit(offer.website).hostname or "") if offer.website else ""
    return host.removeprefix("www.")


def check_dns(claim: OfferClaim, *, actor: Actor, resolver: TxtResolver | None = None) -> bool:
    """Look for our record on the sheet's domain and write down what was seen. One DNS question.

    Raises MoveRefused once the claim is decided.
    """
    refuse_closed(claim)
    look_up = resolver or default_resolver()
    seen = claim.record_value in look_up(claim.record_name) if claim.dns_name else False

    def apply(locked: OfferClaim) -> None:
        refuse_closed(locked)
        locked.dns_checked_at = timezone.now()
        locked.dns_verified_at = timezone.now() if seen else None

    claim.touch("dns_checked", actor=actor, apply=apply, detail={"found": seen})
    return seen


def refuse_closed(claim: OfferClaim) -> None:
    if claim.state not in OfferClaim.OPEN_STATES:
        raise MoveRefused("claim_closed", "Cette revendication est close : il n’y a plus rien à vérifier.")


def grant(claim: OfferClaim, *, actor: Actor, reason: str, expected_version: int | None = None) -> OfferClaim:
    """The sheet becomes the claimant's draft; it stays online.

    Raises MoveRefused while a rival claim is open (it is refused first, with its own reason) and when the
    sheet is not free any more, RuleBroken when a DNS proof was never seen.
    """
    refuse_with_rivals(claim)
    if claim.proof == ClaimProof.DNS and claim.dns_verified_at is None:
        raise RuleBroken(
            "proof_missing", "L’enregistrement DNS n’a pas été vu. Vérifiez-le avant d’accorder."
        )
    with transaction.atomic():
        Offer.objects.select_for_update(of=("self",)).get(pk=claim.offer_id)
        refuse_with_rivals(claim)
        claim.grant(actor=actor, reason=reason, expected_version=expected_version)
        offer = claim.offer
        owner = _owner(offer, claim.organisation)

        def apply(locked: Offer) -> None:
            locked.supplier = owner
            if locked.draft_version is None and locked.live_version is not None:
                locked.live_version.successor(created_by=claim.claimed_by)

        offer.claim(actor=actor, reason=reason, apply=apply)
        _tell(
            claim, "Revendication accordée", "Complétez la fiche, puis envoyez le dossier de référencement."
        )
    return claim


def refuse_with_rivals(claim: OfferClaim) -> None:
    """Nobody wins by being read first: each rival is looked at, then refused or granted."""
    rivals = OfferClaim.objects.filter(offer=claim.offer_id, state__in=OfferClaim.OPEN_STATES)
    if rivals.exclude(pk=claim.pk).exists():
        raise MoveRefused(
            "rival_claim",
            "Une autre organisation revendique cette fiche. Refusez-la d’abord, avec son motif.",
        )


def _owner(offer: Offer, organisation: Organisation) -> Supplier:
    """The sheet's supplier when it is free, else the organisation's own one."""
    own = Supplier.objects.filter(organisation=organisation).first()
    if own is not None:
        return own
    supplier = Supplier.objects.select_for_update().get(pk=offer.supplier_id)
    if supplier.organisation_id is None:
        supplier.organisation = organisation
        supplier.identity_checked_at = verified_at(organisation)
        supplier.save(update_fields=["organisation", "identity_checked_at"])
        return supplier
    return supplier_of(organisation)


def refuse(
    claim: OfferClaim, *, actor: Actor, reason: str, expected_version: int | None = None
) -> OfferClaim:
    with transaction.atomic():
        claim.refuse(actor=actor, reason=reason, expected_version=expected_version)
        _tell(claim, "Revendication refusée", f"Motif : {reason}")
    return claim


def _tell(claim: OfferClaim, subject: str, body: str) -> None:
    notify(
        {user.pk: user for user in [claim.claimed_by, *managers_of(claim.organisation_id)]}.values(),
        subject=f"{subject} : {claim.offer.name}",
        body=body,
        url=claim.offer.get_absolute_url(),
        organisation=claim.organisation,
    )
