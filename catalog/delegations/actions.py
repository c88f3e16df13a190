"""A section of an offer delegated by link: sent by mail, open for some days, revoked at any moment.

The delegate needs no account and answers under the responsibility of the supplier: what they write waits in
the version being prepared, which only the supplier's people propose or send.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalog.abilities import offer_abilities
from catalog.actions.authoring import refuse_if_not_editable, save_answers
from catalog.hooks import chapter
from catalog.models import Offer, OfferVersion, SectionDelegation
from catalog.questions.engine import Section, section
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.errors import Gone, MoveRefused, NotVisible, RuleBroken
from marketplace.notifications.outbox import notify, send_to_address
from marketplace.ui.typography import datetime_text

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

DAYS, MOST_DAYS, MOST_LINKS = 14, 60, 20
DELEGATE = system_actor("delegation")
# A file is joined by the supplier's own people: it is kept under their organisation.
FILED = frozenset({"document", "certificate"})


def delegate(
    offer: Offer, *, actor: Actor, name: str, email: str, days: int = DAYS
) -> tuple[SectionDelegation, str]:
    """The delegation and its link, which is given here and in the mail, never again.

    Raises RuleBroken on « section », « days » or « email », MoveRefused when the offer is closed.
    """
    require(offer_abilities(actor, offer), "edit")
    refuse_if_not_editable(offer)
    asked = section(name) or chapter(name)
    if asked is None:
        raise RuleBroken("unknown_section", "Cette section n’existe pas.", field="section")
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken("bad_days", f"Donnez de 1 à {MOST_DAYS} jours.", field="days")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
        if SectionDelegation.objects.running().filter(offer=offer).count() >= MOST_LINKS:
            message = f"{MOST_LINKS} liens sont ouverts : révoquez-en un d’abord."
            raise RuleBroken("too_many_links", message, field="email")
        made = SectionDelegation.objects.create(
            offer=offer,
            section=name,
            email=email,
            token_sha256=_digest(token),
            created_by=actor.user,
            expires_at=timezone.now() + dt.timedelta(days=days),
        )
        record(made, "create", actor=actor, detail={"section": name, "email": email})
        link = f"{settings.SITE_URL}{reverse('catalog:delegated', args=[token])}"
        words = {"offer": offer, "section": asked, "link": link, "until": datetime_text(made.expires_at)}
        send_to_address(email, template="catalog/email/delegation", context=words)
    return made, link


def revoke(delegation: SectionDelegation, *, actor: Actor) -> SectionDelegation:
    """The link opens nothing any more. Raises MoveRefused when it is over already."""
    require(offer_abilities(actor, delegation.offer), "edit")
    with transaction.atomic():
        row = _locked(delegation)
        if row.is_over:
            raise MoveRefused("delegation_over", "Ce lien n’ouvre déjà plus rien. Rechargez la page.")
        row.revoked_at, row.revoked_by = timezone.now(), actor.user
        row.save(update_fields=["revoked_at", "revoked_by"])
        record(row, "revoke", actor=actor)
    return row


def opened(token: str, *, noted: bool = True) -> SectionDelegation:
    """What the link opens; journalled when ``noted``. Raises NotVisible, Gone with the reason."""
    rows = SectionDelegation.objects.select_related("offer__supplier__organisation", "created_by")
    found = rows.filter(token_sha256=_digest(token)).first()
    if found is None or found.asked is None:
        raise NotVisible
    if found.is_over:
        when = found.revoked_at or found.expires_at
        why = "Ce lien a été révoqué." if found.revoked_at else "Ce lien a expiré."
        raise Gone("delegation_over", why, on=timezone.localdate(when), reason=ASK_AGAIN)
    if not noted:
        return found
    with transaction.atomic():
        SectionDelegation.objects.filter(pk=found.pk).update(opened_at=timezone.now())
        record(found, "open", actor=DELEGATE)
    return found


ASK_AGAIN = "Demandez-en un autre à la personne qui vous l’a envoyé."


def delegated_section(delegation: SectionDelegation) -> Section:
    """Its questions, those that take a file left out."""
    asked = delegation.asked
    assert asked is not None
    return replace(asked, questions=tuple(q for q in asked.questions if q.type not in FILED))


def answer(
    delegation: SectionDelegation, *, answers: Mapping[str, Any], expected_version: int | None = None
) -> OfferVersion:
    """Write the answers of the section alone into the version being prepared, and tell who delegated.

    Raises Gone when the link was revoked meanwhile, RuleBroken by field, VersionStale.
    """
    known = {question.id for question in delegated_section(delegation).questions}
    given = {name: value for name, value in answers.items() if name in known}
    with transaction.atomic():
        row = _locked(delegation)
        if row.is_over:
            raise Gone("delegation_over", "Ce lien n’ouvre plus rien.", reason=ASK_AGAIN)
        offer = row.offer
        version = save_answers(offer, actor=DELEGATE, answers=given, expected_version=expected_version)
        row.answered_at = timezone.now()
        row.save(update_fields=["answered_at"])
        record(row, "answer", actor=DELEGATE, detail={"questions": sorted(given), "email": row.email})
        if row.created_by is not None:
            notify(
                [row.created_by],
                subject=f"{row.label} de {offer.name} : section complétée",
                body=f"{row.email} a répondu par le lien que vous lui avez envoyé. Relisez avant d’envoyer.",
                url=_place(row),
                key=f"delegation:{row.pk}:{version.pk}:{timezone.localdate().isoformat()}",
            )
    return version


def _place(row: SectionDelegation) -> str:
    """Where the supplier's own people read the answers again: a chapter's questions are of several pages."""
    offer = row.offer
    if section(row.section) is None:
        return reverse("catalog:edit", args=[offer.number, offer.slug])
    return reverse("catalog:edit_section", args=[offer.number, offer.slug, row.section])


def _locked(delegation: SectionDelegation) -> SectionDelegation:
    rows = SectionDelegation.objects.select_for_update(of=("self",)).select_related(
        "offer__supplier__organisation", "created_by"
    )
    return rows.get(pk=delegation.pk)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
