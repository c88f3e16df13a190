"""Certificates that the offer says it holds: in force, proven, and covering this offer."""

import datetime as dt
import unicodedata

from qualification.checks.base import MONTH, Check, Judgement, french_date, gravest
from qualification.enums import Verdict
from qualification.facts_offer import CertificateFacts, CertificatesFacts

EXPIRES_SOON = dt.timedelta(days=90)
HELD = tuple(
    f"iso{number}_held" for number in ("27001", "27017", "27018", "27701", "22301", "9001", "14001", "50001")
)
# Words by which a scope says that it takes in every service of its holder.
WHOLE = ("offre entiere", "ensemble des services", "toutes les offres", "tous les services")


def judge(facts: CertificatesFacts, on: dt.date) -> Judgement:
    held = [one for one in facts.certificates if one.held]
    if not held:
        return Judgement(
            Verdict.PASS, "L’offre ne dit tenir aucun certificat : rien à vérifier.", {"certificates": []}
        )
    return gravest(_judge(one, facts.offer, on) for one in held)


def _judge(one: CertificateFacts, offer: str, on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        one.name: {
            "number": one.number or None,
            "valid_until": one.valid_until.isoformat() if one.valid_until else None,
            "scope": one.scope or None,
        }
    }
    if not one.number or one.valid_until is None:
        return Judgement(
            Verdict.UNKNOWN,
            f"{one.name} : ni numéro ni date de fin, rien ne permet de vérifier le certificat.",
            evidence,
            "Indiquez le numéro, l’émetteur, le périmètre et les dates du certificat.",
        )
    if one.valid_until < on or one.valid_from and one.valid_from > on:
        when = one.valid_until if one.valid_until < on else one.valid_from
        assert when is not None
        word = "a pris fin" if one.valid_until < on else "ne commence que"
        return Judgement(
            Verdict.FAIL,
            f"{one.name} : le certificat {word} le {french_date(when)}.",
            evidence,
            "Joignez le certificat renouvelé, ou corrigez la réponse.",
        )
    if not one.has_file:
        return Judgement(
            Verdict.UNKNOWN,
            f"{one.name} : le certificat n’est pas joint, personne n’a pu le lire.",
            evidence,
            "Joignez le certificat : l’instruction le lira.",
        )
    return _judge_scope(one, offer, on, evidence)


def _judge_scope(one: CertificateFacts, offer: str, on: dt.date, evidence: dict[str, object]) -> Judgement:
    scope = _plain(one.scope)
    if not scope or not (_plain(offer) in scope or any(word in scope for word in WHOLE)):
        return Judgement(
            Verdict.WARN,
            f"{one.name} : le périmètre « {one.scope or 'non indiqué'} » ne nomme pas l’offre.",
            evidence,
            "Recopiez le périmètre du certificat ; l’instruction dira s’il couvre l’offre.",
        )
    assert one.valid_until is not None
    until = french_date(one.valid_until)
    if one.valid_until <= on + EXPIRES_SOON:
        return Judgement(
            Verdict.WARN,
            f"{one.name} : en vigueur, prend fin le {until}.",
            evidence,
            "Préparez le renouvellement.",
        )
    return Judgement(Verdict.PASS, f"{one.name} : en vigueur jusqu’au {until}, sur cette offre.", evidence)


def _plain(text: str) -> str:
    """Without accents, capitals nor signs, words one space apart."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one))
    return " ".join(kept.split())


CHECK = Check(
    code="certificates",
    version="1",
    title="Certificats en vigueur, sur cette offre",
    rule="ISO/IEC 17021-1 : un certificat vaut entre ses dates, pour le périmètre qu’il nomme.",
    judge=judge,
    reads=("name", *HELD, *(f"{name}_certificate" for name in HELD)),
    max_age=MONTH,
)
