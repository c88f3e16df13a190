"""The pages of Gaia-X releases and of presentations attached, among those that the browser tests open."""

from __future__ import annotations

from django.utils import timezone

from qualification.models import GaiaxVerification
from tests.browser.pages import page
from tests.habits.matrix.gaiax import attached, release, trial
from tests.habits.matrix.world import World


def _passed(world: World) -> GaiaxVerification:
    """A verification whose verdict may be signed."""
    report = {
        "generation": "loire",
        "verdict": "pass",
        "anchors": "configured",
        "checks": [{"id": "format", "verdict": "pass", "message": "Le document est lisible.", "path": ""}],
        "facts": {},
        "release": {"edition": "essai", "sha256": "0" * 64},
    }
    return GaiaxVerification.objects.create(
        organisation=world.supplier, text="a.b.c", report=report, lease_state="done", done_at=timezone.now()
    )


page(
    "curator",
    "/pilotage/gaia-x/",
    "/pilotage/gaia-x/versions/projet/",
    lambda world: release(world).get_absolute_url(),
    lambda world: trial(world).get_absolute_url(),
)
page(
    "supplier_manager",
    lambda world: attached(world).get_absolute_url(),
    lambda world: f"{attached(world).get_absolute_url()}detacher/",
    lambda world: _passed(world).get_absolute_url(),
)
