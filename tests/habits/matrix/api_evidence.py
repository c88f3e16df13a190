"""The API of evidence, of what is said and stated about requirements, of delegations and durations."""

from __future__ import annotations

from tests.habits.matrix.api import DECIDER, DOSSIER_READERS, OFFICER, moves, of, reading
from tests.habits.matrix.rows import EVERYBODY, OTHER_SUPPLIER, SUPPLIERS, Row, only

ROWS: dict[str, Row] = {
    **reading("evidence", DOSSIER_READERS, of("evidence")),
    "POST api:evidence-list": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET api:evidence-file": Row(DOSSIER_READERS, of("evidence")),
    "GET api:evidence-accesses": Row(SUPPLIERS | only("auditor"), of("evidence")),
    **moves("evidence", "join take-off", SUPPLIERS, of("evidence")),
    **reading("section-delegation", SUPPLIERS | only("auditor"), of("delegation")),
    "POST api:section-delegation-list": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    **moves("section-delegation", "revoke", SUPPLIERS, of("delegation")),
    "GET api:duration-list": Row(EVERYBODY),
    "GET api:dossier-messages": Row(DOSSIER_READERS, of("dossier_in_hand")),
    "POST api:dossier-messages": Row(SUPPLIERS | OFFICER, of("dossier_in_hand")),
    "GET api:dossier-evidence-copies": Row(DOSSIER_READERS, of("dossier_in_hand")),
    **moves("dossier", "redact hand-out", OFFICER | DECIDER, of("dossier_in_hand")),
    "GET api:dossier-findings": Row(DOSSIER_READERS, of("dossier_in_hand")),
    "GET api:coverage-applicability": Row(SUPPLIERS, of("draft")),
    "POST api:coverage-applicability": Row(SUPPLIERS, of("draft")),
    "GET api:coverage-quotes": Row(SUPPLIERS, of("draft")),
    "POST api:coverage-quotes": Row(SUPPLIERS, of("draft")),
    "POST api:coverage-withdraw-quote": Row(SUPPLIERS, of("draft")),
}
