"""The date of the supplier's identity check: support's proof, then the register's."""

import pytest

from catalog.actions.authoring import create_draft
from catalog.actions.claims import grant, open_claim
from catalog.models import Supplier
from marketplace.accounts.actors import Actor
from qualification import pipeline
from qualification.checks import Judgement
from qualification.enums import Verdict
from qualification.models import CheckRun
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_category
from tests.catalog.builders import make_offer as make_sheet
from tests.qualification import builders

pytestmark = pytest.mark.django_db


def test_a_supplier_made_of_a_verified_organisation_bears_its_date():
    make_category()
    member = make_member("supplier_manager")
    offer = create_draft(actor=Actor.of(member), answers={"name": "Brume"})
    assert offer.supplier.identity_checked_at == member.organisation.state_since


def test_a_claimed_supplier_bears_it_too_and_says_it():
    sheet = make_sheet(state="unclaimed", source_key="essai")
    assert sheet.supplier.identity_checked_at is None
    member = make_member("supplier_manager")
    claim = open_claim(sheet, actor=Actor.of(member), proof="register_contact", register_contact="Camille")
    grant(claim, actor=actor_for("curator"), reason="Jointe.")
    supplier = Supplier.objects.get(pk=sheet.supplier_id)
    assert supplier.identity_checked_at == member.organisation.state_since
    assert "Vérifiée le" in client_for(member).get(supplier.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("verdict", "is_dated"), [(Verdict.PASS, True), (Verdict.WARN, False)])
def test_the_register_s_check_writes_it_when_it_passes(monkeypatch, verdict, is_dated):
    people = builders.make_people()
    dossier = builders.make_dossier(people, upto="checking")
    supplier = dossier.offer.supplier
    assert supplier.identity_checked_at is None
    monkeypatch.setattr(
        pipeline, "judge", lambda run, on: pipeline.Result(Judgement(verdict, "Vu."), "0" * 64, 1)
    )
    run = CheckRun.objects.get(dossier=dossier, check_code="legal_identity")
    assert pipeline.run_check(run.pk)
    supplier.refresh_from_db()
    assert (supplier.identity_checked_at is not None) is is_dated
