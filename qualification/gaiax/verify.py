"""One verification from the text received to the report: no network, no database, the time is given."""

from __future__ import annotations

import datetime as dt

from qualification.gaiax import claims, contexts, did, envelope, rules, shapes
from qualification.gaiax.chain import BadCertificates, judge_chain, read_pem
from qualification.gaiax.digests import judge_digests
from qualification.gaiax.facts import facts_of
from qualification.gaiax.material import Material
from qualification.gaiax.report import Findings, Report
from qualification.gaiax.revocation import judge_status
from qualification.gaiax.rulebook import Rulebook, active, judging_with
from qualification.gaiax.signature import judge_signature


def verify(text: str, material: Material, *, now: dt.datetime) -> Report:
    """The whole judgement. Never raises on what the text holds."""
    book = Rulebook.of(material.release)
    with contexts.with_own(material.own_context), judging_with(book):
        return _judge(text, material, now=now)


def _judge(text: str, material: Material, *, now: dt.datetime) -> Report:
    findings = Findings()
    items = envelope.read(text, findings)
    generation = items[0].generation if items else None
    try:
        anchors = read_pem(material.anchors)
    except BadCertificates as error:
        anchors = []
        findings.fail("chain", str(error))
    readable = []
    for item in items:
        findings.passed("context")
        credential = claims.read(item, findings)
        if credential is None:
            _unread(item, findings)
            continue
        readable.append(credential)
        claims.judge_dates(credential, findings, now=now)
        document = did.judge_did(credential, dict(material.did_documents), findings)
        key = did.judge_key(credential, document, findings)
        judge_signature(credential, key, findings)
        judge_status(credential, material.status_lists, dict(material.did_documents), findings, now=now)
        judge_chain(
            key,
            chains=dict(material.chains),
            anchors=anchors,
            findings=findings,
            now=now,
            path=credential.path,
        )
    described = [one for one in readable if one.item.kind == envelope.CREDENTIAL]
    if described and len(readable) == len(items):
        shapes.judge_shapes(described, findings)
        rules.judge_rules(described, findings, notaries=material.notaries)
        judge_digests(described, findings)
    facts = facts_of(described) if described and len(readable) == len(items) else {}
    book = active()
    release = book.name if book is not None else None
    return Report(generation, findings.checks(), material.origin, facts, release)


def _unread(item: envelope.Item, findings: Findings) -> None:
    for id_ in ("dates", "did", "key", "chain", "signature", "status"):
        findings.unknown(id_, "Non évalué : ce titre n’a pas pu être lu.", item.path)
