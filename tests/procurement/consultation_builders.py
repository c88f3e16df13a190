"""Consultations for tests: plainly fictitious, made by the same actions as real ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Supplier
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, Organisation
from procurement.consultations import closing, depositing, drafts, keys, opening, publishing, writing
from procurement.consultations.enums import ConsultationKind
from procurement.consultations.notices.recording import record_sending
from procurement.consultations.rehearsing import rehearse
from procurement.models import Consultation, ConsultationLot, Project, ResponseDraft, SealedDeposit
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes
from tests.builders import make_member, make_organisation
from tests.procurement.builders import make_project

CRITERIA = [
    {"kind": "price", "label": "Prix", "weight": 50},
    {"kind": "quality", "label": "Valeur technique", "weight": 35},
    {"kind": "environment", "label": "Consommation d’énergie", "weight": 15},
]
ITEM = {"label": "Poste de travail", "unit": "poste et mois", "quantity": Decimal(100), "is_usage": False}
LOTS = [{"title": "Hébergement", "description": "", "price_items": [ITEM]}]


class Room:
    """An administration, the three people who hold its keys, and their secrets."""

    def __init__(self, organisation: Organisation | None = None, **actors: Actor) -> None:
        self.organisation = organisation or make_organisation()
        self.requester = actors.get("requester") or self._person(Role.REQUESTER)
        self.purchasing = actors.get("purchasing") or self._person(Role.PURCHASING)
        self.holders = actors.get("holders") or [self._person(Role.FINANCE) for _ in range(3)]
        self.secrets: dict[int, str] = {}

    def _person(self, role: str) -> Actor:
        return Actor.of(make_member(role, organisation=self.organisation))

    def project(self) -> Project:
        return make_project(SimpleNamespace(organisation=self.organisation, requester=self.requester))

    def routed_project(self, key: str = "adapted", value: int = 70_000) -> Project:
        project = self.project()
        facts = PurchaseFacts(
            buyer_kind="", value_eur_ht=Decimal(value), homogeneous_eur_ht=Decimal(0), is_innovative=False
        )
        choice = routes.choose(project, actor=self.requester, key=key, facts=facts, on=timezone.localdate())
        routes.confirm(choice, actor=self.purchasing)
        return project

    def draft(
        self, *, route: str = "adapted", value: int = 70_000, sent: bool = True, **content: Any
    ) -> Consultation:
        """`route`: the key of the route that the project is bought by. `sent`: the notices that are due."""
        made = writing.create(
            self.routed_project(route, value), actor=self.requester, title="Hébergement d’essai"
        )
        given = {
            "description": "Un service d’hébergement pour cent personnes.",
            "criteria": CRITERIA,
            "lots": LOTS,
            **({"response_days": 30} if made.kind == ConsultationKind.FORMALISED else {}),
            **content,
        }
        return self._sent(writing.edit(made, actor=self.requester, **given), sent=sent)

    def _sent(self, made: Consultation, *, sent: bool) -> Consultation:
        """The notices of a formalised procedure, sent today unless `sent` is false."""
        if sent and made.kind == ConsultationKind.FORMALISED:
            today = timezone.localdate()
            for medium in ("boamp", "joue"):
                values = {"medium": medium, "reference": f"ESSAI-{medium}", "sent_on": today}
                record_sending(made, actor=self.purchasing, **values)
        return made

    def name(self, consultation: Consultation) -> Consultation:
        people = {place: actor.user for place, actor in enumerate(self.holders, start=1)}
        return keys.name_holders(consultation, actor=self.purchasing, people=people)

    def take(self, consultation: Consultation, actor: Actor) -> str:
        self.secrets[actor.user.pk] = keys.take_secret(consultation, actor=actor)
        return self.secrets[actor.user.pk]

    def secret(self, actor: Actor) -> str:
        return self.secrets[actor.user.pk]

    def keyed(self, **content: Any) -> Consultation:
        """The key is made; nobody rehearsed."""
        made = self.name(self.draft(**content))
        for actor in self.holders:
            self.take(made, actor)
        return made

    def proved(self, **content: Any) -> Consultation:
        made = self.keyed(**content)
        for actor in self.holders:
            rehearse(made, actor=actor, secret=self.secret(actor))
        return made

    def published(self, **content: Any) -> Consultation:
        return publishing.publish(self.proved(**content), actor=self.purchasing, attested=True)

    def closed(self, consultation: Consultation | None = None) -> Consultation:
        return closing.close(pass_deadline(consultation or self.published()))

    def open(self, consultation: Consultation) -> Consultation:
        for actor in self.holders[:2]:
            done = opening.give_secret(consultation, actor=actor, secret=self.secret(actor))
        assert done.opened, done
        return consultation


def pass_deadline(consultation: Consultation, *, ago: dt.timedelta = dt.timedelta(minutes=5)) -> Consultation:
    """As if it had been published a month ago and its deadline were past; what came, came before it."""
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE procurement_sealeddeposit SET received_at = received_at - %s WHERE consultation_id = %s",
            [ago + dt.timedelta(hours=1), consultation.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    set_deadline(consultation, now - ago)
    return consultation


def set_deadline(consultation: Consultation, closes_at: dt.datetime) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(
        published_at=closes_at - dt.timedelta(days=30),
        questions_until=closes_at - dt.timedelta(days=7),
        closes_at=closes_at,
    )
    consultation.refresh_from_db()


def make_supplier(organisation: Organisation | None = None, name: str = "") -> tuple[Supplier, Actor]:
    """A verified supplier with its sheet, and who signs for it."""
    organisation = organisation or make_organisation(kind=OrganisationKind.SUPPLIER)
    supplier = Supplier.objects.filter(organisation=organisation).first() or Supplier.objects.create(
        organisation=organisation,
        name=name or organisation.name,
        slug="fournisseur-exemple",
        country="FR",
    )
    return supplier, Actor.of(make_member(Role.SUPPLIER_MANAGER, organisation=organisation))


def actor_of(member: Membership) -> Actor:
    return Actor.of(Membership.objects.get(pk=member.pk))


def make_draft(
    consultation: Consultation,
    actor: Actor,
    *,
    price: str = "12.50",
    proposal: str = "Notre proposition.",
    lot: ConsultationLot | None = None,
    files: int = 0,
) -> ResponseDraft:
    lot = lot or consultation.lots.get(number=1)
    made = drafts.begin(consultation, actor=actor, lot=lot)
    prices = {str(item.uuid): Decimal(price) for item in lot.price_items.all()}
    drafts.save(made, actor=actor, candidacy="dume", not_excluded=True, proposal=proposal, prices=prices)
    for number in range(files):
        upload = SimpleUploadedFile(f"memoire-{number}.txt", f"Mémoire {number} {proposal}".encode())
        drafts.add_file(made, actor=actor, file=upload)
    return made


def make_deposit(consultation: Consultation, actor: Actor, **values: Any) -> SealedDeposit:
    return depositing.deposit(make_draft(consultation, actor, **values), actor=actor)
