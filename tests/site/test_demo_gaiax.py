"""The demonstration's presentation is signed by its own identities, and passes as anybody's would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Offer, Supplier
from marketplace.devtools.gaiax_identities import ANCHORS, NOTARY, PLACE, SUPPLIER, identities, known
from marketplace.devtools.tls_sites import TlsSites, demo_sites
from marketplace.site.demo import gaiax
from qualification.attaching import CODE
from qualification.gaiax import resolve
from qualification.models import CheckRun, OfferCredential, SignedFinding
from qualification.pipeline import run_check
from tests.qualification import builders

pytestmark = pytest.mark.django_db


def test_identities_are_made_once_and_kept(tmp_path: Path) -> None:
    assert known(tmp_path) == {}
    made = identities(tmp_path)
    again = identities(tmp_path)
    assert [one.document() for one in made.values()] == [one.document() for one in again.values()]
    assert (tmp_path / f"{SUPPLIER}.key").stat().st_mode & 0o077 == 0


def test_the_presentation_is_attached_and_judged_again_over_the_network(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = identities(tmp_path)
    settings.GAIAX_ANCHORS_FILE = str(tmp_path / ANCHORS)
    team = builders.make_people()
    offer = builders.make_dossier(team, upto="decided", outcome="listed").offer
    Supplier.objects.filter(pk=offer.supplier_id).update(
        identifier_scheme="SIREN", identifier="000000018", identity_checked_at=timezone.now()
    )
    monkeypatch.setattr(gaiax, "act", lambda _address: team.actor("manager"))
    gaiax.load_gaiax({"souverain": Offer.objects.get(pk=offer.pk)})
    kept = OfferCredential.objects.get()
    assert (kept.issuer, kept.standing, SignedFinding.objects.count()) == (
        f"did:web:{SUPPLIER}",
        "current",
        1,
    )
    with TlsSites(demo_sites(people), folder=tmp_path) as sites:
        served = sites.environment()
        settings.DEMO_HOSTS = dict(pair.split("=") for pair in served["DEMO_HOSTS"].split(","))
        settings.DEMO_CA_FILE = served["DEMO_CA_FILE"]
        found = resolve.documents_of([f"did:web:{SUPPLIER}", f"did:web:{NOTARY}"])
        assert found == {one.did: json.loads(one.served()[PLACE][1]) for one in people.values()}
        run = CheckRun.objects.get(check_code=CODE)
        assert run_check(run.pk)
    run.refresh_from_db()
    assert run.verdict == "pass", run.message


def test_without_our_hosts_only_the_findings_are_signed(
    settings: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    settings.GAIAX_ANCHORS_FILE = str(tmp_path / "autre.pem")
    (tmp_path / "autre.pem").write_text("")
    team = builders.make_people()
    offer = builders.make_dossier(team, upto="decided", outcome="listed").offer
    monkeypatch.setattr(gaiax, "act", lambda _address: team.actor("manager"))
    gaiax.load_gaiax({"souverain": offer})
    assert SignedFinding.objects.count() == 1 and not OfferCredential.objects.exists()
