"""Pages of what a need carries, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

from tests.browser.pages import Address
from tests.browser.pages_consultations import PAGES
from tests.habits.matrix.need import proof_of

__all__ = ["PAGES"]

OWN: dict[str, list[Address]] = {
    "requester": [
        lambda world: f"/projets/{world.project.number}/exigences/",
        lambda world: f"/projets/{world.project.number}/copier/",
        lambda world: f"/projets/{world.project.number}/documents/joindre/",
        lambda world: f"/projets/{proof_of(world).project.number}/preselection/?{proof_of(world).number}",
        lambda world: f"/projets/{proof_of(world).project.number}/justificatifs/etablir/",
    ],
}
for role, addresses in OWN.items():
    PAGES.setdefault(role, []).extend(addresses)
