"""The public catalogue, a supplier's own sheets, the curator's desks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from catalog.models import DuplicatePair, OfferClaim, OfferHandover, PriceOutlier, VersionReview
from catalog.trust import report
from tests.catalog.builders import make_offer, read_and_confirm, read_register, with_difference
from tests.habits.matrix.rows import (
    BUYERS,
    EVERYBODY,
    NOBODY,
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
MANAGER, CURATOR = only("supplier_manager"), only("curator")
# Who keeps the list of an administration.
KEEPERS = only("organisation_admin", OTHER_BUYER)
MANAGERS = MANAGER | only(OTHER_SUPPLIER)
# Who reads what administrations lack, and who says it.
NEED_READERS = BUYERS | OPERATORS | only(OTHER_BUYER, "auditor")
NEED_VOICES = only("requester", "purchasing", "dnum", OTHER_BUYER)
READERS = CURATOR | only("qualification_officer", "decision_maker", "auditor")


def offer(**more: Any) -> Kwargs:
    return lambda world: {"number": world.offer.number, "slug": world.offer.slug, **more}


def draft(**more: Any) -> Kwargs:
    return lambda world: {"number": world.draft.number, "slug": world.draft.slug, **more}


def mark(**more: Any) -> Kwargs:
    return lambda world: {"uuid": world.mark.uuid, **more}


def declaration(world: World) -> dict[str, Any]:
    return {**offer()(world), "mark": world.declaration.uuid}


def supplier(world: World) -> dict[str, Any]:
    return {"number": world.offer.supplier.number, "slug": world.offer.supplier.slug}


def suspended_supplier(world: World) -> dict[str, Any]:
    if world.offer.state == "listed":
        world.offer.suspend(actor=world.actor("curator"), reason="Essai.")
    return supplier(world)


def need(**more: Any) -> Kwargs:
    return lambda world: {"number": world.need.number, **more}


def saved(world: World) -> dict[str, Any]:
    return {"uuid": world.saved_search.uuid}


def claim(world: World) -> dict[str, Any]:
    manager = world.the("supplier_manager")
    found = OfferClaim.objects.create(
        state="open",
        offer=world.offer,
        organisation=world.supplier,
        claimed_by=manager.user,
        proof="register_contact",
        register_contact="Registre d’essai",
    )
    return {"uuid": found.uuid}


def handover(world: World) -> dict[str, Any]:
    """Of the world's offer, proposed to another supplier."""
    open_now = OfferHandover.objects.waiting().filter(offer=world.offer).first()
    if open_now is None:
        open_now = OfferHandover.objects.create(
            offer=world.offer,
            supplier_from=world.offer.supplier,
            organisation_to=world.the(OTHER_SUPPLIER).organisation,
            reason="Fusion d’essai.",
            source="Annonce d’essai",
            source_date=timezone.localdate(),
            proposed_by=world.the("curator").user,
        )
    return {"uuid": open_now.uuid}


def duplicate(world: World) -> dict[str, Any]:
    """The world's offer and another that looks like it."""
    pair, _ = DuplicatePair.objects.get_or_create(
        first=world.offer, second=make_offer(answers={"name": world.offer.name}), defaults={"score": 80}
    )
    return {"uuid": pair.uuid}


def price_outlier(world: World) -> dict[str, Any]:
    """A price of the world's offer, three times the median of three others."""
    figures = {"amount_eur_ht": 30, "peers": 3, "lowest_eur_ht": 9, "median_eur_ht": 10, "highest_eur_ht": 11}
    found, _ = PriceOutlier.objects.get_or_create(
        offer=world.offer, offer_version=world.offer.live_version, key="standard/essai", defaults=figures
    )
    return {"uuid": found.uuid}


def trust_report(world: World) -> dict[str, Any]:
    found = report(world.mark, text="Entendu.", source="Presse", actor=world.actor("curator"))
    found.refresh_from_db()
    return {"uuid": found.uuid}


def prepared_import(world: World) -> dict[str, Any]:
    return {"uuid": read_register(world.actor("curator")).uuid}


def applied_import(world: World) -> dict[str, Any]:
    return {"uuid": read_and_confirm(world.actor("curator")).uuid}


def difference(world: World) -> dict[str, Any]:
    return {"uuid": with_difference(world.actor("curator")).uuid}


def review(world: World) -> dict[str, Any]:
    live = world.offer.live_version
    assert live is not None
    proposed = live.successor(created_by=world.the("supplier_editor").user)
    proposed.freeze()
    found = VersionReview.objects.create(
        state="pending",
        version_proposed=proposed,
        replaces=live,
        proposed_by=world.the("supplier_manager").user,
    )
    return {"uuid": found.uuid}


PUBLIC: dict[str, Row] = {
    "GET catalog:offers": Row(EVERYBODY),
    "GET catalog:filters": Row(EVERYBODY),
    "GET catalog:offers_export": Row(EVERYBODY, lambda world: {"kind": "csv"}),
    "GET catalog:compare": Row(EVERYBODY),
    "GET catalog:cost": Row(EVERYBODY),
    "GET catalog:free_software": Row(EVERYBODY),
    "GET catalog:compare_table": Row(EVERYBODY, lambda world: {"kind": "csv"}),
    "GET catalog:offer_by_number": Row(EVERYBODY, lambda world: {"number": world.offer.number}),
    "GET catalog:offer": Row(EVERYBODY, offer()),
    "GET catalog:stack": Row(EVERYBODY, offer()),
    "GET catalog:history": Row(EVERYBODY, offer()),
    "GET catalog:prices": Row(EVERYBODY, offer()),
    "GET catalog:version": Row(EVERYBODY, offer(version=1)),
    "GET catalog:suppliers": Row(EVERYBODY),
    "GET catalog:open_data": Row(EVERYBODY),
    "GET catalog:new_offers_feed": Row(EVERYBODY),
    "GET catalog:status_feed": Row(EVERYBODY),
    "GET catalog:new_offers_rss": Row(EVERYBODY),
    "GET catalog:status_rss": Row(EVERYBODY),
    "GET catalog:robots": Row(EVERYBODY),
    "GET catalog:sitemap": Row(EVERYBODY),
    "GET catalog:sitemap_part": Row(EVERYBODY, lambda world: {"section": "pages"}),
    "GET catalog:supplier": Row(EVERYBODY, supplier),
    "GET catalog:collection_list": Row(EVERYBODY),
    "GET catalog:collections_feed": Row(EVERYBODY),
    "GET catalog:collection": Row(EVERYBODY, lambda world: {"slug": world.collection.slug}),
}
OWN: dict[str, Row] = {
    "GET catalog:my_offers": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET catalog:create": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET catalog:preview": Row(SUPPLIERS, draft()),
    "GET catalog:edit": Row(SUPPLIERS, draft()),
    "GET catalog:edit_plans": Row(SUPPLIERS, draft()),
    "GET catalog:edit_marks": Row(SUPPLIERS, draft()),
    "GET catalog:edit_mark": Row(SUPPLIERS, declaration),
    "GET catalog:retract_mark": Row(SUPPLIERS, declaration),
    "GET catalog:edit_stack": Row(SUPPLIERS, draft()),
    "GET catalog:edit_section": Row(SUPPLIERS, draft(name="service")),
    "GET catalog:propose": Row(MANAGER, offer()),
    "GET catalog:confirm_facts": Row(SUPPLIERS, offer()),
    "GET catalog:copy": Row(SUPPLIERS, offer()),
    "GET catalog:export": Row(SUPPLIERS, draft()),
    "GET catalog:import_new": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET catalog:import_into": Row(SUPPLIERS, draft()),
    "GET catalog:restart": Row(SUPPLIERS, offer(version=1)),
    # Any supplier's manager may claim a public sheet; that this offer has an owner is said by the page.
    "GET catalog:claim": Row(MANAGERS, offer()),
    "GET catalog:withdraw": Row(MANAGER | CURATOR, offer()),
    # The world's mark comes from a register: no file was joined to it, for anybody.
    # No file is joined to the answers of the world's offer.
    "GET catalog:answer_document": Row(NOBODY, offer(version=1, question="terms_document")),
    "GET catalog:evidence": Row(NOBODY, lambda world: {**offer()(world), "mark": world.mark.uuid}),
}
CURATION: dict[str, Row] = {
    "GET catalog:suspend": Row(CURATOR | only("decision_maker"), offer()),
    "GET catalog:lift": Row(CURATOR | only("decision_maker"), offer()),
    "GET catalog:remove": Row(CURATOR, offer()),
    "GET catalog:duplicate_list": Row(CURATOR | only("auditor")),
    "GET catalog:duplicate": Row(CURATOR | only("auditor"), duplicate),
    "GET catalog:price_outlier_list": Row(CURATOR | only("auditor")),
    "GET catalog:price_outlier": Row(CURATOR | only("auditor"), price_outlier),
    "GET catalog:hand_over": Row(CURATOR, offer()),
    "GET catalog:handover_list": Row(SUPPLIERS | CURATOR | only(OTHER_SUPPLIER, "auditor")),
    "GET catalog:handover": Row(SUPPLIERS | CURATOR | only(OTHER_SUPPLIER, "auditor"), handover),
    "GET catalog:declare_supplier": Row(SUPPLIERS, supplier),
    "GET catalog:delegations": Row(SUPPLIERS, offer()),
    "GET catalog:delegated": Row(EVERYBODY, lambda world: {"token": world.delegation_token}),
    "GET catalog:suspend_supplier": Row(CURATOR, supplier),
    "GET catalog:lift_supplier": Row(CURATOR, suspended_supplier),
    "GET catalog:mark_list": Row(READERS),
    "GET catalog:mark": Row(READERS, mark()),
    "GET catalog:report": Row(CURATOR, mark()),
    "GET catalog:record": Row(CURATOR, mark(words="suspendre")),
    "GET catalog:claim_list": Row(CURATOR),
    "GET catalog:claim_page": Row(SUPPLIERS | CURATOR | only("auditor"), claim),
    "GET catalog:register_list": Row(CURATOR | only("auditor")),
    "GET catalog:difference_list": Row(CURATOR),
    "GET catalog:difference_page": Row(CURATOR | only("auditor"), difference),
    "GET catalog:register_import": Row(CURATOR | only("auditor"), prepared_import),
    "GET catalog:undo_import": Row(CURATOR, applied_import),
    "GET catalog:read_register": Row(CURATOR, lambda world: {"code": "hds"}),
    "GET catalog:moderation": Row(CURATOR),
    "GET catalog:retain": Row(KEEPERS, offer()),
    "GET catalog:curated_list": Row(BUYERS | only(OTHER_BUYER, "auditor")),
    "GET catalog:drop_retained": Row(only("organisation_admin"), lambda world: {"uuid": world.retained.uuid}),
    "GET catalog:collection_new": Row(CURATOR),
    "GET catalog:collection_edit": Row(CURATOR, lambda world: {"slug": world.collection.slug}),
    "GET catalog:collection_offers": Row(CURATOR, lambda world: {"slug": world.collection.slug}),
    "GET catalog:collection_act": Row(
        CURATOR, lambda world: {"slug": world.collection.slug, "words": "archiver"}
    ),
    "GET catalog:category_list": Row(CURATOR | only("auditor")),
    "GET catalog:category_add": Row(CURATOR),
    "GET catalog:category_edit": Row(CURATOR, lambda world: {"code": world.category.code}),
    "GET catalog:category_retire": Row(CURATOR, lambda world: {"code": world.category.code}),
    "GET catalog:stale_facts": Row(CURATOR),
    "GET catalog:ask_facts": Row(CURATOR, offer()),
    "GET catalog:correct": Row(CURATOR, offer()),
    "GET catalog:correct_section": Row(CURATOR, offer(name="presentation")),
    "GET catalog:report_list": Row(CURATOR),
    "GET catalog:report_page": Row(CURATOR | only("auditor"), trust_report),
    "GET catalog:review_list": Row(CURATOR),
    "GET catalog:review_page": Row(CURATOR, review),
}
NEEDS: dict[str, Row] = {
    "GET catalog:need_list": Row(NEED_READERS),
    "GET catalog:need_new": Row(NEED_VOICES, query=lambda world: "?q=messagerie&model=saas"),
    "GET catalog:need": Row(NEED_READERS, need()),
    "POST catalog:need_join": Row(NEED_VOICES, need()),
    "POST catalog:need_leave": Row(NEED_VOICES, need()),
    "GET catalog:need_move": Row(CURATOR, need(words="repondre")),
}
# The world's search is its requester's, shared in the ministry; its administrator may delete it.
SEARCHERS = SIGNED_IN - only("auditor")
SEARCHES: dict[str, Row] = {
    "GET catalog:saved_search_list": Row(SIGNED_IN),
    "GET catalog:saved_search_new": Row(SEARCHERS, query=lambda world: "?q=messagerie&model=saas"),
    "GET catalog:saved_search": Row(BUYERS, saved),
    "GET catalog:saved_search_edit": Row(only("requester"), saved),
    "GET catalog:saved_search_delete": Row(only("requester", "organisation_admin"), saved),
    "POST catalog:saved_search_follow": Row(BUYERS, saved),
}
ROWS: dict[str, Row] = {**PUBLIC, **OWN, **CURATION, **NEEDS, **SEARCHES}
