"""One of each thing, and one person of each role; made when first asked."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone

from catalog.collections import actions as collections
from catalog.curated.actions import retain
from catalog.delegations.actions import delegate
from catalog.models import (
    Category,
    Collection,
    CuratedOffer,
    MissingNeed,
    Offer,
    OfferSearchRow,
    SavedSearch,
    SectionDelegation,
    TrustMark,
)
from catalog.needs.actions import report
from catalog.saved_searches.actions import save
from catalog.trust import add_mark
from marketplace.accounts.enums import Role
from marketplace.notifications.models import OutgoingEmail
from procurement.models import (
    Assessment,
    Contract,
    Derogation,
    Order,
    PeerConsent,
    PeerMessage,
    Project,
    RouteChoice,
    UserReview,
)
from procurement.peers import actions as peers
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes
from procurement.voices.actions import write
from qualification.handing_out import Hiding
from qualification.handing_out import decide as decide_copy
from qualification.models import (
    CheckAlert,
    CheckRun,
    Dispute,
    Dossier,
    Evidence,
    EvidenceCopy,
    GaiaxVerification,
    ProgrammeApplication,
    ProgrammeCall,
    ProjectProposal,
    PublicCopy,
    RegisterLink,
    SignedFinding,
    Waiver,
)
from qualification.redaction import publish
from qualification.signing.issue import issue_for_offer
from qualification.work import dead_letters
from tests.builders import make_member
from tests.habits.matrix.people import People
from tests.habits.matrix.rows import OTHER_BUYER, OTHER_SUPPLIER
from tests.procurement import builders as needs
from tests.procurement import derogation_builders as derogations
from tests.procurement import order_builders as orders
from tests.qualification import builders as dossiers
from tests.qualification import programme_builders as programmes


class World(People):
    # -- catalogue

    @cached_property
    def offer(self) -> Offer:
        """Listed, of the world's supplier."""
        return orders.make_offer(organisation=self.supplier)

    @cached_property
    def collection(self) -> Collection:
        """Published: it names the world's listed offer."""
        actor = self.actor(Role.CURATOR)
        OfferSearchRow.objects.refresh([self.offer.pk])
        made = collections.create(actor=actor, title="Essai", intro="Essai.", offers=[(self.offer, "Essai.")])
        return collections.publish(made, actor=actor)

    @cached_property
    def retained(self) -> CuratedOffer:
        """The world's listed offer, in the list of its ministry."""
        return retain(self.offer, actor=self.actor(Role.ORGANISATION_ADMIN), kind="recommended")

    @cached_property
    def category(self) -> Category:
        return Category.objects.create(code="nuages", label="Nuages")

    @cached_property
    def draft(self) -> Offer:
        return dossiers.make_offer(self.supplier)

    @cached_property
    def mark(self) -> TrustMark:
        return orders.hold(self.offer, "hds")

    @cached_property
    def declaration(self) -> TrustMark:
        """What the world's supplier says of its listed offer, on its own word."""
        return add_mark(
            self.offer,
            actor=self.actor(Role.SUPPLIER_EDITOR),
            scheme="iso27001",
            status="in_force",
            origin="declared",
            scope="Essai",
        )

    @cached_property
    def need(self) -> MissingNeed:
        return report(actor=self.actor(Role.REQUESTER), title="Signature de gros fichiers")

    @cached_property
    def saved_search(self) -> SavedSearch:
        """Of the requester, shared in the ministry."""
        return save(
            actor=self.actor(Role.REQUESTER),
            name="Logiciels",
            query="model=saas&couleur=bleu",
            is_shared=True,
        )

    # -- qualification

    @cached_property
    def _people(self) -> dossiers.People:
        return dossiers.People(
            supplier=self.supplier,
            operator=self.operator,
            editor=self.the(Role.SUPPLIER_EDITOR),
            manager=self.the(Role.SUPPLIER_MANAGER),
            officer=self.the(Role.QUALIFICATION_OFFICER),
            decider=make_member(Role.DECISION_MAKER, organisation=self.operator),
            other_decider=self.the(Role.DECISION_MAKER),
        )

    def dossier(self, state: str, **values: Any) -> Dossier:
        return dossiers.make_dossier(self._people, upto=state, **values)

    @cached_property
    def dossier_in_hand(self) -> Dossier:
        """In instruction, taken by the world's officer."""
        from qualification import interests

        dossier = self.dossier("instruction")
        interests.take_declared(dossier, actor=self.actor(Role.QUALIFICATION_OFFICER))
        return dossier

    @cached_property
    def _delegated(self) -> tuple[SectionDelegation, str]:
        editor = self.actor(Role.SUPPLIER_EDITOR)
        return delegate(self.offer, actor=editor, name="exit", email="expert@prestataire.example")

    @property
    def delegation(self) -> SectionDelegation:
        """Of the section on leaving of the world's listed offer."""
        return self._delegated[0]

    @property
    def delegation_token(self) -> str:
        return self._delegated[1].rstrip("/").rpartition("/")[2]

    @cached_property
    def public_copy(self) -> PublicCopy:
        """Of a decision of the world, nothing hidden."""
        decision = self.dossier("decided").decisions.get()
        officer = self.actor(Role.QUALIFICATION_OFFICER)
        return publish(decision, actor=officer, passages=[], operator="Essai")

    @cached_property
    def evidence_copy(self) -> EvidenceCopy:
        """Of evidence joined to a decided dossier, given whole."""
        decision = self.public_copy.decision
        made = dossiers.make_evidence(self._people)
        dossiers.join_decided(made, decision.dossier)
        hiding = Hiding(outcome="whole")
        return decide_copy(decision, made, hiding, actor=self.actor(Role.QUALIFICATION_OFFICER))

    @cached_property
    def evidence(self) -> Evidence:
        """Of the world's supplier, joined to a dossier that was sent."""
        draft = self.dossier("draft")
        made = dossiers.make_evidence(self._people)
        dossiers.join(made, draft, self._people)
        dossiers.send(draft, self._people, "")
        return made

    @cached_property
    def failed_run(self) -> CheckRun:
        """In a dossier that the world's officer has taken."""
        return dossiers.make_failed_run(self._people)

    @cached_property
    def failing(self) -> CheckAlert:
        """An alert on the check of the exit terms of a listed offer, open."""
        return dossiers.make_alert(self.dossier("decided"))

    @cached_property
    def dead_letter(self) -> UUID:
        """Of an e-mail that the workers gave up."""
        row = OutgoingEmail.objects.create(
            to="absent@nuage.example", subject="Essai", body="Essai.", lease_state="dead", attempt=8
        )
        return next(letter.id for letter in dead_letters() if letter.row == row)

    @cached_property
    def waiver(self) -> Waiver:
        """Asked by the world's officer; nobody answered yet."""
        return dossiers.make_waiver(self.dossier_in_hand, officer=self.actor(Role.QUALIFICATION_OFFICER))

    @cached_property
    def register_link(self) -> RegisterLink:
        """Asked by the world's officer for the supplier's listed offer; nobody answered yet."""
        offer = self.dossier("decided").offer
        return dossiers.make_link(offer, officer=self.actor(Role.QUALIFICATION_OFFICER))

    @cached_property
    def gaiax(self) -> GaiaxVerification:
        """Asked by the world's supplier, not judged yet."""
        return GaiaxVerification.objects.create(organisation=self.supplier, text="a.b.c")

    @cached_property
    def signed(self) -> SignedFinding:
        """The findings on a listed offer of the world's supplier, signed."""
        dossier = self.dossier("decided", outcome="listed")
        return issue_for_offer(dossier.offer, actor=self.actor(Role.SUPPLIER_MANAGER))

    @cached_property
    def dispute(self) -> Dispute:
        """Of the failed run, with a file; nobody answered yet."""
        return dossiers.contest(self.failed_run, self._people)

    @cached_property
    def call(self) -> ProgrammeCall:
        """Open."""
        return programmes.make_call(self.actor(Role.PROGRAMME_MANAGER))

    def application(self, state: str) -> ProgrammeApplication:
        """Of the world's supplier, to a call of its own."""
        author, manager = self.actor(Role.SUPPLIER_MANAGER), self.actor(Role.PROGRAMME_MANAGER)
        return programmes.make_application(author, manager, state=state)

    def proposal(self, state: str) -> ProjectProposal:
        """Led by the world's supplier, with the other supplier as integrator."""
        people = (
            self.actor(role) for role in (Role.SUPPLIER_MANAGER, OTHER_SUPPLIER, Role.PROGRAMME_MANAGER)
        )
        return programmes.make_proposal(*people, state=state)

    # -- procurement

    @cached_property
    def _administration(self) -> Any:
        return SimpleNamespace(
            organisation=self.ministry,
            requester=self.actor(Role.REQUESTER),
            rssi=self.actor(Role.SECURITY_OFFICER),
            dpo=self.actor(Role.DATA_OFFICER),
            authority=self.actor(Role.QUALIFIED_AUTHORITY),
        )

    @cached_property
    def project(self) -> Project:
        """A draft, its analysis begun."""
        return needs.make_project(self._administration)

    @cached_property
    def analysis(self) -> Assessment:
        """The avis are asked."""
        return needs.awaiting(self._administration)

    @cached_property
    def decided_project(self) -> Project:
        return needs.assessed_project(self._administration)

    @cached_property
    def engaged_project(self) -> Project:
        return derogations.engaged_project(self._administration)

    @cached_property
    def derogation(self) -> Derogation:
        return derogations.make_derogation(self._administration, project=self.engaged_project)

    @cached_property
    def route_choice(self) -> RouteChoice:
        """Proposed for a decided project."""
        facts = PurchaseFacts(buyer_kind="", value_eur_ht=Decimal(45_000), homogeneous_eur_ht=Decimal(0))
        return routes.choose(
            self.decided_project,
            actor=self.actor(Role.REQUESTER),
            key="dispense",
            facts=facts,
            on=timezone.localdate(),
        )

    @cached_property
    def purchase(self) -> orders.Purchase:
        return orders.Purchase(
            buyer=self.ministry,
            requester=self.the(Role.REQUESTER),
            approver=self.the(Role.APPROVER),
            rssi=self.the(Role.SECURITY_OFFICER),
            dpo=self.the(Role.DATA_OFFICER),
            finance=self.the(Role.FINANCE),
            manager=self.the(Role.SUPPLIER_MANAGER),
            project=orders.make_project(self.ministry, by=self.the(Role.REQUESTER)),
            offer=self.offer,
        )

    def order(self, state: str) -> Order:
        return orders.make_order(self.purchase, state=state)

    @cached_property
    def user_review(self) -> UserReview:
        """Of the world's ministry, on the offer that its contract is about."""
        assert self.contract
        return write(self.offer, actor=self.actor(Role.REQUESTER), text="Essai.", ratings={"support": "good"})

    @cached_property
    def peer_consent(self) -> PeerConsent:
        """Of the ministry's requester, on the offer that its contract is about."""
        assert self.contract
        return peers.consent(self.offer, actor=self.actor(Role.REQUESTER))

    @cached_property
    def peer_message(self) -> PeerMessage:
        """From the other administration to the ministry's requester; nobody answered yet."""
        return peers.write(self.peer_consent, actor=self.actor(OTHER_BUYER), text="Essai.")

    @cached_property
    def contract(self) -> Contract:
        order = self.order("acknowledged")
        return (
            Contract.objects.get(order=order) if hasattr(Contract, "order") else Contract.objects.latest("pk")
        )
