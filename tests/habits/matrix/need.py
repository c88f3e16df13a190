"""What a need carries: its parts, its papers."""

from __future__ import annotations

from typing import Any

from procurement.actions.projects import add_document
from procurement.models import ControlFile, Convention, ProjectDocument, SearchProof
from tests.habits.matrix.api import INSIDE, Kwargs, moves, of, reading
from tests.habits.matrix.procurement import REQUESTER, project
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World
from tests.procurement.controls.builders import make_file, outside_project
from tests.procurement.conventions.builders import make_convention
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


def convention_of(world: World, upto: str = "draft") -> Convention:
    """Of the world's ministry, made when first asked."""
    found = Convention.objects.filter(state=upto).first()
    return found or make_convention(world._administration, upto=upto)


def agreed(upto: str, **more: Any) -> Kwargs:
    return lambda world: {"number": convention_of(world, upto).number, **more}


def convention(upto: str) -> Kwargs:
    return lambda world: {"uuid": convention_of(world, upto).uuid}


OFFICER, CHARGERS = only("authorising_officer"), only("finance", "purchasing")
KEEPERS = only("purchasing", "authorising_officer", "dnum")
CONVENTIONS: dict[str, Row] = {
    "GET procurement:convention_write": Row(REQUESTER, project()),
    "GET procurement:convention": Row(INSIDE, agreed("draft")),
    "GET procurement:convention_act": Row(OFFICER, agreed("draft", slug="signer")),
    "GET procurement:convention_document": Row(INSIDE, agreed("in_force")),
    **reading("convention", INSIDE, convention("draft")),
    "POST api:convention-list": Row(REQUESTER | only(OTHER_BUYER)),
    **moves("convention", "sign", OFFICER, convention("draft")),
    **moves("convention", "countersign", KEEPERS, convention("signed")),
    **moves("convention", "end", KEEPERS, convention("in_force")),
    **moves("convention", "abandon", KEEPERS | REQUESTER, convention("draft")),
    **moves("convention", "record-charge", CHARGERS, convention("draft")),
    "GET api:convention-document": Row(INSIDE, convention("in_force")),
}


def file_of(world: World, upto: str = "prepared") -> ControlFile:
    """An R7 study of the world's ministry, made when first asked."""
    found = ControlFile.objects.filter(state=upto).first()
    return found or make_file(world._administration, upto=upto)


def filed(upto: str = "prepared", **more: Any) -> Kwargs:
    return lambda world: {"number": file_of(world, upto).number, **more}


def control(upto: str = "prepared") -> Kwargs:
    return lambda world: {"uuid": file_of(world, upto).uuid}


DNUM = only("dnum")
CONTROLS: dict[str, Row] = {
    "GET procurement:project_control": Row(INSIDE, project()),
    "GET procurement:control_prepare": Row(
        REQUESTER, lambda world: {"number": outside_project(world._administration).number, "kind": "study"}
    ),
    "GET procurement:control_file": Row(INSIDE, filed()),
    "GET procurement:control_act": Row(DNUM, filed(slug="transmettre")),
    "GET procurement:control_paper": Row(
        INSIDE,
        lambda world: {"number": file_of(world).number, "uuid": file_of(world).papers.all()[0].uuid},
    ),
    **reading("control-file", INSIDE, control()),
    "POST api:control-file-list": Row(REQUESTER | only(OTHER_BUYER)),
    **moves("control-file", "send", DNUM, control()),
    **moves("control-file", "acknowledge answer", DNUM, control("sent")),
    **moves("control-file", "withdraw", REQUESTER, control()),
    "POST api:control-file-add-paper": Row(REQUESTER, control()),
    "GET api:control-file-document": Row(
        INSIDE,
        lambda world: {"uuid": file_of(world).uuid, "paper": file_of(world).papers.all()[0].uuid},
    ),
    "GET api:project-owed-files": Row(INSIDE, of("project")),
}
DIVERSITY: dict[str, Row] = {
    "GET procurement:diversity": Row(INSIDE | only(OTHER_BUYER)),
    "GET api:supplier-diversity-list": Row(INSIDE | only(OTHER_BUYER)),
}
ROWS: dict[str, Row] = {**PARTS, **CONVENTIONS, **CONTROLS, **DIVERSITY}
