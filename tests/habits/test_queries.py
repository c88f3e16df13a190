"""A list costs the same number of queries for one row and for many: pages and endpoints alike."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.collections import actions as collections
from catalog.curated.actions import retain
from catalog.models import Category, FactsEvent, SearchNews
from catalog.needs.actions import join, report
from catalog.saved_searches.actions import save
from catalog.trust import report as hear
from marketplace.accounts.enums import Role
from procurement.models import PeerConsent, PeerMessage, UserReview
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes
from qualification import interests
from tests.builders import make_member, make_organisation
from tests.catalog import builders as catalogue
from tests.habits.matrix.invoices import contract_of
from tests.habits.matrix.statements import used_contract
from tests.habits.matrix.world import World
from tests.procurement import builders as needs
from tests.procurement import derogation_builders as derogations
from tests.procurement import order_builders as orders
from tests.procurement.amendments import builders as amendments
from tests.procurement.approval import builders as approvals
from tests.procurement.budgets import builders as budgets
from tests.procurement.exit import builders as exits
from tests.procurement.invoicing.builders import send
from tests.procurement.publication import publication_builders as publications
from tests.procurement.statements import builders as statements
from tests.qualification import builders as dossiers
from tests.qualification import programme_builders as programmes
from tests.qualification.drill_builders import make_drill

pytestmark = pytest.mark.django_db
Make = Callable[[World], Any]
_count = itertools.count(1)
MOST = {"/api/v1/offers/": 6, "/offres/": 13}


def offer(world: World) -> None:
    made = catalogue.make_offer(price="12")
    catalogue.make_mark(made)


def project(world: World) -> None:
    needs.make_project(world._administration)


def order(world: World) -> None:
    world.order("draft")


def contract(world: World) -> None:
    world.order("acknowledged")


def delegation(world: World) -> None:
    world.__dict__.pop("_delegated", None)
    assert world.delegation


def evidence(world: World) -> None:
    """Joined to a draft."""
    dossiers.join(dossiers.make_evidence(world._people), world.dossier("draft"), world._people)


def dossier(world: World) -> None:
    world.dossier("instruction")


def dispute(world: World) -> None:
    dossiers.contest(dossiers.make_failed_run(world._people), world._people)


def waiver(world: World) -> None:
    dossier = world.dossier("instruction")
    interests.take_declared(dossier, actor=world.actor("qualification_officer"))
    dossiers.make_waiver(dossier, officer=world.actor("qualification_officer"))


def register_link(world: World) -> None:
    dossiers.make_link(world.dossier("decided").offer, officer=world.actor("qualification_officer"))


def alert(world: World) -> None:
    dossiers.make_alert(world.dossier("decided"))


def opinion(world: World) -> None:
    world.order("awaiting_approval")


def vehicle(world: World) -> None:
    orders.make_vehicle(world.ministry)


def budget(world: World) -> None:
    budgets.make_line(world.ministry, actor=world.actor("finance"))


def commitment(world: World) -> None:
    orders.make_order(world.purchase, state="approved")


def chain(world: World) -> None:
    """Two: the one in force stands alone on the page, the list is of the others."""
    for _ in range(2):
        approvals.make_chain(
            world.ministry, approvals.step("approver"), actor=world.actor("organisation_admin")
        )


def signature_delegation(world: World) -> None:
    deputy = make_member("finance", organisation=world.ministry)
    approvals.make_delegation(world.the("approver"), deputy)


def amendment(world: World) -> None:
    amendments.make_amendment(world.contract, actor=world.actor("requester"))


def statement(world: World) -> None:
    contract = used_contract(world)
    days = statements.month(contract.statements.count() + 1)
    statements.make_statement(world.purchase, contract, state="certified", **days)


def invoice(world: World) -> None:
    send(contract_of(world), actor=world.actor("supplier_manager"))


def exit_plan(world: World) -> None:
    exits.make_exit(world.purchase, exits.make_running_contract(world.purchase), state="running")


def stale(world: World) -> None:
    made = catalogue.make_offer(supplier=world.offer.supplier, facts_confirmed_on=dt.date(2020, 1, 1))
    FactsEvent.objects.create(
        offer=made, kind="asked", version=made.live_version, by=world.the("curator").user
    )


def trust_report(world: World) -> None:
    mark = catalogue.make_mark(catalogue.make_offer())
    hear(mark, text="Entendu.", source="Presse", actor=world.actor("curator"))


def reading(world: World) -> None:
    catalogue.read_register(world.actor("curator"))


def difference(world: World) -> None:
    catalogue.with_difference(world.actor("curator"))


def need(world: World) -> None:
    made = report(actor=world.actor("requester"), title="Signature de gros fichiers")
    join(made, actor=world.actor("other_buyer"))


def collection(world: World) -> None:
    """One more on show, and one more offer in the world's."""
    actor = world.actor("curator")
    made = collections.create(
        actor=actor, title="Essai", intro="Essai.", offers=[(catalogue.make_offer(), "x")]
    )
    collections.publish(made, actor=actor)
    kept = [(row.offer, row.why) for row in world.collection.entries.all()]
    offers = [*kept, (catalogue.make_offer(), "Essai.")]
    collections.edit(world.collection, actor=actor, offers=offers)


def retained(world: World) -> None:
    retain(catalogue.make_offer(), actor=world.actor("organisation_admin"), kind="recommended")


def category(world: World) -> None:
    Category.objects.create(code=f"c{next(_count)}", label="Essai", level=2, parent=world.category)


def search(world: World) -> None:
    actor = world.actor("approver")
    save(actor=actor, name=f"Essai {next(_count)}", query="model=saas", is_shared=True)
    SearchNews.objects.create(search=world.saved_search, offer=catalogue.make_offer(), kind="found")


def user_review(world: World) -> None:
    """Of another administration each time, on the world's offer."""
    UserReview.objects.create(offer=world.offer, organisation=make_organisation(), text="Essai.")


def peer(world: World) -> None:
    """One more administration that agreed and wrote to the world's requester, and one more agreement of
    the world's ministry, withdrawn."""
    author = make_member("requester")
    by = {"organisation": author.organisation, "user": author.user}
    PeerConsent.objects.create(offer=world.offer, **by)
    PeerMessage.objects.create(consent=world.peer_consent, text="Essai.", **by)
    at = author.joined_at
    own = {"organisation": world.ministry, "user": world.the("requester").user}
    PeerConsent.objects.create(offer=world.offer, state="withdrawn", withdrawn_at=at, **own)


def route_choice(world: World) -> None:
    """Each replaces the one before: all stay in the list."""
    facts = PurchaseFacts(buyer_kind="", value_eur_ht=Decimal(45_000), homogeneous_eur_ht=Decimal(0))
    routes.choose(
        world.decided_project,
        actor=world.actor(Role.REQUESTER),
        key="formalised",
        facts=facts,
        on=timezone.localdate(),
    )


def derogation(world: World) -> None:
    derogations.make_derogation(world._administration)


def programme_call(world: World) -> None:
    programmes.make_call(world.actor("programme_manager"))


def application(world: World) -> None:
    made = world.application("selected")
    programmes.chosen_on(made, dt.date(2026, 1, 5))


def proposal(world: World) -> None:
    world.proposal("sent")


def publication(world: World) -> None:
    publications.make_publication("published", purchase=world.purchase, actor=world.actor(Role.PURCHASING))


def drill(world: World) -> None:
    make_drill(world.dossier("draft").offer, world.actor("supplier_manager"), state="answered")


LISTS: list[tuple[str, str, Make]] = [
    ("/publications/", "purchasing", publication),
    ("/api/v1/publications/", "purchasing", publication),
    ("/donnees/marches/", "supplier_editor", publication),
    ("/api/v1/publication/ocds/releases/", "supplier_editor", publication),
    ("/api/v1/publication/decp/?page_size=50", "supplier_editor", publication),
    ("/api/v1/security-drills/", "qualification_officer", drill),
    ("/programmes/projets/", "programme_manager", proposal),
    ("/api/v1/project-proposals/", "programme_manager", proposal),
    ("/programmes/", "supplier_manager", programme_call),
    ("/programmes/candidatures/", "programme_manager", application),
    ("/pilotage/programmes/", "programme_manager", application),
    ("/api/v1/programme-calls/", "requester", programme_call),
    ("/api/v1/programme-applications/", "programme_manager", application),
    ("/api/v1/programme-applications/export/?format=ods", "auditor", application),
    ("/api/v1/offers/?facets=1", "requester", offer),
    ("/api/v1/suppliers/", "requester", offer),
    ("/api/v1/trust-marks/", "requester", offer),
    ("/api/v1/projects/", "requester", project),
    ("/api/v1/assessments/", "requester", project),
    ("/api/v1/opinions/", "requester", opinion),
    ("/api/v1/orders/", "requester", order),
    ("/api/v1/contracts/", "supplier_manager", contract),
    ("/api/v1/offers/?mine=1&facets=1", "supplier_manager", dossier),
    ("/api/v1/purchasing-vehicles/", "requester", vehicle),
    ("/api/v1/dossiers/", "qualification_officer", dossier),
    ("/api/v1/checks/", "auditor", dossier),
    ("/api/v1/derogations/", "requester", derogation),
    ("/api/v1/route-choices/", "requester", route_choice),
    ("/api/v1/needs/", "requester", need),
    ("/api/v1/needs/?near=signature", "requester", need),
    ("/organisation/offres-retenues/", "requester", retained),
    ("/api/v1/curated-offers/", "requester", retained),
    ("/offres/?retained=1", "requester", retained),
    ("/selections/", "curator", collection),
    ("/selections/essai/", "requester", collection),
    ("/selections/essai/offres/", "curator", collection),
    ("/api/v1/collections/", "requester", collection),
    ("/pilotage/categories/", "curator", category),
    ("/api/v1/categories/", "requester", category),
    ("/mes-recherches/", "requester", search),
    ("/api/v1/saved-searches/", "requester", search),
    ("/api/v1/reviews/", "requester", user_review),
    ("/pilotage/avis/", "curator", user_review),
    ("/api/v1/peer-consents/", "requester", peer),
    ("/api/v1/peer-messages/", "requester", peer),
    ("/pairs/", "requester", peer),
    ("/besoins/", "requester", need),
    ("/besoins/signaler/?q=signature", "requester", need),
    ("/api/v1/waivers/", "qualification_officer", waiver),
    ("/pilotage/rattachements/", "curator", register_link),
    ("/api/v1/register-links/", "curator", register_link),
    ("/pilotage/alertes/", "qualification_officer", alert),
    ("/api/v1/check-alerts/", "qualification_officer", alert),
    ("/api/v1/offer-checks/", "qualification_officer", alert),
    ("/api/v1/disputes/", "qualification_officer", dispute),
    ("/offres/", "requester", offer),
    ("/fournisseurs/", "requester", offer),
    ("/projets/", "requester", project),
    ("/commandes/", "requester", order),
    ("/contrats/", "supplier_manager", contract),
    ("/supports-d-achat/", "requester", vehicle),
    ("/budgets/", "requester", budget),
    ("/api/v1/budgets/", "requester", budget),
    ("/api/v1/amendments/", "requester", amendment),
    ("/api/v1/usage-statements/", "finance", statement),
    ("/factures/", "finance", invoice),
    ("/api/v1/invoices/", "finance", invoice),
    ("/api/v1/exit-plans/", "requester", exit_plan),
    ("/bureau/", "security_officer", exit_plan),
    ("/organisation/circuit-d-approbation/", "requester", chain),
    ("/api/v1/approval-chains/", "requester", chain),
    ("/organisation/delegations-de-signature/", "approver", signature_delegation),
    ("/api/v1/signature-delegations/", "requester", signature_delegation),
    ("/api/v1/commitments/", "finance", commitment),
    ("/dossiers/", "supplier_manager", dossier),
    ("/api/v1/section-delegations/", "supplier_manager", delegation),
    ("/mes-preuves/", "supplier_manager", evidence),
    ("/api/v1/evidence/", "supplier_manager", evidence),
    ("/durees/", "supplier_manager", dossier),
    ("/api/v1/durations/", "supplier_manager", dossier),
    ("/pilotage/instruction/", "qualification_officer", dossier),
    ("/pilotage/qualifications/", "curator", offer),
    ("/pilotage/moderation/", "curator", trust_report),
    ("/pilotage/informations/", "curator", stale),
    ("/pilotage/registres/", "curator", reading),
    ("/pilotage/registres/ecarts/", "curator", difference),
    ("/api/v1/register-imports/", "curator", reading),
    ("/api/v1/register-differences/", "curator", difference),
    ("/pilotage/signalements/", "curator", trust_report),
    ("/api/v1/moderation-queues/", "curator", trust_report),
    ("/api/v1/stale-facts/", "curator", stale),
    ("/api/v1/trust-reports/", "curator", trust_report),
    ("/mes-offres/", "supplier_manager", dossier),
    ("/bureau/", "requester", contract),
    ("/api/v1/me/desk/", "supplier_manager", contract),
]


@pytest.mark.parametrize(("url", "who", "make"), [pytest.param(*row, id=row[0]) for row in LISTS])
def test_the_number_of_queries_does_not_grow(url: str, who: str, make: Make) -> None:
    judge_growth(url, who, make)


def judge_growth(url: str, who: str, make: Make) -> None:
    world = World()
    client: Any = world.api(who) if url.startswith("/api/") else world.browser(who)
    make(world)
    assert client.get(url).status_code == 200  # what a first request alone does
    few = queries(client, url)
    for _ in range(4):
        make(world)
    many = queries(client, url)
    assert len(many) <= len(few), "\n".join(sql for sql in many if sql not in few)
    assert len(many) <= MOST.get(url.partition("?")[0], 40)


def queries(client: Any, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in seen.captured_queries]
