"""What a need carries: its parts, its papers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from procurement.actions.projects import add_document
from procurement.models import (
    ComplianceAct,
    ControlFile,
    Convention,
    GroupMember,
    GroupPurchase,
    NeedShare,
    ProjectDocument,
    SearchProof,
)
from tests.habits.matrix.api import INSIDE, Kwargs, moves, of, reading
from tests.habits.matrix.procurement import REQUESTER, project
from tests.habits.matrix.rows import OTHER_BUYER, SIGNED_IN, Row, only
from tests.habits.matrix.world import World
from tests.procurement.compliance.builders import make_act
from tests.procurement.controls.builders import make_file, outside_project
from tests.procurement.conventions.builders import make_convention
from tests.procurement.derogation_builders import pdf
from tests.procurement.groups.builders import bring, make_group, make_share, signing_group
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
    "GET api:project-like-needs": Row(INSIDE, of("project")),
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


def act_of(world: World) -> ComplianceAct:
    """An AIPD of the world's project, made when first asked."""
    found = ComplianceAct.objects.first()
    return found or make_act(world.project, actor=world.actor("data_officer"))


def act(world: World) -> dict[str, Any]:
    return {"uuid": act_of(world).uuid}


DPO, AUTHORITY = only("data_officer"), only("qualified_authority", "security_officer")
COMPLIANCE: dict[str, Row] = {
    "GET procurement:compliance_record": Row(REQUESTER | DPO, project(words="aipd")),
    "GET procurement:compliance_paper": Row(
        INSIDE, lambda world: {"number": world.project.number, "uuid": act_of(world).uuid}
    ),
    **reading("compliance-act", INSIDE, act),
    "POST api:compliance-act-list": Row(REQUESTER | DPO | AUTHORITY | only(OTHER_BUYER)),
    "GET api:compliance-act-document": Row(INSIDE, act),
}
DIVERSITY: dict[str, Row] = {
    "GET procurement:diversity": Row(INSIDE | only(OTHER_BUYER)),
    "GET api:supplier-diversity-list": Row(INSIDE | only(OTHER_BUYER)),
}


def share_of(world: World) -> NeedShare:
    """Of the world's project, shared by its only author."""
    return world.project.shares.first() or make_share(world._administration, project=world.project)


def group_of(world: World, state: str = "forming") -> GroupPurchase:
    """Coordinated by the world's ministry; the other ministry is a member once it is put to signature."""
    found = GroupPurchase.objects.filter(state=state).first()
    if found is not None:
        return found
    if state == "forming":
        return make_group(world._administration)
    return signing_group(world._administration, guests_of(world))


def guests_of(world: World) -> Any:
    actor = world.actor(OTHER_BUYER)
    return SimpleNamespace(organisation=actor.organisation, requester=actor)


def invited_of(world: World) -> GroupMember:
    """The other ministry, invited to a group that forms."""
    found = GroupMember.objects.filter(state="invited").first()
    coordinator = world._administration.requester
    return found or bring(group_of(world), guests_of(world), coordinator=coordinator, joins=False)


def grouped(state: str = "forming", **more: Any) -> Kwargs:
    return lambda world: {"number": group_of(world, state).number, **more}


def group(state: str = "forming") -> Kwargs:
    return lambda world: {"uuid": group_of(world, state).uuid}


def asked(world: World) -> dict[str, Any]:
    return {"uuid": invited_of(world).uuid}


def share(world: World) -> dict[str, Any]:
    return {"uuid": share_of(world).uuid}


RUNNERS, GUEST = only("purchasing", "requester"), only(OTHER_BUYER)
GROUPS: dict[str, Row] = {
    "GET procurement:project_share": Row(INSIDE, project()),
    "GET procurement:share_propose": Row(REQUESTER, project()),
    "GET procurement:share_act": Row(
        REQUESTER, lambda world: {"number": share_of(world).project.number, "slug": "retirer"}
    ),
    "GET procurement:shared_needs": Row(SIGNED_IN),
    "GET procurement:groups": Row(SIGNED_IN),
    "GET procurement:group_create": Row(REQUESTER, project()),
    "GET procurement:group": Row(INSIDE, grouped()),
    "GET procurement:group_act": Row(RUNNERS, grouped(slug="dissoudre")),
    "GET procurement:group_document": Row(INSIDE | GUEST, grouped("signing")),
    "GET procurement:group_invite": Row(
        RUNNERS,
        lambda world: {
            "number": group_of(world).number,
            "uuid": make_share(guests_of(world)).uuid,
        },
    ),
    **reading("need-share", INSIDE | GUEST, share),
    "POST api:need-share-list": Row(REQUESTER | GUEST),
    **moves("need-share", "consent withdraw", REQUESTER, share),
    **reading("group-purchase", INSIDE, group()),
    "POST api:group-purchase-list": Row(REQUESTER | GUEST),
    **moves("group-purchase", "invite propose-convention dissolve", RUNNERS, group()),
    **moves("group-purchase", "reopen", RUNNERS, group("signing")),
    "GET api:group-purchase-document": Row(INSIDE | GUEST, group("signing")),
    **reading("group-member", INSIDE | GUEST, asked),
    **moves("group-member", "join decline leave sign", GUEST, asked),
}
ROWS: dict[str, Row] = {**PARTS, **CONVENTIONS, **CONTROLS, **COMPLIANCE, **DIVERSITY, **GROUPS}
