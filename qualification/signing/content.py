"""What our credentials say, as JSON before it is signed. Pure: facts in, a document out."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.audit.journal import canonical
from qualification.gaiax.contexts import VC2
from qualification.gaiax.labels import EDITION, LevelResult
from qualification.gaiax.status import PURPOSES

VERIFIER_RULES = "gaia-x-verification-2026-11"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything of a credential but its subject. ``lists``: purpose → address of its status list."""

    id: str
    issuer: str
    context: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    index: int
    lists: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckResult:
    code: str
    verdict: str
    rule: str
    version: str
    on: dt.datetime


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """``files``: question → SHA-256 of the file its answer joins, in hexadecimal."""

    url: str
    name: str
    supplier: str
    identifier: str
    version: int
    answers: Mapping[str, Any]
    files: Mapping[str, str]
    decided_on: dt.date
    outcome: str
    checks: tuple[CheckResult, ...]
    levels: tuple[LevelResult, ...]


def credential(envelope: Envelope, subject: Mapping[str, Any]) -> dict[str, Any]:
    status = [
        {
            "id": f"{envelope.lists[purpose]}#{envelope.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(envelope.index),
            "statusListCredential": envelope.lists[purpose],
        }
        for purpose in PURPOSES
    ]
    return {
        "@context": [VC2, envelope.context],
        "id": envelope.id,
        "type": ["VerifiableCredential", subject["type"]],
        "issuer": envelope.issuer,
        "validFrom": _moment(envelope.valid_from),
        "validUntil": _moment(envelope.valid_until),
        "credentialStatus": status,
        "credentialSubject": dict(subject),
    }


def offer_subject(facts: OfferFacts) -> dict[str, Any]:
    """Listing decision, automatic checks, Gaia-X levels as computed: findings, no label."""
    return {
        "id": facts.url,
        "type": "OfferFindings",
        "offerName": facts.name,
        "supplierName": facts.supplier,
        "supplierIdentifier": facts.identifier,
        "offerVersion": facts.version,
        "answersDigest": digest(canonical(facts.answers)),
        "files": [{"question": name, "digest": f"sha256:{sha}"} for name, sha in facts.files.items()],
        "listingOutcome": facts.outcome,
        "decidedOn": facts.decided_on.isoformat(),
        "checks": [_check(each) for each in facts.checks],
        "rulesVersion": "-".join(EDITION),
        "levels": [_level(each) for each in facts.levels],
        "notice": "Constats de la place de marché. Ni qualification, ni certification, ni label Gaia-X.",
    }


def verification_subject(text: str, report: Mapping[str, Any], *, url: str) -> dict[str, Any]:
    """The verdict on a credential, on our configured anchors. Raises ValueError on any other anchors."""
    if report["anchors"] != "configured":
        raise ValueError("a verdict on anchors that are not ours is never signed")
    return {
        "id": url,
        "type": "CredentialVerification",
        "credentialDigest": digest(text.encode()),
        "generation": report["generation"],
        "verdict": report["verdict"],
        "anchors": report["anchors"],
        "rulesVersion": _rules_of(report.get("release")),
        "checks": [{"code": each["id"], "verdict": each["verdict"]} for each in report["checks"]],
        "notice": "Vérification technique d’un titre. Ce n’est pas un label Gaia-X.",
    }


def status_list(
    envelope_id: str, *, issuer: str, purpose: str, encoded: str, now: dt.datetime
) -> dict[str, Any]:
    return {
        "@context": [VC2],
        "id": envelope_id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _moment(now),
        "validUntil": _moment(now + dt.timedelta(days=1)),
        "credentialSubject": {
            "id": f"{envelope_id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    }


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def first_end(until: dt.datetime, days: Iterable[dt.date | None], *, zone: dt.tzinfo) -> dt.datetime:
    """`until`, or the end of the first of these days when it comes before."""
    ends = [dt.datetime.combine(day, dt.time.max, zone) for day in days if day is not None]
    return min([until, *ends])


def _rules_of(release: Mapping[str, str] | None) -> str:
    """The verifier's own rules, and the official release whose contexts and shapes judged."""
    if not release:
        return VERIFIER_RULES
    return f"{VERIFIER_RULES} sha256:{release['sha256']}"


def _check(each: CheckResult) -> dict[str, Any]:
    return {
        "code": each.code,
        "verdict": each.verdict,
        "rule": each.rule,
        "checkVersion": each.version,
        "ranAt": _moment(each.on),
    }


def _level(each: LevelResult) -> dict[str, Any]:
    words = {True: "reached", False: "not_reached", None: "unknown"}
    return {
        "level": each.level,
        "result": words[each.reached],
        "proven": [one.requirement.code for one in each.criteria if one.state == "covered"],
        "asked": len(each.criteria),
    }


def _moment(when: dt.datetime) -> str:
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
