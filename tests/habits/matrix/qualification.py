"""Dossiers: the supplier's side, the officer's, the decision maker's; curator and auditor read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qualification.models import CheckRun, Dispute
from tests.habits.matrix.rows import EVERYBODY, OTHER_SUPPLIER, SIGNED_IN, SUPPLIERS, Row, only
from tests.habits.matrix.world import World
from tests.qualification.programme_builders import make_projects_call

READERS = SUPPLIERS | only("curator", "qualification_officer", "decision_maker", "auditor")
ALERTED = READERS - SUPPLIERS
MANAGER, OFFICER, DECIDER = only("supplier_manager"), only("qualification_officer"), only("decision_maker")


def a(state: str, *, outcome: str = "listed", **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": world.dossier(state, outcome=outcome).number, **more}


def in_hand(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": world.dossier_in_hand.number, **more}


def of_run(run: CheckRun) -> dict[str, Any]:
    return {"number": run.dossier.number, "code": run.check_code}


def of_dispute(dispute: Dispute) -> dict[str, Any]:
    return {"number": dispute.dossier.number, "dispute": dispute.number}


def _sheet(world: World) -> dict[str, Any]:
    return {"number": world.offer.number, "slug": world.offer.slug}


def application(state: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": world.application(state).number, **more}


def call(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": world.call.number, **more}


def proposal(state: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": world.proposal(state).number, **more}


def projects_call() -> Callable[[World], dict[str, Any]]:
    return lambda world: {
        "number": make_projects_call(world.actor("programme_manager"), state="draft").number
    }


CONSORTIUM = SUPPLIERS | only(OTHER_SUPPLIER)
RUNS, APPLICANTS = only("programme_manager"), SUPPLIERS | only(OTHER_SUPPLIER)
APPLICATION_READERS = SUPPLIERS | RUNS | only("auditor")
PROGRAMMES: dict[str, Row] = {
    "GET qualification:programmes": Row(EVERYBODY),
    "GET qualification:programme": Row(EVERYBODY, lambda world: {"code": "pme-secnumcloud"}),
    "GET qualification:programme_call": Row(EVERYBODY, call()),
    "GET qualification:programme_apply": Row(APPLICANTS, call()),
    "GET qualification:programme_call_move": Row(RUNS, call(words="reporter")),
    "GET qualification:programme_applications": Row(APPLICATION_READERS | APPLICANTS),
    "GET qualification:programme_application": Row(APPLICATION_READERS, application("sent")),
    "GET qualification:programme_application_edit": Row(SUPPLIERS, application("draft")),
    "GET qualification:programme_receipt": Row(APPLICATION_READERS, application("sent")),
    "GET qualification:programme_help": Row(SUPPLIERS, application("sent")),
    "GET qualification:programme_milestone": Row(SUPPLIERS, application("selected")),
    "GET qualification:programme_report": Row(SUPPLIERS, application("selected")),
    "GET qualification:programme_move": Row(MANAGER, application("draft", words="envoyer")),
    "POST qualification:programme_move": Row(RUNS, application("sent", words="retenue")),
    "GET qualification:programmes_dashboard": Row(RUNS | only("auditor")),
    "GET qualification:programmes_table": Row(RUNS | only("auditor"), lambda world: {"kind": "csv"}),
    "GET qualification:programme_call_new": Row(RUNS),
    "GET qualification:programme_call_need": Row(RUNS, projects_call()),
    "GET qualification:tremplin": Row(EVERYBODY),
    "GET qualification:tremplin_step": Row(APPLICANTS, lambda world: {"code": "prix"}),
    "GET qualification:project_proposals": Row(APPLICATION_READERS | APPLICANTS),
    "GET qualification:project_new": Row(APPLICANTS, call()),
    "GET qualification:project_proposal": Row(CONSORTIUM | RUNS | only("auditor"), proposal("sent")),
    "GET qualification:project_receipt": Row(CONSORTIUM | RUNS | only("auditor"), proposal("sent")),
    "GET qualification:project_edit": Row(SUPPLIERS, proposal("draft")),
    "GET qualification:project_invite": Row(SUPPLIERS, proposal("draft")),
    "GET qualification:project_answer": Row(only(OTHER_SUPPLIER), proposal("invited")),
    "GET qualification:project_demonstrator": Row(SUPPLIERS, proposal("sent")),
    "GET qualification:project_evaluate": Row(RUNS, proposal("sent")),
    "GET qualification:project_move": Row(MANAGER, proposal("draft", words="envoyer")),
}
# An answer to who may: 409 and 404 are no refusal of a person.
WORKERS, TRIES = (
    only("qualification_officer", "decision_maker", "platform_admin", "auditor"),
    only("qualification_officer", "platform_admin"),
)
WORK = {
    "GET qualification:work": Row(WORKERS),
    "GET qualification:work_pause": Row(TRIES, lambda world: {"queue": "fetch"}),
    "POST qualification:work_resume": Row(TRIES, lambda world: {"queue": "fetch"}),
    "POST qualification:work_retry": Row(TRIES, lambda world: {"uuid": world.dead_letter}),
}
ROWS: dict[str, Row] = {
    **PROGRAMMES,
    "GET qualification:dossiers": Row(SIGNED_IN),
    "GET qualification:new_dossier": Row(MANAGER, query=lambda world: f"?offre={world.draft.number}"),
    "GET qualification:dossier": Row(READERS, a("instruction")),
    "GET qualification:checks_progress": Row(READERS, a("instruction")),
    "GET qualification:check": Row(READERS, a("instruction", code="regions")),
    "GET qualification:lodge_dispute": Row(MANAGER, lambda world: of_run(world.failed_run)),
    "GET qualification:dispute": Row(READERS, lambda world: of_dispute(world.dispute)),
    "GET qualification:dispute_file": Row(READERS, lambda world: of_dispute(world.dispute)),
    "GET qualification:decision": Row(READERS, a("decided")),
    "GET qualification:decision_letter": Row(READERS, a("decided", stage="first")),
    "GET qualification:take": Row(OFFICER, a("instruction")),
    "GET qualification:declare_interest": Row(OFFICER | DECIDER, in_hand()),
    "GET qualification:findings": Row(OFFICER | DECIDER | only("auditor"), in_hand()),
    "GET qualification:finding": Row(OFFICER | DECIDER | only("auditor"), in_hand(code="exit")),
    "GET qualification:submit": Row(MANAGER, a("draft")),
    "GET qualification:answer_corrections": Row(MANAGER, in_hand()),
    "GET qualification:request_corrections": Row(OFFICER, in_hand()),
    "GET qualification:propose": Row(OFFICER, in_hand()),
    "GET qualification:send_back": Row(DECIDER, a("proposed")),
    "GET qualification:decide": Row(DECIDER, a("proposed")),
    "GET qualification:appeal": Row(MANAGER, a("decided", outcome="refused")),
    "GET qualification:decide_appeal": Row(DECIDER, a("appealed", outcome="refused")),
    "GET qualification:evidence_list": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET qualification:new_evidence": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET qualification:evidence": Row(READERS, lambda world: {"number": world.evidence.number}),
    "GET qualification:evidence_file": Row(READERS, lambda world: {"number": world.evidence.number}),
    "GET qualification:discussion": Row(READERS, in_hand(code="exit")),
    "GET qualification:applicability": Row(
        SUPPLIERS, lambda world: {"number": world.draft.number, "key": "gaiax-24.11-L3"}
    ),
    "GET qualification:applicability_line": Row(
        SUPPLIERS, lambda world: {"number": world.draft.number, "key": "gaiax-24.11-L3", "code": "P1.1.3"}
    ),
    "GET qualification:published": Row(EVERYBODY),
    "GET qualification:public_copy": Row(EVERYBODY, lambda world: {"uuid": world.public_copy.uuid}),
    "GET qualification:redact": Row(OFFICER | DECIDER, a("decided", stage="first")),
    "GET qualification:evidence_copy": Row(EVERYBODY, lambda world: {"uuid": world.evidence_copy.uuid}),
    "GET qualification:hand_out": Row(
        OFFICER | DECIDER,
        lambda world: {
            "number": world.evidence_copy.decision.dossier.number,
            "stage": "first",
            "evidence": world.evidence_copy.evidence.number,
        },
    ),
    "GET qualification:durations": Row(EVERYBODY),
    "GET qualification:durations_file": Row(EVERYBODY, lambda world: {"kind": "csv"}),
    "GET qualification:schemes": Row(EVERYBODY),
    "GET qualification:scheme": Row(EVERYBODY, lambda world: {"key": "secnumcloud-3.2"}),
    "GET qualification:scheme_difference": Row(
        EVERYBODY, lambda world: {"key": "gaiax-24.11", "other": "gaiax-24.11"}
    ),
    "GET qualification:coverage": Row(SUPPLIERS, lambda world: {"number": world.draft.number}),
    "GET qualification:quotes": Row(SUPPLIERS, lambda world: {"number": world.draft.number}),
    "GET qualification:coverage_file": Row(
        SUPPLIERS, lambda world: {"number": world.draft.number, "kind": "csv"}
    ),
    "GET qualification:scheme_coverage": Row(
        SUPPLIERS, lambda world: {"number": world.draft.number, "key": "gaiax-24.11-L3"}
    ),
    "GET qualification:gaiax_attach": Row(MANAGER, lambda world: {"uuid": world.gaiax.uuid}),
    "GET qualification:labels": Row(EVERYBODY, _sheet),
    "GET qualification:label_level": Row(EVERYBODY, lambda world: {**_sheet(world), "level": "L3"}),
    "GET qualification:did_json": Row(EVERYBODY),
    "GET qualification:own_context": Row(EVERYBODY),
    "GET qualification:signed_finding": Row(EVERYBODY, lambda world: {"uuid": world.signed.uuid}),
    "GET qualification:signed_jwt": Row(EVERYBODY, lambda world: {"uuid": world.signed.uuid}),
    "GET qualification:revoke_signed": Row(OFFICER | DECIDER, lambda world: {"uuid": world.signed.uuid}),
    "GET qualification:status_list": Row(EVERYBODY, lambda world: {"purpose": "revocation", "number": 0}),
    "GET qualification:offer_titles": Row(SUPPLIERS, lambda world: {"number": world.draft.number}),
    "GET qualification:draft_file": Row(SUPPLIERS, lambda world: {"number": world.draft.number}),
    "GET qualification:offer_checks": Row(READERS, lambda world: {"number": world.failing.offer.number}),
    "GET qualification:offer_check": Row(
        READERS, lambda world: {"number": world.failing.offer.number, "code": "exit_terms"}
    ),
    "GET qualification:ask_waiver": Row(OFFICER, in_hand(code="legal_identity")),
    "GET qualification:waiver": Row(READERS, lambda world: {"uuid": world.waiver.uuid}),
    "GET qualification:register_links": Row(ALERTED),
    "GET qualification:ask_link": Row(OFFICER | only("curator")),
    "GET qualification:register_link": Row(ALERTED, lambda world: {"uuid": world.register_link.uuid}),
    **WORK,
    "GET qualification:check_alerts": Row(ALERTED),
    "GET qualification:check_alert": Row(ALERTED, lambda world: {"uuid": world.failing.uuid}),
    "GET qualification:queue": Row(OFFICER | DECIDER),
    "GET qualification:to_decide": Row(DECIDER),
    "GET qualification:gaiax_verify": Row(SIGNED_IN),
    "GET qualification:gaiax_verification": Row(SUPPLIERS, lambda world: {"uuid": world.gaiax.uuid}),
}
