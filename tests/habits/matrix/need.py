"""What a need carries: its parts, its papers."""

from __future__ import annotations

from typing import Any

from procurement.actions.projects import add_document
from procurement.models import ProjectDocument, SearchProof
from tests.habits.matrix.api import INSIDE, of, reading
from tests.habits.matrix.procurement import REQUESTER, project
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World
from tests.procurement.derogation_builders import pdf
from tests.procurement.search_proofs.builders import make_proof


def document_of(world: World) -> ProjectDocument:
    found = world.project.documents.first()
    return found or add_document(world.project, actor=world.actor("requester"), title="Note", document=pdf())


def proof_of(world: World) -> SearchProof:
    """Of a frozen list of the world's ministry, made when first asked."""
    return SearchProof.objects.for_pages().first() or make_proof(world._administration)


def proof(world: World) -> dict[str, Any]:
    return {"uuid": proof_of(world).uuid}


PARTS: dict[str, Row] = {
    "GET procurement:project_requirements": Row(REQUESTER, project()),
    "GET procurement:project_copy": Row(REQUESTER, project()),
    "GET procurement:project_document_add": Row(REQUESTER, project()),
    "GET procurement:project_document": Row(
        INSIDE, lambda world: {"number": world.project.number, "uuid": document_of(world).uuid}
    ),
    "GET procurement:search_proof_issue": Row(
        REQUESTER, lambda world: {"number": proof_of(world).project.number}
    ),
    "GET procurement:search_proof": Row(
        INSIDE,
        lambda world: {"number": proof_of(world).project.number, "proof_number": proof_of(world).number},
    ),
    "POST api:project-copy": Row(REQUESTER, of("project")),
    "GET api:project-documents": Row(INSIDE, of("project")),
    "POST api:project-documents": Row(REQUESTER, of("project")),
    "GET api:project-document": Row(
        INSIDE, lambda world: {"uuid": world.project.uuid, "document": document_of(world).uuid}
    ),
    **reading("search-proof", INSIDE, proof),
    "POST api:search-proof-list": Row(REQUESTER | only(OTHER_BUYER)),
    "GET api:search-proof-document": Row(INSIDE, proof),
}
ROWS: dict[str, Row] = {**PARTS}
