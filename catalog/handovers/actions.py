"""An offer passes to another supplier: proposed by a curator, done when the receiving supplier accepts.

What is bound stays bound: orders and contracts keep the supplier they name. What was proved of the former
holder is to be proved again, and what it confirmed is to be confirmed again.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import trust
from catalog.actions.authoring import supplier_of
from catalog.actions.reviews import managers_of
from catalog.effects import preview_offers
from catalog.enums import OfferState
from catalog.hooks import handover_refusal
from catalog.models import Offer, OfferHandover, OfferSearchRow, TrustMark, VersionReview
from catalog.states import TRUST_MOVES
from marketplace.accounts.enums import OrganisationKind
from marketplace.accounts.models import Organisation, User
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.events.bus import emit
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOVABLE = (OfferState.DRAFT, OfferState.LISTED, OfferState.SUSPENDED)


def propose(
    offer: Offer, *, actor: Actor, identifier: str, reason: str, source: str, source_date: dt.date
) -> OfferHandover:
    """`identifier`: of the verified supplier that receives, spaces left out. Nothing of the offer changes.

    Raises RuleBroken by field, MoveRefused (offer not to be moved now, another handover waits).
    """
    if source_date > timezone.localdate():
        raise RuleBroken(
            "source_later", "La date de l’acte est dans le futur. Vérifiez-la.", field="source_date"
        )
    receiver = _receiver(identifier)
    with transaction.atomic():
        locked = Offer.objects.select_for_update(of=("self",)).select_related("supplier").get(pk=offer.pk)
        refuse_unmovable(locked)
        if locked.supplier.organisation_id == receiver.pk:
            raise RuleBroken(
                "same_supplier", "Cette offre est déjà à ce fournisseur. Choisissez-en un autre.",
                field="identifier",
            )  # fmt: skip
        if OfferHandover.objects.waiting().filter(offer=locked).exists():
            raise MoveRefused(
                "handover_open", "Un transfert de cette offre attend déjà une réponse. Annulez-le d’abord."
            )
        made = OfferHandover.objects.create(
            offer=locked,
            supplier_from=locked.supplier,
            organisation_to=receiver,
            reason=reason,
            source=source,
            source_date=source_date,
            proposed_by=actor.user,
        )
        made.journal_creation(actor=actor, detail={"offer": locked.number, "to": receiver.number})
        body = f"De {locked.supplier.name} à {receiver.name}. Motif : {reason}"
        _tell(made, managers_of(receiver.pk), "Un transfert attend votre réponse", body)
        _tell(made, _givers(made), "Un transfert est proposé", body)
    return made


def _receiver(identifier: str) -> Organisation:
    written = "".join(identifier.split()).upper()
    rows = Organisation.objects.verified().filter(kind=OrganisationKind.SUPPLIER, identifier__iexact=written)
    found = list(rows.order_by("pk")[:2]) if written else []
    if len(found) != 1:
        raise RuleBroken(
            "unknown_supplier",
            "Aucun fournisseur vérifié ne porte cet identifiant. Relisez-le, ou demandez-lui de s’inscrire "
            "et d’être vérifié d’abord.",
            field="identifier",
        )
    return found[0]


def refuse_unmovable(offer: Offer) -> None:
    """Raises MoveRefused with what is to be done first, RuleBroken on a real offer of a demonstration."""
    if offer.state == OfferState.UNCLAIMED:
        raise MoveRefused(
            "not_claimed",
            "Une fiche publique n’a pas de fournisseur qui en réponde : elle se revendique, "
            "elle ne se transfère pas.",
        )
    if offer.state not in MOVABLE:
        raise MoveRefused(
            "offer_closed", f"L’offre est « {offer.get_state_display()} » : elle ne se transfère plus."
        )
    if settings.DEMONSTRATION and offer.source_key:
        raise RuleBroken(
            "demonstration_real_offer",
            "Dans la démonstration, aucun fait fictif n’est attaché à une offre réelle.",
        )
    waiting = VersionReview.objects.waiting(offer).first()
    if waiting is not None:
        number = waiting.version_proposed.number
        raise MoveRefused(
            "version_waiting", f"La version {number} de l’offre attend une décision : rendez-la d’abord."
        )
    if said := handover_refusal(offer):
        raise MoveRefused("handover_refused", said)


def accept(handover: OfferHandover, *, actor: Actor, expected_version: int | None = None) -> OfferHandover:
    """The offer changes hands. The statuses' lock first, then the offer's row, then the handover's.

    Raises MoveRefused (answered already, offer moved or closed meanwhile, something to decide first).
    """
    handover.check_move("accept")
    with transaction.atomic():
        trust.lock_stack()
        seen = preview_offers([handover.offer_id])
        offer = handover.offer

        def apply(locked: Offer) -> None:
            refuse_unmovable(locked)
            if locked.supplier_id != handover.supplier_from_id:
                raise MoveRefused(
                    "moved_meanwhile", "L’offre a déjà changé de fournisseur. Rechargez la page."
                )
            handover.accept(actor=actor, expected_version=expected_version)
            locked.supplier = supplier_of(handover.organisation_to)
            locked.facts_confirmed_on = None

        offer.touch("hand_over", actor=actor, apply=apply, reason=handover.reason, detail=_said(handover))
        for mark in marks_to_prove(offer):
            trust.question(mark, actor=actor, reason=to_prove(handover))
        OfferSearchRow.objects.refresh([offer.pk])
        emit("offer.handed_over", {"offer": offer.pk, "handover": handover.pk})
        _tell_all(handover, told=seen.told)
    return handover


def _said(handover: OfferHandover) -> dict[str, object]:
    return {
        "from": handover.supplier_from.number,
        "to": handover.organisation_to.number,
        "source": handover.source,
        "source_date": handover.source_date,
    }


def marks_to_prove(offer: Offer) -> list[TrustMark]:
    """Those that hold or announce something today: what has ended or was lost stays as it is. One query."""
    today = timezone.localdate()
    sources = TRUST_MOVES["question"].sources
    rows = TrustMark.objects.filter(offer=offer, status__in=sources).order_by("pk")
    return [mark for mark in rows if mark.status_on(today) != "expired"]


def to_prove(handover: OfferHandover) -> str:
    """« L’offre est passée de A à B le 3 mars 2027 : … », the reason written on each mark."""
    day = date_text(timezone.localdate(handover.decided_at))
    return (
        f"L’offre est passée de {handover.supplier_from.name} à {handover.organisation_to.name} le {day} : "
        "rien ne dit encore que ce qui était prouvé pour le premier vaut pour le second."
    )


def _tell_all(handover: OfferHandover, *, told: frozenset[int]) -> None:
    day = date_text(timezone.localdate(handover.decided_at))
    names = f"{handover.supplier_from.name} à {handover.organisation_to.name}"
    passed = f"{handover.offer.name} est passée de {names} le {day}."
    receivers, givers = managers_of(handover.organisation_to_id), _givers(handover)
    _tell(
        handover, receivers, "Transfert accepté",
        f"{passed} Confirmez ses informations, et faites prouver de nouveau ses qualifications.",
    )  # fmt: skip
    kept = "Les bons de commande envoyés et les contrats en cours gardent le fournisseur qu’ils nomment."
    _tell(handover, givers, "Transfert accepté", f"{passed} {kept}")
    ours = {user.pk for user in (*receivers, *givers)}
    others = User.objects.filter(pk__in=told - ours)
    body = f"{passed} {kept} Ses qualifications sont à reprouver. Motif : {handover.reason}"
    notify(
        others, subject=f"Une offre change de fournisseur : {handover.offer.name}", body=body,
        url=handover.offer.get_absolute_url(),
    )  # fmt: skip


def refuse(
    handover: OfferHandover, *, actor: Actor, reason: str, expected_version: int | None = None
) -> OfferHandover:
    """By the receiving supplier. The offer stays where it is."""
    with transaction.atomic():
        handover.refuse(actor=actor, reason=reason, expected_version=expected_version)
        body = f"{handover.organisation_to.name} refuse l’offre. Motif : {reason}"
        _tell(handover, [*_givers(handover), *_proposer(handover)], "Transfert refusé", body)
    return handover


def cancel(
    handover: OfferHandover, *, actor: Actor, reason: str, expected_version: int | None = None
) -> OfferHandover:
    """By a curator, before an answer."""
    with transaction.atomic():
        handover.cancel(actor=actor, reason=reason, expected_version=expected_version)
        people = [*managers_of(handover.organisation_to_id), *_givers(handover)]
        _tell(handover, people, "Transfert annulé", f"Motif : {reason}")
    return handover


def _givers(handover: OfferHandover) -> list[User]:
    organisation = handover.supplier_from.organisation_id
    return managers_of(organisation) if organisation else []


def _proposer(handover: OfferHandover) -> list[User]:
    return [handover.proposed_by] if handover.proposed_by else []


def _tell(handover: OfferHandover, people: list[User], subject: str, body: str) -> None:
    url = handover.get_absolute_url()
    notify(people, subject=f"{subject} : {handover.offer.name}", body=body, url=url)


def waiting_for(organisation: Organisation | None) -> QuerySet[OfferHandover]:
    """What this supplier has to answer, the oldest first; at most twenty."""
    rows = OfferHandover.objects.waiting().filter(organisation_to=organisation)
    return rows.select_related("offer", "supplier_from")[:20]
