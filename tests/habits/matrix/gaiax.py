"""Gaia-X: presentations attached to offers, findings signed from a verification, official releases."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from marketplace.accounts.enums import Role
from qualification.models import GaiaxRelease, OfferCredential, ReleaseTrial
from tests.habits.matrix.api import MANAGER, moves, reading
from tests.habits.matrix.rows import AUDITOR, SIGNED_IN, SUPPLIERS, Row, only

if TYPE_CHECKING:
    from tests.habits.matrix.world import World

CURATOR = only(Role.CURATOR)
CURATED = AUDITOR | only(Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER, Role.CURATOR)
READERS = SUPPLIERS | AUDITOR | only(Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER, Role.CURATOR)


def attached(world: World) -> OfferCredential:
    """To a listed offer of the world's supplier."""
    now = timezone.now()
    facts = {"name": "", "description": "", "terms": [], "numbers": [], "issuer": "did:web:a.example"}
    kept, _ = OfferCredential.objects.update_or_create(
        offer=world.signed.offer,
        defaults={
            "text": "a.b.c",
            "report": {"verdict": "pass", "checks": []},
            "facts": facts,
            "issuer": "did:web:a.example",
            "verified_at": now,
        },
    )
    return kept


def release(world: World) -> GaiaxRelease:
    """Loaded, not in force; it describes nothing."""
    del world
    summary = {"contexts": [], "types": {}, "anchors": [], "files": [], "ignored": 0}
    return GaiaxRelease.objects.create(
        edition="essai", source="https://gaia-x.example/v.zip", sha256=uuid.uuid4().hex * 2,
        content={"contexts": {}, "shapes": {}}, summary=summary,
    )  # fmt: skip


def trial(world: World) -> ReleaseTrial:
    """Of that release, with one presentation whose verdict changes."""
    kept = attached(world)
    made = ReleaseTrial.objects.create(release=release(world))
    finding = {"id": "shape", "verdict": "fail", "message": "La propriété « url » manque.", "path": ""}
    made.results.create(
        credential=kept, text_id=kept.uuid, lease_state="done", done_at=timezone.now(),
        before={"verdict": "pass", "checks": []}, after={"verdict": "fail", "checks": [finding]},
    )  # fmt: skip
    return made


def _release(world: World) -> dict[str, Any]:
    return {"uuid": release(world).uuid}


def _trial(world: World) -> dict[str, Any]:
    return {"uuid": trial(world).uuid}


def _number(world: World) -> dict[str, Any]:
    return {"number": attached(world).offer.number}


def _uuid(world: World) -> dict[str, Any]:
    return {"uuid": attached(world).uuid}


ROWS: dict[str, Row] = {
    "GET qualification:gaiax_detach": Row(MANAGER, _number),
    "POST qualification:sign_verification": Row(MANAGER, lambda world: {"uuid": world.gaiax.uuid}),
    **reading("gaiax-attachment", READERS, _uuid),
    **moves("gaiax-attachment", "detach", MANAGER, _uuid),
    "GET qualification:gaiax_releases": Row(CURATED),
    "GET qualification:gaiax_own_release": Row(CURATED),
    "GET qualification:gaiax_release": Row(CURATED, _release),
    "GET qualification:gaiax_trial": Row(CURATED, _trial),
    "POST qualification:gaiax_release": Row(CURATOR, _release),
    "POST qualification:gaiax_trial": Row(CURATOR, _trial, data=lambda world: {"reason": "Version."}),
    **reading("gaiax-release", CURATED, _release, lists=SIGNED_IN),
    "GET api:gaiax-release-trial-detail": Row(CURATED, _trial),
    "POST api:gaiax-release-trial-list": Row(CURATOR, data=lambda world: {"release": None}),
    **moves("gaiax-release-trial", "apply", CURATOR, _trial),
}
