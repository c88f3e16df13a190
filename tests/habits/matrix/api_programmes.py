"""The API of support programmes, calls for projects and the Tremplin."""

from __future__ import annotations

from tests.habits.matrix.api import MANAGER, Kwargs, moves, of, reading
from tests.habits.matrix.rows import EVERYBODY, OTHER_SUPPLIER, SUPPLIERS, Row, only

RUNS = only("programme_manager")
APPLICATION_READERS = SUPPLIERS | RUNS | only("auditor")


def application(state: str) -> Kwargs:
    return lambda world: {"uuid": world.application(state).uuid}


def proposal(state: str) -> Kwargs:
    return lambda world: {"uuid": world.proposal(state).uuid}


CONSORTIUM = SUPPLIERS | only(OTHER_SUPPLIER)
ROWS: dict[str, Row] = {
    "GET api:programme-list": Row(EVERYBODY),
    "GET api:programme-detail": Row(EVERYBODY, lambda world: {"pk": "pme-secnumcloud"}),
    **reading("programme-call", EVERYBODY, of("call"), lists=EVERYBODY),
    "POST api:programme-call-list": Row(RUNS),
    **moves("programme-call", "publish cancel postpone", RUNS, of("call")),
    **reading("programme-application", APPLICATION_READERS, application("sent")),
    "POST api:programme-application-list": Row(
        SUPPLIERS | only(OTHER_SUPPLIER),
        data=lambda world: {"call": str(world.call.uuid)},
    ),
    "PATCH api:programme-application-detail": Row(SUPPLIERS, application("draft")),
    **moves("programme-application", "send", MANAGER, application("draft")),
    **moves("programme-application", "take-back withdraw", MANAGER, application("sent")),
    **moves(
        "programme-application",
        "record-selected record-waitlisted record-rejected",
        RUNS,
        application("sent"),
    ),
    **moves("programme-application", "milestone report", SUPPLIERS, application("selected")),
    "GET api:programme-application-help": Row(SUPPLIERS, application("sent")),
    "GET api:programme-application-export": Row(RUNS | only("auditor")),
    "GET api:tremplin-step-list": Row(EVERYBODY),
    "POST api:tremplin-step-mark": Row(CONSORTIUM, lambda world: {"pk": "prix"}),
    **moves("programme-call", "add-need", RUNS, of("call")),
    **reading("project-proposal", CONSORTIUM | RUNS | only("auditor"), proposal("sent")),
    "POST api:project-proposal-list": Row(CONSORTIUM, data=lambda world: {"call": str(world.call.uuid)}),
    "PATCH api:project-proposal-detail": Row(SUPPLIERS, proposal("draft")),
    **moves("project-proposal", "invite", SUPPLIERS, proposal("draft")),
    **moves("project-proposal", "answer-invitation", only(OTHER_SUPPLIER), proposal("invited")),
    **moves("project-proposal", "send", MANAGER, proposal("draft")),
    **moves("project-proposal", "take-back withdraw", MANAGER, proposal("sent")),
    **moves("project-proposal", "demonstrator", SUPPLIERS, proposal("sent")),
    **moves("project-proposal", "result record-selected record-rejected", RUNS, proposal("sent")),
}
