"""The rows of the invented contracts: objects made by the product's own builders, written many at once."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils import timezone

from bench.procurement_data import Told
from marketplace.accounts.models import Organisation
from procurement.models import Publication, PublicationRelease
from procurement.publication import decp, ocds
from procurement.publication.facts import Buyer, ChangeFacts, Holder, MarketFacts

BATCH = 2000
PARIS = ZoneInfo("Europe/Paris")


def write(told: list[Told]) -> None:
    buyers = {siret: _buyer(siret, rank) for rank, siret in enumerate({one.siret for one in told}, start=1)}
    numbered = iter(enumerate(told, start=1))
    while batch := list(islice(numbered, BATCH)):
        rows = [_row(one, number, buyers[one.siret]) for number, one in batch]
        Publication.objects.bulk_create(rows)
        releases = [_release(one, row) for (_, one), row in zip(batch, rows, strict=True)]
        PublicationRelease.objects.bulk_create(releases)


def _buyer(siret: str, rank: int) -> Organisation:
    return Organisation.objects.create(
        number=900_000 + rank,
        kind="state",
        name=f"Administration inventée {rank}",
        identifier=siret,
        state="verified",
        proof_kind="banc",
        proof_date=timezone.localdate(),
    )


def _facts(one: Told, buyer: str) -> MarketFacts:
    return MarketFacts(
        buyer=Buyer(one.siret, buyer),
        reference=one.reference,
        nature=one.nature,
        object=one.object,
        cpv=one.cpv,
        techniques=one.techniques,
        execution_modes=one.modes,
        framework_id=one.framework,
        innovative=one.innovative,
        ccag=one.ccag,
        offers_received=one.offers,
        advance=one.advance,
        advance_rate=one.rate,
        grouping="Pas de groupement",
        subcontracting=one.subcontracting,
        procedure=one.procedure,
        place_code=one.place,
        place_kind="Code département",
        duration_months=one.months,
        notified_on=one.notified_on,
        amount_eur_ht=one.amount,
        price_form=one.price_form,
        price_types=one.price_types,
        holders=(Holder("SIRET", one.holder),),
        holder_is_person=False,
        social=one.social,
        environmental=one.environmental,
    )


def _row(one: Told, number: int, buyer: Organisation) -> Publication:
    published = decp.marche(_facts(one, buyer.name), published_on=one.published_on)
    for rank, change in enumerate(one.changes, start=1):
        told = ChangeFacts(change.notified_on, change.months, change.amount)
        added = decp.modification(told, rank=rank, published_on=change.published_on)
        published = decp.with_modification(published, added)
    return Publication(
        number=f"PUB-BANC-{number}",
        ocid=f"ocds-000000-PUB-BANC-{number}",
        state="published",
        buyer=buyer,
        buyer_siret=one.siret,
        reference=one.reference,
        notified_on=one.notified_on,
        published_at=dt.datetime.combine(one.published_on, dt.time(12), PARIS),
        decp=published,
    )


def _release(one: Told, row: Publication) -> PublicationRelease:
    assert row.published_at is not None
    issue = ocds.Issue(row.ocid, 1, row.published_at.astimezone(dt.UTC), "FR-INSEE")
    return PublicationRelease(
        ocid=row.ocid, publication=row, rank=1, ocds=ocds.notified(issue, _facts(one, row.buyer.name))
    )
