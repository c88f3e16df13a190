"""/offres/<n>-…/labels-gaia-x/ and /api/v1/gaiax/labels/: three badges apart, the levels, their criteria."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.enums import Origin
from catalog.models import StackEdge
from marketplace.accounts.enums import Role
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import make_mark, make_offer
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer():
    return make_offer(answers={"governing_law": "FR"})


def page_of(offer, part="", member=None):
    return client_for(member).get(f"{offer.get_absolute_url()}labels-gaia-x/{part}")


def test_a_visitor_reads_the_levels_from_the_sheet(offer):
    link = f"{offer.get_absolute_url()}labels-gaia-x/"
    assert link in client_for(None).get(offer.get_absolute_url()).content.decode()
    text = page_of(offer).content.decode()
    assert "27 des 40 critères" in text
    assert "P2.2.3, P2.2.4, P5.1.1" in text
    for level in ("SC", "L1", "L2", "L3"):
        assert f"/labels-gaia-x/{level}/" in text


def test_a_draft_is_not_read_by_others():
    draft = make_offer(state="draft", organisation=make_organisation(kind="supplier"))
    assert page_of(draft).status_code == 404
    stranger = make_member(Role.SUPPLIER_MANAGER)
    assert page_of(draft, "L3/", stranger).status_code == 404
    assert client_for_token(stranger).get(f"/api/v1/gaiax/labels/{draft.uuid}/").status_code == 404


def test_an_unknown_level_is_not_found_and_an_old_address_moves(offer):
    assert page_of(offer, "L4/").status_code == 404
    moved = client_for(None).get(f"/offres/{offer.number}-ancien-nom/labels-gaia-x/L3/")
    assert (moved.status_code, moved["Location"]) == (301, f"{offer.get_absolute_url()}labels-gaia-x/L3/")


def test_declared_computed_and_issued_levels_stand_apart(offer):
    make_mark(offer, scheme="gaiax", level="L1", origin=Origin.DECLARED, scope="Déclaré ici")
    make_mark(
        offer, scheme="gaiax", level="SC", origin=Origin.THIRD_PARTY, scope="Délivré là", issuer="Chambre"
    )
    text = page_of(offer).content.decode()
    declared, rest = text.split("Niveau calculé par nous")
    computed, issued = rest.split("Niveau délivré par un tiers")
    assert "Déclaré ici" in declared and "Délivré là" not in declared
    assert "Aucun niveau selon notre calcul" in computed
    assert "Délivré là" in issued and "Déclaré ici" not in issued
    answer = client_for_token(None).get(f"/api/v1/gaiax/labels/{offer.uuid}/").json()
    assert [each["level"] for each in answer["declared"]] == ["L1"]
    assert [each["level"] for each in answer["issued"]] == ["SC"]
    assert answer["reached"] == []


def test_a_level_says_proof_or_gap_for_each_criterion(offer):
    make_mark(offer, scheme="secnumcloud", scope="Socle")
    text = page_of(offer, "L3/").content.decode()
    assert "SecNumCloud, 19.6, périmètre «\u00a0Socle\u00a0»" in text
    assert "il faut l’avis d’un évaluateur" in text
    assert "27 des 40" in text


def test_the_endpoint_says_the_same(offer):
    make_mark(offer, scheme="secnumcloud", scope="Socle")
    answer = client_for_token(None).get(f"/api/v1/gaiax/labels/{offer.uuid}/").json()
    assert answer["rules_version"] == "gaiax-24.11"
    third = answer["levels"][3]
    assert (third["level"], third["reached"], third["certified"], third["certified_met"]) == (
        "L3",
        False,
        40,
        27,
    )
    seat = next(each for each in third["criteria"] if each["code"] == "P5.1.4")
    assert (seat["proof"], seat["state"], seat["gap"]) == ("certification", "covered", "")
    audit = next(each for each in third["criteria"] if each["code"] == "P5.2.1")
    assert audit["missing"] == ["provider_access_approval"]


def test_the_certificate_of_an_answer_counts_once_its_file_is_joined_and_until_it_ends():
    paper = {
        "issuer": "Organisme",
        "file": "x",
        "valid_until": str(timezone.localdate() + dt.timedelta(days=40)),
    }
    said = {"codes_of_conduct": ["eu_cloud"], "eu_cloud_certificate": paper}
    for answers, met in (
        (said, 31),
        ({**said, "eu_cloud_certificate": {**paper, "file": ""}}, 0),
        ({**said, "eu_cloud_certificate": {**paper, "valid_until": "2020-01-01"}}, 0),
    ):
        found = make_offer(answers=answers)
        levels = client_for_token(None).get(f"/api/v1/gaiax/labels/{found.uuid}/").json()["levels"]
        assert levels[2]["certified_met"] == met, answers


def test_a_lost_mark_is_named_and_not_counted(offer):
    make_mark(offer, scheme="secnumcloud", valid_until=dt.date(2020, 5, 12))
    text = page_of(offer).content.decode()
    assert "n’est plus en vigueur" in text and "non compté" in text


def test_one_mark_or_four_cost_the_same_queries(offer):
    base = make_offer()
    make_mark(base)
    StackEdge.objects.create(offer=offer, base=base, layer="infrastructure")
    make_mark(offer)
    few = _queries(offer)
    for scheme in ("hds", "iso27001", "c5", "gaiax"):
        make_mark(offer, scheme=scheme)
    assert _queries(offer) == few


def _queries(offer):
    with CaptureQueriesContext(connection) as seen:
        assert page_of(offer).status_code == 200
    return len(seen.captured_queries)
