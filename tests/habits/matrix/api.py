"""Operations of the API: the same people as on the pages, with a token each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.actions.answer_files import join_file
from catalog.actions.declarations import join_evidence
from catalog.stack import add_edge
from tests.habits.matrix import catalog as pages
from tests.habits.matrix import procurement as purchases
from tests.habits.matrix.rows import (
    BUYERS,
    EVERYBODY,
    OPERATORS,
    OTHER_BUYER,
    OTHER_SUPPLIER,
    SIGNED_IN,
    SUPPLIERS,
    Row,
    only,
)
from tests.habits.matrix.world import World

Kwargs = Callable[[World], dict[str, Any]]
REQUESTER, AUTHORITY, APPROVER = only("requester"), only("qualified_authority"), only("approver")
MANAGER, CURATOR = only("supplier_manager"), only("curator")
MANAGERS = MANAGER | only(OTHER_SUPPLIER)
OFFICER, DECIDER = only("qualification_officer"), only("decision_maker")
DOSSIER_READERS = SUPPLIERS | CURATOR | OFFICER | DECIDER | only("auditor")
EVIDENCE_READERS = SUPPLIERS | OPERATORS | only("auditor")
INSIDE = BUYERS | only("auditor")
BOTH_SIDES = INSIDE | SUPPLIERS
# A supplier's manager and an administration's people hold the contract.
HOLDERS = only("purchasing", "requester")


def of(name: str) -> Kwargs:
    """By the name of one of the world's things."""
    return lambda world: {"uuid": getattr(world, name).uuid}


def dossier(state: str, **values: Any) -> Kwargs:
    return lambda world: {"uuid": world.dossier(state, **values).uuid}


def order(state: str) -> Kwargs:
    return lambda world: {"uuid": world.order(state).uuid}


def moves(collection: str, names: str, who: frozenset[str], kwargs: Kwargs) -> dict[str, Row]:
    return {f"POST api:{collection}-{name}": Row(who, kwargs) for name in names.split()}


def reading(
    collection: str, who: frozenset[str], kwargs: Kwargs, *, lists: frozenset[str] = SIGNED_IN
) -> dict[str, Row]:
    return {f"GET api:{collection}-list": Row(lists), f"GET api:{collection}-detail": Row(who, kwargs)}


def check_run(world: World) -> dict[str, Any]:
    return {"uuid": world.dossier("instruction").runs.latest("pk").uuid}


def opinion(world: World) -> dict[str, Any]:
    world.order("awaiting_approval")
    from procurement.models import Opinion

    return {"uuid": Opinion.objects.latest("pk").uuid}


def vehicle_lot(world: World) -> dict[str, Any]:
    from tests.procurement.order_builders import make_vehicle

    return {"uuid": make_vehicle(world.ministry, kind="framework").lots.get().uuid}


def vehicle(world: World) -> dict[str, Any]:
    from tests.procurement.order_builders import make_vehicle

    return {"uuid": make_vehicle(world.ministry).uuid}


def claim(world: World) -> dict[str, Any]:
    return {"uuid": pages.claim(world)["uuid"]}


def handover(world: World) -> dict[str, Any]:
    return pages.handover(world)


def supplier(world: World) -> dict[str, Any]:
    return {"uuid": world.offer.supplier.uuid}


def trust_report(world: World) -> dict[str, Any]:
    return {"uuid": pages.trust_report(world)["uuid"]}


def review(world: World) -> dict[str, Any]:
    return {"uuid": pages.review(world)["uuid"]}


def contract_review(world: World) -> dict[str, Any]:
    return {"uuid": purchases.review(world)["uuid"]}


def declaration(world: World) -> dict[str, Any]:
    return {"uuid": world.declaration.uuid}


def documented(world: World) -> dict[str, Any]:
    """A declaration with its certificate."""
    if world.declaration.evidence is None:
        pdf = SimpleUploadedFile("certificat.pdf", b"%PDF-1.7\n%%EOF\n")
        join_evidence(world.declaration, actor=world.actor("supplier_editor"), upload=pdf)
    return declaration(world)


def joined(world: World) -> dict[str, Any]:
    """A file of the version in edition: its supplier's alone."""
    pdf = SimpleUploadedFile("plan.pdf", b"%PDF-1.7\n%%EOF\n")
    question = "exit_plan_document"
    join_file(world.offer, question=question, actor=world.actor("supplier_editor"), upload=pdf)
    return {"uuid": world.offer.uuid, "question": question}


def edge(world: World) -> dict[str, Any]:
    made = add_edge(world.offer, actor=world.actor("supplier_editor"), base_name="Socle", layer="platform")
    made.refresh_from_db()
    return {"uuid": world.offer.uuid, "edge": made.uuid}


FLOOR: dict[str, Row] = {
    "GET api:root": Row(EVERYBODY),
    "GET api:me": Row(SIGNED_IN),
    "GET api:me-desk": Row(SIGNED_IN),
    "GET api:schema": Row(EVERYBODY),
    "GET api-docs": Row(EVERYBODY),
}
CATALOGUE: dict[str, Row] = {
    **reading("offer", EVERYBODY, of("offer"), lists=EVERYBODY),
    **reading("supplier", EVERYBODY, lambda world: {"uuid": world.offer.supplier.uuid}, lists=EVERYBODY),
    **reading("trust-mark", EVERYBODY, of("mark"), lists=EVERYBODY),
    "GET api:change-list": Row(EVERYBODY),
    "GET api:open-data": Row(EVERYBODY),
    "GET api:open-data-file": Row(EVERYBODY, lambda world: {"name": "catalogue.csv"}),
    "POST api:offer-list": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "PATCH api:offer-detail": Row(SUPPLIERS, of("draft")),
    "POST api:trust-mark-list": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "POST api:offer-claim": Row(MANAGERS, of("offer")),
    "POST api:offer-propose": Row(MANAGER, of("offer")),
    "GET api:offer-document": Row(SUPPLIERS, of("offer")),
    "GET api:offer-documents": Row(EVERYBODY, of("offer")),
    "POST api:offer-documents": Row(SUPPLIERS, of("offer")),
    "GET api:offer-answer-document": Row(SUPPLIERS, joined),
    "DELETE api:offer-answer-document": Row(SUPPLIERS, joined),
    "GET api:offer-answer-document-file": Row(SUPPLIERS, joined),
    "POST api:offer-import": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "POST api:offer-import-into": Row(SUPPLIERS, of("offer")),
    "POST api:offer-copy": Row(SUPPLIERS, of("offer")),
    "POST api:offer-restart": Row(SUPPLIERS, of("offer")),
    "GET api:offer-export": Row(EVERYBODY),
    "GET api:offer-cost": Row(EVERYBODY),
    "GET api:offer-comparison": Row(EVERYBODY, query=lambda world: f"?offer={world.offer.uuid}"),
    "GET api:offer-stack": Row(EVERYBODY, of("offer")),
    "POST api:offer-stack": Row(SUPPLIERS, of("offer")),
    "DELETE api:offer-stack-edge": Row(SUPPLIERS, edge),
    "PATCH api:trust-mark-detail": Row(SUPPLIERS, declaration),
    "POST api:trust-mark-retract": Row(SUPPLIERS, declaration),
    "GET api:trust-mark-evidence": Row(EVIDENCE_READERS, documented),
    "POST api:trust-mark-evidence": Row(SUPPLIERS, declaration),
    **reading("claim", SUPPLIERS | CURATOR | only("auditor"), claim),
    **moves("claim", "grant refuse", CURATOR, claim),
    **moves("claim", "cancel", MANAGER, claim),
    **moves("claim", "check-dns", CURATOR | MANAGER, claim),
    **reading("collection", EVERYBODY, of("collection"), lists=EVERYBODY),
    "POST api:collection-list": Row(CURATOR),
    "PATCH api:collection-detail": Row(CURATOR, of("collection")),
    **moves("collection", "publish archive reopen", CURATOR, of("collection")),
    **reading("curated-offer", INSIDE, of("retained")),
    "POST api:curated-offer-list": Row(pages.KEEPERS),
    "PATCH api:curated-offer-detail": Row(only("organisation_admin"), of("retained")),
    "DELETE api:curated-offer-detail": Row(only("organisation_admin"), of("retained")),
    **reading("category", EVERYBODY, of("category"), lists=EVERYBODY),
    "POST api:category-list": Row(CURATOR),
    "PATCH api:category-detail": Row(CURATOR, of("category")),
    "POST api:category-retire": Row(CURATOR, of("category")),
    **reading("duplicate", CURATOR | only("auditor"), pages.duplicate),
    **moves("duplicate", "dismiss ask confirm reopen", CURATOR, pages.duplicate),
    **reading("price-outlier", CURATOR | only("auditor"), pages.price_outlier),
    **moves("price-outlier", "keep ask reopen", CURATOR, pages.price_outlier),
    **moves("offer", "hand-over", CURATOR, of("offer")),
    "GET api:offer-former-suppliers": Row(EVERYBODY, of("offer")),
    **reading("handover", SUPPLIERS | CURATOR | only(OTHER_SUPPLIER, "auditor"), handover),
    **moves("handover", "accept refuse", only(OTHER_SUPPLIER), handover),
    **moves("handover", "cancel", CURATOR, handover),
    **reading("need", pages.NEED_READERS, of("need")),
    "POST api:need-list": Row(pages.NEED_VOICES),
    **moves("need", "join leave", pages.NEED_VOICES, of("need")),
    **moves("need", "answer cover dismiss merge reopen", CURATOR, of("need")),
    "GET api:moderation-queue-list": Row(CURATOR),
    **reading("register-import", CURATOR | only("auditor"), pages.prepared_import),
    "POST api:register-import-list": Row(CURATOR),
    **moves("register-import", "apply drop", CURATOR, pages.prepared_import),
    **moves("register-import", "undo", CURATOR, pages.applied_import),
    **reading("register-difference", CURATOR | only("auditor"), pages.difference),
    **moves("register-difference", "close", CURATOR, pages.difference),
    "GET api:supplier-suspension": Row(CURATOR, supplier),
    "POST api:supplier-declare": Row(SUPPLIERS, supplier),
    **moves("supplier", "suspend-offers lift-offers", CURATOR, supplier),
    "GET api:stale-facts-list": Row(CURATOR),
    **moves("offer", "confirm-facts", SUPPLIERS, of("offer")),
    **moves("offer", "ask-facts correct", CURATOR, of("offer")),
    **reading("trust-report", CURATOR | only("auditor"), trust_report),
    **moves("trust-report", "close", CURATOR, trust_report),
    **reading("saved-search", BUYERS, of("saved_search")),
    "POST api:saved-search-list": Row(pages.SEARCHERS),
    "PATCH api:saved-search-detail": Row(REQUESTER, of("saved_search")),
    "DELETE api:saved-search-detail": Row(only("requester", "organisation_admin"), of("saved_search")),
    "GET api:saved-search-news": Row(BUYERS, of("saved_search")),
    **moves("saved-search", "follow unfollow", BUYERS, of("saved_search")),
    **reading("version-review", SUPPLIERS | CURATOR, review),
    **moves("version-review", "accept refuse", CURATOR, review),
    **moves("offer", "suspend lift", CURATOR | DECIDER, of("offer")),
    **moves("offer", "remove", CURATOR, of("offer")),
    "GET api:offer-suspension": Row(CURATOR | DECIDER, of("offer")),
    **moves("offer", "withdraw", CURATOR | MANAGER, of("offer")),
    **moves("trust-mark", "abandon obtain reinstate renew start suspend withdraw", CURATOR, of("mark")),
}
QUALIFICATION: dict[str, Row] = {
    **reading("dossier", DOSSIER_READERS, dossier("instruction")),
    **reading("check", DOSSIER_READERS, check_run),
    "GET api:dossier-letter": Row(DOSSIER_READERS, dossier("decided")),
    **reading(
        "offer-check", DOSSIER_READERS, lambda world: {"uuid": world.failing.offer.checks.first().uuid}
    ),
    **reading("waiver", DOSSIER_READERS, of("waiver")),
    "POST api:waiver-list": Row(OFFICER),
    **moves("waiver", "accept refuse", DECIDER, of("waiver")),
    **moves("waiver", "end", OFFICER | DECIDER, of("waiver")),
    **reading("register-link", DOSSIER_READERS - SUPPLIERS, of("register_link")),
    "POST api:register-link-list": Row(OFFICER | CURATOR),
    **moves("register-link", "accept refuse", CURATOR, of("register_link")),
    **moves("register-link", "end", OFFICER | CURATOR, of("register_link")),
    **reading("check-alert", DOSSIER_READERS - SUPPLIERS, of("failing")),
    **moves("check-alert", "close", OFFICER, of("failing")),
    **dict.fromkeys(
        ("GET api:work-queue-list", "GET api:dead-letter-list"),
        Row(OFFICER | DECIDER | only("platform_admin", "auditor")),
    ),
    **{
        f"POST api:work-queue-{act}": Row(OFFICER | only("platform_admin"), lambda world: {"pk": "fetch"})
        for act in ("pause", "resume")
    },
    "POST api:dead-letter-retry": Row(
        OFFICER | only("platform_admin"), lambda world: {"pk": world.dead_letter}
    ),
    **reading("dispute", DOSSIER_READERS, of("dispute")),
    **dict.fromkeys(("POST api:dispute-list", "POST api:gaiax-credential-list"), Row(MANAGERS)),
    "GET api:dispute-file": Row(DOSSIER_READERS, of("dispute")),
    "POST api:dispute-file": Row(MANAGER, of("dispute")),
    **moves("dispute", "uphold reject", OFFICER, of("dispute")),
    "POST api:dossier-list": Row(MANAGER | only(OTHER_SUPPLIER)),
    "POST api:check-replay": Row(MANAGER, check_run),
    "POST api:gaiax-verification-list": Row(SIGNED_IN, data=lambda world: {"credential": "a.b.c"}),
    **reading("gaiax-credential", EVIDENCE_READERS, of("signed")),
    "POST api:gaiax-credential-revoke": Row(OFFICER | DECIDER, of("signed")),
    "GET api:gaiax-description-detail": Row(SUPPLIERS, of("draft")),
    "POST api:gaiax-verification-attach": Row(MANAGER, of("gaiax")),
    "GET api:gaiax-label-detail": Row(EVERYBODY, of("offer")),
    "GET api:gaiax-verification-detail": Row(SUPPLIERS, of("gaiax")),
    **moves("dossier", "submit", MANAGER, dossier("draft")),
    **moves("dossier", "take", OFFICER, dossier("instruction")),
    **moves("dossier", "declare-interest", OFFICER | DECIDER, dossier("instruction")),
    **moves("dossier", "record-finding request-corrections propose", OFFICER, of("dossier_in_hand")),
    **moves("dossier", "answer-corrections", MANAGER, of("dossier_in_hand")),
    **moves("dossier", "send-back decide", DECIDER, dossier("proposed")),
    **moves("dossier", "appeal", MANAGER, dossier("decided", outcome="refused")),
    **moves("dossier", "decide-appeal", DECIDER, dossier("appealed", outcome="refused")),
}
NEEDS: dict[str, Row] = {
    "POST api:doctrine-assessment-list": Row(EVERYBODY),
    "GET api:doctrine-rule-list": Row(EVERYBODY),
    "POST api:purchase-route-list": Row(EVERYBODY),
    "GET api:scheme-list": Row(EVERYBODY),
    "GET api:scheme-detail": Row(EVERYBODY, lambda world: {"pk": "secnumcloud-3.2"}),
    "GET api:scheme-difference": Row(
        EVERYBODY, lambda world: {"pk": "hds-2"}, query=lambda world: "?from=hds-2"
    ),
    "GET api:coverage-detail": Row(SUPPLIERS, of("draft")),
    "GET api:coverage-export": Row(SUPPLIERS, of("draft")),
    **reading("project", INSIDE, of("project")),
    **reading("assessment", INSIDE, of("analysis")),
    **reading("opinion", INSIDE, opinion),
    "GET api:project-eligible-offers": Row(INSIDE, of("decided_project")),
    "GET api:project-frozen-lists": Row(INSIDE, of("decided_project")),
    "GET api:project-frozen-rows": Row(INSIDE, of("decided_project")),
    "POST api:project-list": Row(REQUESTER | only(OTHER_BUYER)),
    "PATCH api:project-detail": Row(REQUESTER, of("project")),
    "POST api:assessment-list": Row(REQUESTER | only(OTHER_BUYER)),
    "PATCH api:assessment-detail": Row(REQUESTER, of("analysis")),
    "POST api:opinion-list": Row(only("security_officer", "data_officer", OTHER_BUYER)),
    **moves(
        "project", "source buy run close abandon add-author freeze-offers", REQUESTER, of("decided_project")
    ),
    **moves("project", "shortlist unshortlist", REQUESTER, of("decided_project")),
    **moves("project", "assess", AUTHORITY, lambda world: {"uuid": world.analysis.project.uuid}),
    **moves("assessment", "request-opinions resume", REQUESTER, of("analysis")),
    **moves("assessment", "decide send-back", AUTHORITY, of("analysis")),
}
DEROGATIONS: dict[str, Row] = {
    **reading("user-review", EVERYBODY, of("user_review"), lists=EVERYBODY),
    "POST api:user-review-list": Row(BUYERS | only(OTHER_BUYER)),
    "PATCH api:user-review-detail": Row(BUYERS, of("user_review")),
    "POST api:user-review-reply": Row(SUPPLIERS, of("user_review")),
    **moves("user-review", "hide", CURATOR, of("user_review")),
    **moves("user-review", "contest", BUYERS, of("user_review")),
    **moves("user-review", "uphold restore", CURATOR | DECIDER, of("user_review")),
    **reading("peer-consent", INSIDE | only(OTHER_BUYER), of("peer_consent")),
    "GET api:peer-consent-usage": Row(
        INSIDE | only(OTHER_BUYER), query=lambda world: f"?offer={world.offer.uuid}"
    ),
    "POST api:peer-consent-list": Row(only("requester", "purchasing", "organisation_admin", OTHER_BUYER)),
    **moves("peer-consent", "withdraw", only("requester", "organisation_admin"), of("peer_consent")),
    **reading("peer-message", only("requester", OTHER_BUYER, "auditor"), of("peer_message")),
    "POST api:peer-message-list": Row(BUYERS | only(OTHER_BUYER)),
    **moves("peer-message", "answer decline", REQUESTER, of("peer_message")),
    "GET api:project-needs": Row(INSIDE, of("project")),
    "POST api:project-needs": Row(REQUESTER, of("project")),
    **reading("route-choice", INSIDE, of("route_choice")),
    "POST api:route-choice-list": Row(REQUESTER | only(OTHER_BUYER)),
    **moves("route-choice", "confirm refuse", only("purchasing"), of("route_choice")),
    **reading("derogation", INSIDE, of("derogation")),
    "GET api:derogation-document": Row(
        INSIDE, lambda world: {"uuid": world.derogation.uuid, "act": world.derogation.acts.get().uuid}
    ),
    "POST api:derogation-list": Row(REQUESTER | only(OTHER_BUYER)),
    **moves("derogation", "sign validate activate refuse", AUTHORITY | only("dnum"), of("derogation")),
    **moves("derogation", "record-finding", AUTHORITY, of("derogation")),
}
ORDERS: dict[str, Row] = {
    **reading("order", INSIDE, order("awaiting_approval")),
    "GET api:order-document": Row(BOTH_SIDES, order("sent")),
    "GET api:order-messages": Row(BOTH_SIDES, order("sent")),
    "POST api:order-messages": Row(BOTH_SIDES - {"auditor"}, order("sent")),
    "GET api:order-ubl": Row(BOTH_SIDES, order("sent")),
    **reading("contract", BOTH_SIDES, of("contract")),
    **reading("purchasing-vehicle", INSIDE, vehicle),
    **reading("vehicle-lot", INSIDE, vehicle_lot),
    "POST api:vehicle-lot-list": Row(
        only("organisation_admin", "purchasing", OTHER_BUYER), data=lambda world: {"vehicle": "x"}
    ),
    "PATCH api:vehicle-lot-detail": Row(only("organisation_admin", "purchasing"), vehicle_lot),
    "PATCH api:purchasing-vehicle-detail": Row(only("organisation_admin", "purchasing"), vehicle),
    "POST api:purchasing-vehicle-list": Row(only("organisation_admin", "purchasing", OTHER_BUYER)),
    "POST api:order-list": Row(REQUESTER | only(OTHER_BUYER)),
    "PATCH api:order-detail": Row(REQUESTER, order("draft")),
    **moves("order", "request-opinions cancel", REQUESTER, order("draft")),
    **moves("order", "request-approval", REQUESTER, order("awaiting_opinions")),
    **moves("order", "approve reject", APPROVER, order("awaiting_approval")),
    **moves("order", "commit", only("finance"), order("approved")),
    **moves("order", "send", REQUESTER, order("committed")),
    **moves("order", "acknowledge refuse", MANAGER, order("sent")),
    **moves("order", "reopen", REQUESTER, order("rejected")),
    **moves("contract", "start-ending end terminate", HOLDERS, of("contract")),
    **reading("contract-review", INSIDE, contract_review),
    **moves("contract-review", "decide", HOLDERS, contract_review),
}
ROWS: dict[str, Row] = {
    **FLOOR,
    **CATALOGUE,
    **QUALIFICATION,
    **NEEDS,
    **DEROGATIONS,
    **ORDERS,
}
