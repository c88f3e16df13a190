"""security.txt (RFC 9116): there, readable, with a contact, and not expired."""

import datetime as dt
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement, french_date, gravest
from qualification.checks.pages import evidence_of, look, not_asked, not_given, unreached
from qualification.enums import Verdict
from qualification.facts_web import Page, PageFacts

SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
CONTACTS = ("mailto:", "https://", "tel:")
# RFC 9116, 2.5.5: « less than a year into the future » is recommended.
RENEW_BEFORE, TOO_FAR = dt.timedelta(days=30), dt.timedelta(days=366)
PLACE = "/.well-known/security.txt"


def judge(facts: PageFacts, on: dt.date) -> Judgement:
    if not facts.applies:
        return not_asked("elle n’a pas de service en ligne")
    if not facts.url:
        return not_given("L’adresse du fichier security.txt", "Indiquez-la, ou le site de l’offre.")
    stopped = unreached(facts, "L’adresse du fichier security.txt")
    if stopped is not None or facts.page is None:
        return stopped or not_given("L’adresse du fichier security.txt", "")
    fields = read_fields(facts.page.body.decode("utf-8", "replace"))
    ends = [_moment(value) for value in fields.get("expires", [])]
    evidence = evidence_of(facts) | {
        "contact": fields.get("contact", [])[:5] or None,
        "expires": ends[0].isoformat() if ends and ends[0] else None,
    }
    judged = gravest((_contact(fields.get("contact", [])), _expires(ends, on), _served(facts.page)))
    return replace(judged, evidence=evidence)


def read_fields(text: str) -> dict[str, list[str]]:
    """Values by field name in lower case; comments, and the armour of a signature, left out."""
    lines = text.splitlines()
    if lines and lines[0].strip() == SIGNED:
        start = lines.index("") + 1 if "" in lines else len(lines)
        lines = lines[start:]
    found: dict[str, list[str]] = {}
    for line in lines[:500]:
        if line.startswith("-----BEGIN PGP SIGNATURE"):
            break
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            found.setdefault(name.strip().lower(), []).append(value.strip()[:300])
    return found


def _contact(values: list[str]) -> Judgement:
    if not values:
        return Judgement(
            Verdict.FAIL,
            "security.txt : le champ « Contact », obligatoire, manque.",
            remedy="Ajoutez une ligne « Contact: mailto:securite@… ».",
        )
    if not any(value.lower().startswith(CONTACTS) for value in values):
        return Judgement(
            Verdict.FAIL,
            f"security.txt : « {values[0]} » n’est pas une adresse de contact valable.",
            remedy="Écrivez le contact en « mailto: », « https: » ou « tel: ».",
        )
    return Judgement(Verdict.PASS, f"security.txt : contact {values[0]}.")


def _expires(ends: list[dt.datetime | None], on: dt.date) -> Judgement:
    if len(ends) != 1 or ends[0] is None:
        what = "manque" if not ends else "est répété" if len(ends) > 1 else "n’est pas une date lisible"
        return Judgement(
            Verdict.FAIL,
            f"security.txt : le champ « Expires », obligatoire et unique, {what}.",
            remedy="Écrivez une seule ligne « Expires: 2027-06-30T00:00:00Z » (date et heure avec fuseau).",
        )
    end = ends[0].date()
    if end < on:
        return Judgement(
            Verdict.FAIL,
            f"security.txt : expiré depuis le {french_date(end)}.",
            remedy="Relisez le fichier et repoussez sa date d’expiration.",
        )
    if end <= on + RENEW_BEFORE:
        return Judgement(
            Verdict.WARN,
            f"security.txt : expire le {french_date(end)}.",
            remedy="Relisez le fichier et repoussez sa date d’expiration.",
        )
    if end > on + TOO_FAR:
        return Judgement(
            Verdict.WARN,
            f"security.txt : expire le {french_date(end)}, dans plus d’un an.",
            remedy="Choisissez une date à moins d’un an, pour que le fichier soit relu.",
        )
    return Judgement(Verdict.PASS, f"Il expire le {french_date(end)}.")


def _served(page: Page) -> Judgement:
    kind = (page.header("content-type") or "").partition(";")[0].strip().lower()
    if kind != "text/plain":
        return Judgement(
            Verdict.WARN,
            f"security.txt : servi en « {kind or 'type inconnu'} » au lieu de « text/plain ».",
            remedy="Servez le fichier en « text/plain; charset=utf-8 ».",
        )
    if not page.final_url.endswith(PLACE):
        return Judgement(
            Verdict.WARN,
            f"security.txt : il n’est pas à sa place, « {PLACE} ».",
            remedy=f"Servez le fichier à l’adresse « {PLACE} ».",
        )
    return Judgement(Verdict.PASS, "Il est à sa place.")


def _moment(text: str) -> dt.datetime | None:
    """A date and time of RFC 3339; None when it is not one."""
    try:
        found = dt.datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def observe(facts: PageFacts) -> PageFacts:
    return replace(facts, page=look(facts.url)) if facts.url and facts.applies else facts


CHECK = Check(
    code="security_txt",
    version="1",
    title="Contact de sécurité publié (security.txt)",
    rule="RFC 9116 : « Contact » et « Expires » obligatoires, à « /.well-known/security.txt ».",
    judge=judge,
    observe=observe,
    reads=("security_txt_url", "website"),
    max_age=WEEK,
)
