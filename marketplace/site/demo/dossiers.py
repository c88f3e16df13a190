"""Dossiers of the demonstration, one in each state, moved by the people who would."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.site.demo.acting import act
from marketplace.site.demo.offers import DECISION, OFFERS
from qualification import actions, confirmations, decisions, discussion, findings, interests
from qualification.enums import FindingSeverity, FindingVerdict, ListingOutcome, Verdict
from qualification.models import Dossier
from qualification.pipeline import run_check
from qualification.schemes import load_scheme

OFFICER = "instructeur@operateur.example"
CURATOR = "moderateur@operateur.example"
DECIDER = "decideur@operateur.example"
LISTED = ("souverain", "standard", "messagerie", "espace", "accompagnement", "revente", "premium")
SEEN = "Réponses relues, conformes aux conditions de référencement."


def load_dossiers(offers: dict[str, Offer]) -> None:
    _link(offers["souverain"])
    for code in LISTED:
        _list(_examined(offers[code], code))
    visio = _examined(offers["visio"], "visio")
    _talk(visio)
    _ask_corrections(visio)
    _propose(_examined(offers["plateforme"], "plateforme"))
    _list(_examined(offers["coffre"], "coffre"), reserves="Délai de bascule à réduire au prochain contrat.")
    _refuse(_examined(offers["mondial"], "mondial"))
    contested = _examined(offers["cartes"], "cartes")
    _refuse(contested)
    decisions.appeal(
        contested, actor=_manager("cartes"), reason="Le certificat du site a été refait depuis la décision."
    )
    _submitted(offers["lent"], "lent", run=True)
    # Its checks are left to the worker that starts with the service.
    _submitted(offers["archivage"], "archivage", run=False)
    actions.open_dossier(offers["brouillon"], actor=_manager("brouillon"))


def _manager(code: str) -> Actor:
    return act(OFFERS[code].author.replace("redacteur@", "responsable@"))


def _submitted(offer: Offer, code: str, *, run: bool) -> Dossier:
    manager = _manager(code)
    dossier = actions.open_dossier(offer, actor=manager)
    actions.submit(dossier, actor=manager)
    if run:
        for pk in dossier.runs.values_list("pk", flat=True):
            run_check(pk)
        dossier.refresh_from_db()
    return dossier


def _examined(offer: Offer, code: str) -> Dossier:
    dossier = _submitted(offer, code, run=True)
    return interests.take_declared(dossier, actor=act(OFFICER))


def _judge(dossier: Dossier, *, failing: dict[str, str] | None = None) -> None:
    officer = act(OFFICER)
    for requirement in load_scheme(dossier.scheme, dossier.scheme_edition).requirements:
        remedy = (failing or {}).get(requirement.code, "")
        findings.record_finding(
            dossier,
            actor=officer,
            requirement=requirement.code,
            verdict=FindingVerdict.NOT_CONFORM if remedy else FindingVerdict.CONFORM,
            severity=FindingSeverity.BLOCKING if remedy else "",
            observation="La réponse ne respecte pas la règle citée." if remedy else SEEN,
            remedy=remedy,
        )


def _link(offer: Offer) -> None:
    """The line of the demonstration's register, confirmed by a second person."""
    words = "Même service, même périmètre, même identifiant d’entreprise."
    asked = confirmations.ask_link(
        offer, actor=act(OFFICER), register="anssi", decision=DECISION, reason=words
    )
    confirmations.accept(asked, actor=act(CURATOR), reason="Comparé au registre de démonstration.")


def _waive_unknowns(dossier: Dossier) -> None:
    """What could not be verified and must be, let pass by two persons for six months."""
    until = timezone.localdate() + dt.timedelta(days=180)
    for code in load_scheme(dossier.scheme, dossier.scheme_edition).mandatory:
        run = dossier.runs.filter(check_code=code).latest("run_number")
        if run.current == Verdict.UNKNOWN:
            asked = confirmations.ask_waiver(
                run,
                actor=act(OFFICER),
                reason="Pièce lue par l’instructeur (démonstration).",
                valid_until=until,
            )
            confirmations.accept(asked, actor=act(DECIDER), reason="Accepté pour six mois.")


def _list(dossier: Dossier, *, reserves: str = "") -> None:
    outcome = ListingOutcome.LISTED_WITH_RESERVES if reserves else ListingOutcome.LISTED
    words = {"outcome": outcome, "reasons": "Les conditions sont remplies.", "reserves": reserves}
    _judge(dossier)
    _waive_unknowns(dossier)
    actions.propose(dossier, actor=act(OFFICER), **words)
    decisions.decide(dossier, actor=act(DECIDER), no_interest=True, **words)


def _propose(dossier: Dossier) -> None:
    _judge(dossier)
    _waive_unknowns(dossier)
    actions.propose(
        dossier,
        actor=act(OFFICER),
        outcome=ListingOutcome.LISTED,
        reasons="Toutes les conditions sont remplies.",
    )


def _talk(dossier: Dossier) -> None:
    """A question of the officer and its answer, on one requirement."""
    asked = "Le préavis court-il à la réception de la demande ou au mois suivant ?"
    discussion.write(dossier, actor=act(OFFICER), requirement="exit", text=asked)
    answer = "À la réception de la demande. Nous le préciserons dans la réponse."
    discussion.write(dossier, actor=_manager("visio"), requirement="exit", text=answer)


def _ask_corrections(dossier: Dossier) -> None:
    actions.request_corrections(
        dossier,
        actor=act(OFFICER),
        reason="Le préavis de sortie dépasse deux mois : ramenez-le à deux mois au plus.",
    )


def _refuse(dossier: Dossier) -> None:
    _judge(
        dossier,
        failing={
            "website": "Renouveler le certificat du site, puis relancer le contrôle.",
            "exit": "Laisser au moins trente jours pour récupérer les données.",
        },
    )
    reasons = "Le site présente un certificat expiré et les données ne sont récupérables que dix jours."
    actions.propose(dossier, actor=act(OFFICER), outcome=ListingOutcome.REFUSED, reasons=reasons)
    decisions.decide(
        dossier,
        actor=act(DECIDER),
        outcome=ListingOutcome.REFUSED,
        reasons=reasons,
        no_interest=True,
        hearing="Observations demandées par écrit au fournisseur (démonstration).",
    )
