"""The checks a dossier runs, in the order they are shown."""

from typing import Any

from qualification.checks import (
    accessibility,
    activity,
    certificates,
    clauses,
    did_web,
    domain,
    environment,
    exit_terms,
    export_sample,
    gaiax_credential,
    headers,
    identifiers,
    identity,
    immunity,
    mail,
    openapi,
    papers,
    prices,
    regions,
    registers,
    security_drill,
    security_txt,
    stack,
    status_page,
    subprocessors,
    tls,
    trust_marks,
    website,
)
from qualification.checks.base import Check, Judgement, gravest

CHECKS: dict[str, Check[Any]] = {
    check.code: check
    for check in (
        identity.CHECK,
        identifiers.CHECK,
        activity.CHECK,
        regions.CHECK,
        subprocessors.CHECK,
        trust_marks.CHECK,
        registers.ANSSI,
        registers.HDS,
        stack.CHECK,
        certificates.CHECK,
        immunity.CHECK,
        exit_terms.CHECK,
        export_sample.CHECK,
        clauses.CHECK,
        papers.CHECK,
        website.CHECK,
        tls.CHECK,
        headers.CHECK,
        domain.CHECK,
        mail.CHECK,
        security_txt.CHECK,
        security_drill.CHECK,
        status_page.CHECK,
        openapi.CHECK,
        accessibility.CHECK,
        environment.CHECK,
        did_web.CHECK,
        gaiax_credential.CHECK,
        prices.CHECK,
    )
}

__all__ = ["CHECKS", "Check", "Judgement", "gravest"]
