"""Pages of what a need carries, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

from procurement.models import Convention
from tests.browser.pages import Address
from tests.browser.pages_consultations import PAGES
from tests.habits.matrix.need import convention_of, file_of, group_of, proof_of, share_of
from tests.habits.matrix.world import World
from tests.procurement.controls.builders import outside_project
from tests.procurement.conventions.builders import charge

__all__ = ["PAGES"]


def _bought(world: World) -> str:
    """With a contract counted."""
    assert world.contract
    return "/achat/diversite/"


def charged(world: World) -> Convention:
    """In force, with a year recorded."""
    return charge(convention_of(world, "in_force"), actor=world.actor("finance"))


OWN: dict[str, list[Address]] = {
    "requester": [
        lambda world: f"/projets/{world.project.number}/exigences/",
        lambda world: f"/projets/{world.project.number}/copier/",
        lambda world: f"/projets/{world.project.number}/documents/joindre/",
        lambda world: f"/projets/{proof_of(world).project.number}/preselection/?{proof_of(world).number}",
        lambda world: f"/projets/{proof_of(world).project.number}/justificatifs/etablir/",
        lambda world: f"/projets/{world.project.number}/conventions/ecrire/",
        lambda world: f"/projets/{file_of(world).project.number}/controle/",
        lambda world: f"/projets/{outside_project(world._administration).number}/controle/study/",
        lambda world: file_of(world, "answered").get_absolute_url(),
        lambda world: share_of(world).get_absolute_url(),
        lambda world: f"/projets/{world.project.number}/groupement/",
        lambda world: f"/projets/{world.project.number}/partage/retirer/",
        "/besoins-partages/",
        lambda world: group_of(world, "signing").get_absolute_url(),
        "/groupements/",
        lambda world: f"{group_of(world).get_absolute_url()}proposer/",
    ],
    "finance": [
        lambda world: charged(world).get_absolute_url(),
        lambda world: f"{charged(world).get_absolute_url()}refacturation/",
    ],
    "purchasing": [_bought],
    "dnum": [lambda world: f"{file_of(world, 'sent').get_absolute_url()}avis/"],
}
for role, addresses in OWN.items():
    PAGES.setdefault(role, []).extend(addresses)
