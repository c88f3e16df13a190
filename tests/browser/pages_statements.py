"""The pages of a contract’s life, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

import io

from procurement.statements.writing import UsageFile, fill_from_file
from tests.browser.pages_budgets import PAGES, page
from tests.habits.matrix.exits import awaited, plan_of
from tests.habits.matrix.invoices import contract_of, invoice_of
from tests.habits.matrix.statements import statement_of, used_contract
from tests.habits.matrix.world import World

__all__ = ["PAGES"]


def _faulty(world: World) -> str:
    """A draft whose file has a line to correct."""
    found = statement_of(world, "draft")
    content = io.BytesIO(b"composant;quantite\nposte;-1\nposte;2\n")
    fill_from_file(found, actor=world.actor("supplier_manager"), file=UsageFile("essai.csv", content))
    return found.get_absolute_url()


page(
    "supplier_manager",
    lambda world: f"/contrats/{used_contract(world).number}/releves/ecrire/",
    lambda world: f"{statement_of(world, 'draft').get_absolute_url()}modifier/",
    lambda world: f"{statement_of(world, 'draft').get_absolute_url()}fichier/",
    _faulty,
    lambda world: f"{_faulty(world)}corriger/",
)
page(
    "requester",
    lambda world: f"/contrats/{statement_of(world, 'attested').contract.number}/releves/",
    lambda world: f"{statement_of(world).get_absolute_url()}attester/",
)
page(
    "requester",
    lambda world: f"/contrats/{world.contract.number}/responsables/",
    "/contrats/agenda/",
)
page(
    "supplier_manager",
    lambda world: f"/contrats/{contract_of(world).number}/factures/deposer/",
    lambda world: f"/contrats/{contract_of(world).number}/factures/saisir/",
    lambda world: f"{invoice_of(world, 'disputed').get_absolute_url()}repondre/",
)
page(
    "finance",
    lambda world: f"/factures/?{invoice_of(world).number}",
    lambda world: invoice_of(world, "accepted").get_absolute_url(),
    lambda world: invoice_of(world, "disputed").get_absolute_url(),
    lambda world: f"{invoice_of(world).get_absolute_url()}rapprocher/",
    lambda world: f"{invoice_of(world, 'accepted').get_absolute_url()}payer/",
)
page(
    "requester",
    lambda world: f"/contrats/{world.contract.number}/reversibilite/",
    lambda world: f"/contrats/{world.contract.number}/reversibilite/ouvrir/",
    lambda world: plan_of(world).get_absolute_url(),
    lambda world: f"{plan_of(world).get_absolute_url()}exporter/",
    lambda world: f"{plan_of(world).get_absolute_url()}exports/{awaited(world)['uuid']}/",
    lambda world: plan_of(world, "closed").get_absolute_url(),
)
page(
    "security_officer",
    lambda world: f"/contrats/{world.contract.number}/securite/",
    lambda world: f"/contrats/{world.contract.number}/securite/comptes/",
)
page("finance", lambda world: f"{statement_of(world, 'attested').get_absolute_url()}certifier/")
