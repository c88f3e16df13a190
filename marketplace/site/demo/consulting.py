"""Consultations of the demonstration's ministry: open, evaluated, awarded, by lots, under an agreement.

What happened before today is dated before today: responses are sealed at an instant of the past, before
the deadline, by the same function that seals them now.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Supplier
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import open_project
from marketplace.site.demo.dynamic import load_dynamic_system
from procurement.actions import vehicles
from procurement.awards import deciding, ending, notifying
from procurement.consultations import (
    closing,
    depositing,
    drafts,
    keys,
    opening,
    publishing,
    rehearsing,
    talk,
    writing,
)
from procurement.consultations.notices.recording import record_sending
from procurement.evaluation import agreeing, evaluating
from procurement.evaluation.evaluating import MarkGiven
from procurement.evaluation.sheet import judged_criteria, judged_responses
from procurement.models import Award, Consultation, Evaluation, OpenedResponse, ResponseDraft
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes

BUYER, REQUESTER, DNUM = (
    "achats@ministere.example",
    "prescripteur@ministere.example",
    "dnum@ministere.example",
)
HOLDERS = (BUYER, DNUM, "autorite@ministere.example")
CLOUD, SOFTWARE, HOSTING = (
    "responsable@nuage.example",
    "responsable@logiciels.example",
    "responsable@hebergement.example",
)
CRITERIA = [
    {"kind": "price", "label": "Prix", "weight": 50},
    {"kind": "quality", "label": "Valeur technique", "weight": 35},
    {"kind": "environment", "label": "Consommation d’énergie", "weight": 15},
]
REASONS = {
    "8": "Réponse générale, sans engagement chiffré.",
    "12": "Conforme, peu détaillée sur la reprise après incident.",
    "14": "Bonne réponse, mesures publiées.",
    "16": "Engagements chiffrés et vérifiables.",
}


@dataclass
class Made:
    """A consultation with the secrets of those who hold its key, kept nowhere else."""

    consultation: Consultation
    secrets: dict[str, str]


def load_consultations() -> None:
    _open()
    _under_evaluation()
    _awarded()
    _under_agreement()
    _formalised()
    load_dynamic_system()


def published(
    title: str,
    description: str,
    items: list[tuple[str, str, int]],
    *,
    value: str,
    route: str = "adapted",
    lots: tuple[str, ...] = (),
    **content: Any,
) -> Made:
    """`route`: the key of a route. `lots`: titles, each with the same price items; empty: one lot.
    `content`: what else the draft says."""
    project = open_project(title, "iaas", value, description=description)
    facts = PurchaseFacts(
        buyer_kind="", value_eur_ht=Decimal(value), homogeneous_eur_ht=Decimal(0), is_innovative=False
    )
    choice = routes.choose(project, actor=act(REQUESTER), key=route, facts=facts, on=timezone.localdate())
    routes.confirm(choice, actor=act(BUYER))
    made = writing.create(project, actor=act(REQUESTER), title=title)
    prices: Any = [
        {"label": label, "unit": unit, "quantity": Decimal(quantity), "is_usage": unit == "heure"}
        for label, unit, quantity in items
    ]
    asked: Any = [{"title": one, "description": "", "price_items": prices} for one in lots or (title,)]
    criteria: Any = CRITERIA
    writing.edit(
        made, actor=act(REQUESTER), description=description, criteria=criteria, lots=asked, **content
    )
    if route == "formalised":
        _send_notices(made)
    people: Any = {place: act(address).user for place, address in enumerate(HOLDERS, start=1)}
    keys.name_holders(made, actor=act(BUYER), people=people)
    secrets = {address: keys.take_secret(made, actor=act(address)) for address in HOLDERS}
    for address in HOLDERS:
        rehearsing.rehearse(made, actor=act(address), secret=secrets[address])
    return Made(publishing.publish(made, actor=act(BUYER), attested=True), secrets)


def _send_notices(made: Consultation) -> None:
    """The notices of a formalised procedure, with fictitious references, and the days that the text asks."""
    writing.edit(made, actor=act(REQUESTER), response_days=25)
    for medium in ("boamp", "joue"):
        record_sending(
            made,
            actor=act(BUYER),
            medium=medium,
            reference=f"DEMO-{medium.upper()}-0001",
            sent_on=timezone.localdate() - dt.timedelta(days=34),
        )


def _open() -> None:
    """With days left, a question answered and one response in writing: nobody else sees it."""
    made = published(
        "Sauvegarde externalisée (démonstration)",
        "Sauvegarde chiffrée de 40 serveurs, restauration éprouvée chaque trimestre.",
        [("Sauvegarde d’un serveur", "serveur et mois", 480), ("Restauration d’essai", "essai", 4)],
        value="85000.00",
    )
    asked = talk.ask(
        made.consultation, actor=act(CLOUD), text="La restauration se fait-elle dans vos locaux ?"
    )
    talk.answer(asked, actor=act(BUYER), text="Non, sur une infrastructure du titulaire.")
    _draft(made.consultation, CLOUD, prices=["14.20"], proposal="En cours d’écriture.")


def _under_evaluation() -> None:
    """Three responses: one far under the others, one with a price missing. One of two people gave marks."""
    made = published(
        "Supervision des applications (démonstration)",
        "Surveillance de 25 applications, alertes et tableaux de bord.",
        [("Application surveillée", "application et mois", 300), ("Astreinte", "heure", 200)],
        value="70000.00",
    )
    _answered(
        made,
        {CLOUD: ["60.00", "55.00"], SOFTWARE: ["110.00", "70.00"], HOSTING: ["95.00"]},
    )
    evaluation = _begun(made)
    _marked(evaluation, REQUESTER, "14")
    evaluating.declare_interest(evaluation, actor=act(DNUM), has_interest=False)


def _awarded() -> None:
    made = published(
        "Hébergement du portail interne (démonstration)",
        "Hébergement managé d’un portail de 2 000 agents, deux zones.",
        [("Plateforme", "mois", 36), ("Reprise du contenu", "forfait", 1)],
        value="75000.00",
    )
    _answered(made, {SOFTWARE: ["2100.00", "4000.00"], CLOUD: ["1850.00", "6500.00"]})
    evaluation = _begun(made)
    for address, value in ((REQUESTER, "14"), (DNUM, "16")):
        _marked(evaluation, address, value)
    _concluded(evaluation)
    _notified(evaluation)


def _concluded(evaluation: Evaluation) -> None:
    agreeing.open_consensus(evaluation, actor=act(BUYER))
    for criterion in judged_criteria(_whole(evaluation)):
        marks = [
            MarkGiven(one.response, Decimal(value), REASONS[value])
            for one, value in zip(judged_responses(_whole(evaluation)), ("16", "12"), strict=True)
        ]
        agreeing.agree(evaluation, actor=act(BUYER), criterion=criterion, marks=marks)
    agreeing.conclude(evaluation, actor=act(BUYER))


def _under_agreement() -> None:
    """A framework agreement of two lots; a marché subséquent consults the two holders of the first."""
    today = timezone.localdate()
    sheets = {one: act(one).organisation for one in (CLOUD, HOSTING, SOFTWARE)}
    firms = {one: Supplier.objects.get(organisation=organisation) for one, organisation in sheets.items()}
    agreement = vehicles.create_vehicle(
        actor=act(BUYER),
        kind="framework",
        title="Hébergement et secours (démonstration)",
        reference="DEMO-AC-2026-02",
        holder_name="Plusieurs titulaires",
        starts_on=today - dt.timedelta(days=90),
        ends_on=today + dt.timedelta(days=1300),
        maximum_eur=Decimal("900000.00"),
    )
    first = agreement.lots.get()
    vehicles.edit_lot(
        first,
        actor=act(BUYER),
        title="Hébergement",
        maximum_eur=Decimal("600000.00"),
        holders=[firms[CLOUD], firms[HOSTING]],
    )
    vehicles.add_lot(
        agreement,
        actor=act(BUYER),
        title="Reprise après sinistre",
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        maximum_eur=Decimal("300000.00"),
        holders=[firms[SOFTWARE]],
    )
    published(
        "Hébergement d’une application métier (démonstration)",
        "Hébergement managé d’une application de 400 agents.",
        [("Plateforme", "mois", 24)],
        value="120000.00",
        route=f"vehicle:{agreement.number}:1",
    )


def _formalised() -> None:
    """Two lots: the second had no response and ended alone; the letters of the first open eleven days."""
    made = published(
        "Messagerie et archivage (démonstration)",
        "Messagerie de 3 000 boîtes et archivage probant, en deux lots.",
        [("Service", "mois", 36)],
        value="320000.00",
        route="formalised",
        lots=("Messagerie", "Archivage probant"),
    )
    _answered(made, {SOFTWARE: ["5200.00"], CLOUD: ["5900.00"]})
    found = Consultation.objects.with_content().get(pk=made.consultation.pk)
    ending.end_lot(
        found,
        actor=act(BUYER),
        lot=found.lots.get(number=2),
        kind="infructueux",
        reason="Aucune réponse n’a été reçue pour ce lot.",
    )
    evaluation = _begun(made)
    for address, value in ((REQUESTER, "14"), (DNUM, "16")):
        _marked(evaluation, address, value)
    _concluded(evaluation)
    _decided(evaluation)


def _draft(found: Consultation, address: str, *, prices: list[str], proposal: str) -> ResponseDraft:
    lot = found.lots.get(number=1)
    made = drafts.begin(found, actor=act(address), lot=lot)
    asked = zip(lot.price_items.all(), prices, strict=False)
    told = {str(item.uuid): Decimal(price) for item, price in asked}
    drafts.save(made, actor=act(address), candidacy="dume", not_excluded=True, proposal=proposal, prices=told)
    return made


def _answered(made: Made, prices: dict[str, list[str]]) -> None:
    """Sealed three hours before a deadline that passed two days ago; closed and opened today."""
    found = made.consultation
    written = {
        address: _draft(found, address, prices=each, proposal="Notre offre, détaillée au mémoire.")
        for address, each in prices.items()
    }
    closes_at = (timezone.now() - dt.timedelta(days=2)).replace(second=0, microsecond=0)
    Consultation.objects.filter(pk=found.pk).update(
        published_at=closes_at - dt.timedelta(days=25),
        questions_until=closes_at - dt.timedelta(days=7),
        answers_by=(closes_at - dt.timedelta(days=5)).date(),
        closes_at=closes_at,
    )
    for hours, (address, draft) in enumerate(written.items(), start=3):
        instant = closes_at - dt.timedelta(hours=hours)
        depositing.seal_received(draft, actor=act(address), received_at=instant)
    found.refresh_from_db()
    closing.close(found)
    for address in HOLDERS[:2]:
        opening.give_secret(found, actor=act(address), secret=made.secrets[address])


def _begun(made: Made) -> Evaluation:
    people: Any = [act(REQUESTER).user, act(DNUM).user]
    return evaluating.begin(made.consultation, actor=act(BUYER), people=people)


def _whole(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.with_sheet().get(pk=evaluation.pk)


def _marked(evaluation: Evaluation, address: str, value: str) -> None:
    evaluating.declare_interest(evaluation, actor=act(address), has_interest=False)
    for criterion in judged_criteria(_whole(evaluation)):
        marks = [
            MarkGiven(one.response, Decimal(value), REASONS[value])
            for one in judged_responses(_whole(evaluation))
        ]
        evaluating.save_marks(evaluation, actor=act(address), criterion=criterion, marks=marks)
    evaluating.give(evaluation, actor=act(address))


def _decided(evaluation: Evaluation) -> Award:
    """To the best ranked: certificates, decision, letters."""
    first = evaluation.standings[0]["responses"][0]
    response = OpenedResponse.objects.for_pages().get(uuid=first["response"])
    award = deciding.propose(
        _whole(evaluation),
        actor=act(BUYER),
        lot=response.deposit.lot,
        response=response,
        reason="Meilleure réponse sur l’ensemble des critères.",
    )
    for kind in ("tax", "social"):
        text = "Certificat fictif de la démonstration."
        file = SimpleUploadedFile(f"certificat-{kind}.txt", text.encode())
        deciding.add_certificate(award, actor=act(BUYER), kind=kind, file=file)
    deciding.decide(award, actor=act(BUYER), checked=True)
    deciding.send_letters(Award.objects.for_pages().get(pk=award.pk), actor=act(BUYER))
    return award


def _notified(evaluation: Evaluation) -> None:
    award = _decided(evaluation)
    deciding.sign(Award.objects.for_pages().get(pk=award.pk), actor=act(BUYER))
    today = timezone.localdate()
    notifying.notify_holder(
        Award.objects.for_pages().get(pk=award.pk),
        actor=act(BUYER),
        starts_on=today,
        ends_on=today + dt.timedelta(days=1095),
    )
