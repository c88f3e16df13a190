"""Restricted procedures of the demonstration: one calls candidates, the other is past its term."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.site.demo.acting import act
from marketplace.site.demo.consulting import BUYER, CLOUD, HOSTING, SOFTWARE, published
from procurement.candidates import applying, selecting
from procurement.consultations import talk
from procurement.models import Candidate, Consultation

CALLED: dict[str, Any] = {
    "access": "restricted",
    "selection_criteria": (
        "Références de même taille depuis trois ans, puis effectifs affectés à ce type de service."
    ),
    "candidates_least": 5,
    "candidates_most": 8,
    "candidature_days": 25,
}
TOLD = {
    CLOUD: "Douze références publiques, dont quatre de plus de 10 000 agents (fictif).",
    SOFTWARE: "Sept références, une équipe de 40 personnes (fictif).",
    HOSTING: "Aucune référence de cette taille à ce jour (fictif).",
}


def load_restricted() -> None:
    _called()
    _past_its_term()


def _called() -> None:
    """A question answered, one that waits, a candidature that nobody reads yet."""
    made = _call("Hébergement national des archives (démonstration)", "Archives probantes de 12 services.")
    asked = talk.ask(made, actor=act(SOFTWARE), text="Les références d’une filiale comptent-elles ?")
    talk.answer(asked, actor=act(BUYER), text="Oui, si elle est citée dans le DUME.")
    talk.ask(made, actor=act(HOSTING), text="Un groupement peut-il candidater ?")
    _candidate(made, CLOUD)


def _past_its_term() -> None:
    """One chosen, one left out, one that waits to be judged."""
    made = _call("Calcul pour la recherche (démonstration)", "Grappe de calcul de 2 000 cœurs, deux sites.")
    chosen, left_out, _ = (_candidate(made, one) for one in (CLOUD, HOSTING, SOFTWARE))
    now = timezone.now().replace(second=0, microsecond=0)
    Consultation.objects.filter(pk=made.pk).update(
        published_at=now - dt.timedelta(days=40),
        questions_until=now - dt.timedelta(days=9),
        answers_by=(now - dt.timedelta(days=7)).date(),
        candidatures_until=now - dt.timedelta(days=1),
    )
    Candidate.objects.filter(consultation=made).update(given_at=now - dt.timedelta(days=3))
    selecting.select(chosen, actor=act(BUYER))
    why = "Une référence de même taille est demandée (fictif)."
    selecting.reject(left_out, actor=act(BUYER), ground="unfit", reason=why)


def _call(title: str, description: str) -> Consultation:
    items = [("Service", "mois", 48)]
    return published(title, description, items, value="420000.00", route="formalised", **CALLED).consultation


def _candidate(made: Consultation, address: str) -> Candidate:
    return applying.apply(
        made,
        actor=act(address),
        candidacy="dume",
        not_excluded=True,
        statement=TOLD[address],
        file=SimpleUploadedFile("dume.txt", "DUME fictif de la démonstration.".encode()),
    )
