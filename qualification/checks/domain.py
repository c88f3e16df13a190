"""DNSSEC and CAA of the offer's name."""

import datetime as dt
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts_web import NameFacts
from qualification.names import BROKEN, SIGNED, UNSIGNED, name_seen


def judge(facts: NameFacts, _on: dt.date) -> Judgement:
    evidence: dict[str, object] = {"host": facts.host or None}
    if not facts.host:
        return Judgement(
            Verdict.UNKNOWN, "Le nom du site n’est pas connu.", evidence, "Indiquez le site de l’offre."
        )
    if facts.seen is None:
        return Judgement(Verdict.UNKNOWN, f"Le DNS de {facts.host} n’a pas été interrogé.", evidence)
    evidence |= {"dnssec": facts.seen.dnssec, "caa": list(facts.seen.caa) if facts.seen.caa else None}
    judged = gravest((_dnssec(facts.host, facts.seen.dnssec), _caa(facts.host, facts.seen.caa)))
    return replace(judged, evidence=evidence)


def _dnssec(host: str, seen: str | None) -> Judgement:
    if seen == SIGNED:
        return Judgement(Verdict.PASS, f"La zone de {host} est signée, sa signature est valable.")
    if seen == UNSIGNED:
        return Judgement(
            Verdict.WARN,
            f"La zone de {host} n’est pas signée (DNSSEC).",
            remedy="Demandez à votre bureau d’enregistrement de signer la zone et de publier son DS.",
        )
    if seen == BROKEN:
        return Judgement(
            Verdict.FAIL,
            f"La zone de {host} est annoncée signée, mais sa signature n’est pas valable : "
            "les résolveurs qui vérifient ne la joignent plus.",
            remedy="Signez la zone de nouveau, ou faites retirer le DS de la zone parente.",
        )
    return _not_asked("La signature de la zone")


def _caa(host: str, seen: tuple[str, ...] | None) -> Judgement:
    if seen is None:
        return _not_asked("L’enregistrement CAA")
    if not seen:
        return Judgement(
            Verdict.WARN,
            f"Aucun enregistrement CAA : toute autorité peut émettre un certificat au nom de {host}.",
            remedy="Publiez un CAA qui nomme votre autorité de certification.",
        )
    return Judgement(Verdict.PASS, "Un CAA limite les autorités de certification.")


def _not_asked(what: str) -> Judgement:
    return Judgement(
        Verdict.UNKNOWN,
        f"{what} n’a pas pu être lue : le DNS n’a pas répondu. Cela ne compte pas contre le fournisseur.",
        remedy="Relancez ce contrôle.",
    )


def observe(facts: NameFacts) -> NameFacts:
    """Network: DNS only."""
    return replace(facts, seen=name_seen(facts.host)) if facts.host else facts


CHECK = Check(
    code="dnssec_caa",
    version="1",
    title="DNSSEC et CAA",
    rule="RFC 9364 (DNSSEC) ; RFC 8659 (CAA) ; ANSSI, bonnes pratiques pour les noms de domaine.",
    judge=judge,
    observe=observe,
    reads=("website",),
    max_age=WEEK,
)
