"""Dossiers for tests, made through the actions as the pages do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Offer, OfferVersion, Plan, PriceLine, Supplier
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, Organisation
from marketplace.reference.releases import load_release
from qualification import actions, confirmations, decisions, disputes, evidence, findings, interests
from qualification.models import (
    CheckAlert,
    CheckRun,
    Dispute,
    Dossier,
    Evidence,
    EvidenceUse,
    OfferCheck,
    RegisterLink,
    Waiver,
)
from qualification.pipeline import run_check
from qualification.schemes import LISTING, load_scheme
from tests.builders import make_member, make_organisation

# The first edition has six checks and seven requirements: enough for most stories, and quick to live through.
FEW, CURRENT = "2026-11", LISTING[1]
ANSWERS = {
    "name": "Nuage Exemple",
    "service_models": ["iaas"],
    "description": "Machines virtuelles.",
    "storage_regions": ["FR-Roubaix"],
    "processing_regions": ["FR-Roubaix", "DE"],
    "exit_notice_months": "2",
    "exit_transition_days": 30,
    "exit_retrieval_days": 30,
}


@dataclass
class People:
    """The supplier's two, the operator's officer and two decision makers."""

    supplier: Organisation
    operator: Organisation
    editor: Membership
    manager: Membership
    officer: Membership
    decider: Membership
    other_decider: Membership

    def actor(self, name: str) -> Actor:
        membership: Membership = getattr(self, name)
        return Actor.of(Membership.objects.get(pk=membership.pk))


def make_people() -> People:
    supplier = make_organisation(kind=OrganisationKind.SUPPLIER, name="Nuage Exemple SAS")
    operator = make_organisation(kind=OrganisationKind.OPERATOR)
    return People(
        supplier=supplier,
        operator=operator,
        editor=make_member(Role.SUPPLIER_EDITOR, organisation=supplier),
        manager=make_member(Role.SUPPLIER_MANAGER, organisation=supplier),
        officer=make_member(Role.QUALIFICATION_OFFICER, organisation=operator),
        decider=make_member(Role.DECISION_MAKER, organisation=operator),
        other_decider=make_member(Role.DECISION_MAKER, organisation=operator),
    )


def make_supplier(organisation: Organisation) -> Supplier:
    found = Supplier.objects.filter(organisation=organisation).first()
    return found or Supplier.objects.create(
        organisation=organisation,
        name=organisation.name,
        legal_name=organisation.name,
        slug="fournisseur-exemple",
        country="FR",
    )


def make_offer(organisation: Organisation, **answers) -> Offer:
    """A draft offer with one version in edition, one formula and one price."""
    offer = Offer.objects.create(
        supplier=make_supplier(organisation), name="Nuage Exemple", slug="nuage-exemple", state="draft"
    )
    version = OfferVersion.objects.create(offer=offer, number=1, answers=ANSWERS | answers)
    plan = Plan.objects.create(version=version, code="standard", name="Standard")
    PriceLine.objects.create(
        plan=plan,
        code="abonnement",
        label="Abonnement",
        kind="fixed",
        period="month",
        amount_eur_ht=Decimal("10"),
    )
    return offer


def make_dossier(
    people: People, *, upto: str = "draft", outcome: str = "listed", edition: str = FEW, **answers
) -> Dossier:
    """A dossier driven to ``upto`` by its people: draft, checking, instruction, corrections_requested,
    proposed, decided, appealed. ``edition``: of the listing conditions it was opened with."""
    dossier = actions.open_dossier(make_offer(people.supplier, **answers), actor=people.actor("manager"))
    dossier.scheme_edition = edition
    dossier.save(update_fields=["scheme_edition"])
    for state, step in STEPS:
        if dossier.state == upto:
            break
        step(dossier, people, outcome)
        dossier.refresh_from_db()
        if state == upto:
            break
    assert dossier.state == upto
    return dossier


def run_all(dossier: Dossier) -> None:
    for run in CheckRun.objects.filter(dossier=dossier).open():
        run_check(run.pk)
    dossier.refresh_from_db()


def judge_all(dossier: Dossier, people: People) -> None:
    for requirement in load_scheme(dossier.scheme, dossier.scheme_edition).requirements:
        findings.record_finding(
            dossier,
            actor=people.actor("officer"),
            requirement=requirement.code,
            verdict="conform",
            observation="Vu et conforme.",
        )


def send(dossier: Dossier, people: People, _outcome: str) -> None:
    actions.submit(dossier, actor=people.actor("manager"))


def check(dossier: Dossier, people: People, _outcome: str) -> None:
    run_all(dossier)


def propose(dossier: Dossier, people: People, outcome: str) -> None:
    interests.take_declared(dossier, actor=people.actor("officer"))
    judge_all(dossier, people)
    waive_unknowns(dossier, people)
    actions.propose(
        dossier, actor=people.actor("officer"), outcome=outcome, reasons="Conforme.", reserves="Une réserve."
    )


def decide(dossier: Dossier, people: People, outcome: str) -> None:
    decisions.decide(
        dossier,
        actor=people.actor("decider"),
        outcome=outcome,
        reasons="Motifs de la décision.",
        reserves="Une réserve." if outcome == "listed_with_reserves" else "",
        hearing="Entendu le 20 novembre 2026." if outcome == "refused" else "",
        no_interest=True,
    )


def lodge_appeal(dossier: Dossier, people: People, _outcome: str) -> None:
    decisions.appeal(dossier, actor=people.actor("manager"), reason="Nous contestons.")


def ask_corrections(dossier: Dossier, people: People) -> None:
    interests.take_declared(dossier, actor=people.actor("officer"))
    actions.request_corrections(dossier, actor=people.actor("officer"), reason="Précisez le préavis.")


def make_failed_run(people: People, *, upto: str = "instruction", taken: bool = True) -> CheckRun:
    """A notice of six months: the check of the exit terms fails, on a dossier that the officer has."""
    dossier = make_dossier(people, upto=upto, exit_notice_months="6")
    if taken and dossier.officer is None:
        interests.take_declared(dossier, actor=people.actor("officer"))
    return CheckRun.objects.get(dossier=dossier, check_code="exit_terms", verdict="fail")


def make_alert(dossier: Dossier) -> CheckAlert:
    """On the exit terms of an offer that this dossier listed, as three failures leave it."""
    run = dossier.runs.get(check_code="exit_terms")
    OfferCheck.objects.filter(offer=dossier.offer, check_code=run.check_code).update(failures=3)
    return CheckAlert.objects.create(offer=dossier.offer, check_code=run.check_code, run=run, failures=3)


def waive_unknowns(dossier: Dossier, people: People) -> None:
    """What is mandatory and could not conclude; nothing with the first edition."""
    for code in load_scheme(dossier.scheme, dossier.scheme_edition).mandatory:
        if dossier.runs.filter(check_code=code).latest("run_number").verdict == "unknown":
            asked = make_waiver(dossier, officer=people.actor("officer"), code=code)
            confirmations.accept(asked, actor=people.actor("decider"), reason="Accord.")


def make_waiver(dossier: Dossier, *, officer: Actor, code: str = "legal_identity") -> Waiver:
    """Asked by the officer who has the dossier, of a check that could not conclude."""
    until = timezone.localdate() + dt.timedelta(days=90)
    run = dossier.runs.filter(check_code=code).latest("run_number")
    return confirmations.ask_waiver(run, actor=officer, reason="Extrait de registre lu.", valid_until=until)


def make_link(offer: Offer, *, officer: Actor, decision: str = "ESSAI-1") -> RegisterLink:
    """Asked by an officer, of a line of the ANSSI's register loaded for the purpose."""
    today = timezone.localdate()
    line = {"service": "Nuage", "provider": "Nuage Exemple SAS", "decision": decision, "status": "in_force",
            "valid_from": "2025-01-01", "valid_until": "2028-12-31", "perimeter": "Nuage"}  # fmt: skip
    load_release(
        "anssi_register", edition="essai", payload={"rows": [line]}, in_force_from=today, read_on=today
    )
    return confirmations.ask_link(
        offer, actor=officer, register="anssi", decision=decision, reason="Même service, même SIREN."
    )


def contest(run: CheckRun, people: People, *, with_file: bool = True) -> Dispute:
    pdf = SimpleUploadedFile("preavis.pdf", b"%PDF-1.7\n%%EOF\n") if with_file else None
    return disputes.lodge(
        run, actor=people.actor("manager"), reason="Le préavis est de deux mois.", upload=pdf
    )


def make_evidence(people: People, *, title: str = "Politique de sauvegarde", **values) -> Evidence:
    pdf = SimpleUploadedFile("preuve.pdf", b"%PDF-1.7\n%%EOF\n")
    return evidence.keep(actor=people.actor("editor"), title=title, upload=pdf, **values)


def join(made: Evidence, dossier: Dossier, people: People, requirement: str = "exit") -> EvidenceUse:
    return evidence.join(made, actor=people.actor("editor"), dossier=dossier, requirement=requirement)


def join_decided(made: Evidence, dossier: Dossier, requirement: str = "exit") -> EvidenceUse:
    """As if joined before the dossier was sent."""
    return EvidenceUse.objects.create(evidence=made, dossier=dossier, requirement=requirement)


STEPS = (
    ("checking", send),
    ("instruction", check),
    ("proposed", propose),
    ("decided", decide),
    ("appealed", lodge_appeal),
)
