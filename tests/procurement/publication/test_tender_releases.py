"""A consultation's own releases: at its publication, at each notice, at its end, at the notification."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.accounts.models import Organisation
from marketplace.errors import RuleBroken
from procurement.awards import deciding, notifying
from procurement.consultations import publishing, writing
from procurement.models import Publication, PublicationRelease
from procurement.publication import actions as publications
from tests.builders import client_for, fictitious_siret
from tests.procurement.awards.test_lots import end, two_lots
from tests.procurement.consultation_builders import Room, make_deposit, make_supplier
from tests.procurement.evaluation_builders import decided, found_award
from tests.procurement.publication.publication_builders import whole_answers
from tests.procurement.publication.publication_facts import ocds_errors

pytestmark = pytest.mark.django_db
PRICES = {"Nuage Exemple A": "1000.00", "Nuage Exemple B": "1250.00"}


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    settings.RESPONSE_DRAFTS_ROOT = str(tmp_path / "drafts")


@pytest.fixture
def room(db: Any) -> Room:
    return Room()


def record(ocid: str) -> dict[str, Any]:
    answer = APIClient().get(f"/api/v1/publication/ocds/records/{ocid}/")
    assert answer.status_code == 200, answer.content[:300]
    found: dict[str, Any] = answer.json()["records"][0]
    return found


def tags(ocid: str) -> list[list[str]]:
    return [release["tag"] for release in record(ocid)["releases"]]


def test_it_leaves_with_the_consultation_once_reviewed_and_with_each_notice(room: Room) -> None:
    made = room.proved()
    with pytest.raises(RuleBroken, match="attestez"):
        publishing.publish(made, actor=room.purchasing)
    assert not PublicationRelease.objects.exists()
    publishing.publish(made, actor=room.purchasing, attested=True)
    ocid = f"ocds-000000-{made.number}"
    (asked,) = record(ocid)["releases"]
    tender = asked["tender"]
    assert (asked["tag"], tender["status"], tender["title"]) == (["tender"], "active", made.title)
    assert made.closes_at is not None
    assert dt.datetime.fromisoformat(tender["tenderPeriod"]["endDate"]) == made.closes_at
    assert "Valeur technique: 35 %" in tender["awardCriteriaDetails"]
    assert tender["items"][0]["quantity"] == 100
    assert tender["documents"][0]["documentType"] == "tenderNotice"
    publishing.announce(made, actor=room.requester, text="La reprise passe à 4 heures.")
    later = made.closes_at + dt.timedelta(days=7)
    publishing.extend(made, actor=room.purchasing, closes_at=later, reason="Une semaine de plus.")
    compiled = record(ocid)["compiledRelease"]["tender"]
    assert dt.datetime.fromisoformat(compiled["tenderPeriod"]["endDate"]) == later
    assert [each["rationale"] for each in compiled["amendments"]] == [
        "La reprise passe à 4 heures.",
        "Une semaine de plus.",
    ]
    writing.declare_sans_suite(made, actor=room.purchasing, reason="Besoin abandonné.")
    assert tags(ocid)[1:] == [["tenderAmendment"]] * 2 + [["tenderCancellation", "award"]]
    (never,) = record(ocid)["compiledRelease"]["awards"]
    assert (never["status"], never["description"]) == ("unsuccessful", "Besoin abandonné.")
    assert ocid in client_for(None).get(made.get_absolute_url()).content.decode()


def test_what_is_personal_is_refused_before_it_is_public(room: Room) -> None:
    made = room.proved(description="Écrivez à acheteur@ministere.example.")
    with pytest.raises(RuleBroken) as refused:
        publishing.publish(made, actor=room.purchasing, attested=True)
    assert set(refused.value.fields) == {"description"}
    clean = room.published()
    with pytest.raises(RuleBroken) as refused:
        publishing.announce(clean, actor=room.requester, text="Appelez le 01 02 03 04 05.")
    assert set(refused.value.fields) == {"text"}
    assert clean.notices.count() == 0 and clean.releases.count() == 1


def test_nothing_leaves_of_a_consultation_by_invitation(room: Room) -> None:
    supplier, _ = make_supplier()
    made = room.proved(access="invited", invited=[supplier])
    publishing.publish(made, actor=room.purchasing)
    assert not PublicationRelease.objects.exists()
    publishing.announce(made, actor=room.requester, text="Dites-le à un@fournisseur.example.")
    assert not PublicationRelease.objects.exists()


def test_deposits_are_neither_named_nor_counted_before_the_opening(room: Room) -> None:
    made = room.published()
    make_deposit(made, make_supplier(name="Nuage Exemple")[1])
    publishing.announce(made, actor=room.requester, text="Une précision.")
    text = str(record(f"ocds-000000-{made.number}"))
    assert "Nuage Exemple" not in text and "numberOfTenderers" not in text


def test_a_lot_that_ends_alone_is_told_at_once(room: Room) -> None:
    found = two_lots(room)
    with pytest.raises(RuleBroken, match="adresse"):
        end(room, found, kind="infructueux", reason="Vu avec un@fournisseur.example.")
    end(room, found, kind="infructueux", reason="Aucune réponse.")
    ocid = f"ocds-000000-{found.number}"
    assert tags(ocid) == [["tender"], ["award"]]
    told = record(ocid)["compiledRelease"]
    assert [(lot["title"], lot["status"]) for lot in told["tender"]["lots"]] == [
        ("Hébergement", "active"),
        ("Sauvegarde", "unsuccessful"),
    ]
    (never,) = told["awards"]
    assert (never["title"], never["relatedLots"]) == ("Sauvegarde", ["2"])
    assert told["tender"]["status"] == "active" and "suppliers" not in never
    end(room, found, 1, reason="Crédits retirés.")
    assert tags(ocid)[2:] == [["award"], ["tenderCancellation"]]
    assert len(record(ocid)["compiledRelease"]["awards"]) == 2


def notify(room: Room, *, identified: bool = True, **more: Any) -> Any:
    made = decided(room, PRICES)
    if identified:
        identifier = {"identifier_scheme": "SIRET", "identifier": fictitious_siret(7009)}
        Organisation.objects.filter(pk=made.supplier.organisation_id).update(**identifier)
        made = found_award(made)
    deciding.send_letters(made, actor=room.purchasing)
    deciding.sign(made, actor=room.purchasing)
    today = timezone.localdate()
    notifying.notify_holder(
        found_award(made), actor=room.purchasing, starts_on=today, ends_on=today + dt.timedelta(400), **more
    )
    return found_award(made)


def test_a_holder_without_an_official_identifier_is_told_with_the_contract(room: Room) -> None:
    with pytest.raises(RuleBroken) as refused:
        notify(room, identified=False, attested=True)
    assert set(refused.value.fields) == {"attested"}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("attested", "expected"),
    [(True, [["tender"], ["award"], ["contract"]]), (False, [["tender"], ["award", "contract"]])],
)
def test_from_the_tender_to_the_contract_under_one_ocid(
    room: Room, shared: Path, attested: bool, expected: list[list[str]]
) -> None:
    award = notify(room, attested=attested)
    ocid = f"ocds-000000-{award.consultation.number}"
    newest = record(ocid)["releases"][-1]
    assert ("awards" in newest) is attested
    if attested:
        assert newest["tender"]["numberOfTenderers"] == 2
        assert "Nuage Exemple" not in str(newest), "whether a holder is a person is not told yet"
    publication = Publication.objects.for_pages().filter(vehicle=award.vehicle).first()
    publication = publication or publications.draft_of_vehicle(award.vehicle, actor=room.purchasing)
    assert publication.ocid == ocid
    values = whole_answers(publication)
    values = {name: values[name] for name in values if name not in ("holders", "amount_eur_ht")}
    publications.save_answers(publication, actor=room.purchasing, values=values)
    publications.review(publication, actor=room.purchasing, attested=True)
    publications.publish(publication, actor=room.purchasing)
    assert tags(ocid) == expected
    told = record(ocid)
    assert [each for release in told["releases"] for each in ocds_errors(shared, "release", release)] == []
    compiled = told["compiledRelease"]
    assert compiled["tender"]["title"] == award.consultation.title
    assert compiled["tender"]["numberOfTenderers"] == 2 and compiled["tender"]["status"] == "complete"
    assert len(compiled["awards"]) == len(compiled["contracts"]) == 1
    page = client_for(None).get(f"/donnees/marches/{ocid}/").content.decode()
    assert "consultation publiée" in page
    assert re.search(r"attribution du lot 1(, marché)?</li>", page)
