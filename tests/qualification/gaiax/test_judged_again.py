"""A presentation attached to an offer is judged again with the watch, and may be detached with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.audit.models import AuditEvent
from qualification import watch
from qualification.attaching import CODE, attach, judged_again
from qualification.checks import CHECKS
from qualification.checks.gaiax_credential import judge
from qualification.enums import Verdict
from qualification.gaiax import resolve, sandbox
from qualification.gaiax.report import interrupted
from qualification.models import CheckRun, OfferCheck, OfferCredential
from qualification.models.offer_credential import JUDGED_FOR
from qualification.pipeline import run_check
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.qualification.check_samples import CREDENTIAL, ON
from tests.qualification.gaiax.test_attach import HOUSE, bundle_of, judged, listed_offer
from tests.qualification.gaiax.vectors import NOW, PROVIDER, Bundle
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
REPORT = CREDENTIAL.report or {}


@pytest.fixture
def people() -> Any:
    return builders.make_people()


@pytest.fixture
def offer(people: Any) -> Any:
    return listed_offer(people)


@pytest.fixture
def bundle(settings: Any) -> Bundle:
    settings.GAIAX_CLEARING_HOUSES = [HOUSE]
    return bundle_of(level="L1")


def attached(people: Any, offer: Any, bundle: Bundle) -> OfferCredential:
    return attach(judged(people, bundle), offer, actor=people.actor("manager"))


@pytest.fixture
def hosts(bundle: Bundle, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> dict[str, Any]:
    """The DID documents that the network would give, and our anchors."""
    anchors = tmp_path / "anchors.pem"
    anchors.write_text(bundle.anchors)
    settings.GAIAX_ANCHORS_FILE = str(anchors)
    found = dict(bundle.documents)
    monkeypatch.setattr(
        resolve, "documents_of", lambda dids, **_: {name: found[name] for name in dids if name in found}
    )
    return found


def run(at: dt.datetime = NOW) -> CheckRun:
    """What the clock and a worker do at that moment."""
    with time_machine.travel(at, tick=False):
        watch.look_again(at=at)
        CheckRun.objects.open().update(due_at=timezone.now() - DAY * 400)
        for one in CheckRun.objects.open().filter(check_code=CODE):
            run_check(one.pk)
    found = CheckRun.objects.filter(check_code=CODE).order_by("pk").last()
    assert found is not None
    return found


def page_of(offer: Any, at: dt.datetime = NOW) -> str:
    with time_machine.travel(at, tick=False):
        return client_for(None).get(f"{offer.get_absolute_url()}labels-gaia-x/").content.decode()


def test_attaching_has_it_judged_at_once_then_every_day(people, offer, bundle, hosts) -> None:
    attached(people, offer, bundle)
    seen = run()
    assert (seen.verdict, seen.trigger) == (Verdict.PASS, "watch"), seen.message
    row = OfferCheck.objects.get(offer=offer, check_code=CODE)
    assert row.next_at is not None and DAY / 2 <= row.next_at - row.tried_at <= DAY * 3 / 2
    later = run(row.next_at + dt.timedelta(minutes=1))
    assert later.pk != seen.pk and later.verdict == Verdict.PASS
    assert OfferCredential.objects.get().judged_at == later.done_at


def test_a_key_taken_back_takes_the_badge_away(people, offer, bundle, hosts) -> None:
    kept = attached(people, offer, bundle)
    assert "Gaia-X L1 délivré" in page_of(offer)
    hosts[HOUSE] = {**hosts[HOUSE], "verificationMethod": [], "assertionMethod": []}
    seen = run()
    assert seen.verdict == Verdict.FAIL and "Clé publique" in seen.message and seen.remedy
    kept.refresh_from_db()
    assert (kept.standing, kept.said) == ("failed", seen.message)
    page = page_of(offer)
    assert "délivré</span>" not in page and "ne passe plus nos contrôles" in page
    hosts.update(bundle.documents)
    run(NOW + DAY * 2)
    kept.refresh_from_db()
    assert (kept.verdict, kept.said) == (Verdict.PASS, "")


def test_what_we_cannot_look_at_takes_nothing_back_until_it_is_too_old(people, offer, bundle, hosts) -> None:
    kept = attached(people, offer, bundle)
    hosts.clear()
    assert run().verdict == Verdict.UNKNOWN
    kept.refresh_from_db()
    assert kept.verdict == Verdict.PASS and "Gaia-X L1 délivré" in page_of(offer, NOW + DAY)
    page = page_of(offer, NOW + DAY * 8)
    assert "délivré</span>" not in page and "son état est inconnu" in page


def test_our_own_failure_is_unknown(people, offer, bundle, hosts, monkeypatch) -> None:
    attached(people, offer, bundle)
    monkeypatch.setattr(
        sandbox, "verify_apart", lambda _text, material, **_: interrupted(material.origin).as_dict()
    )
    seen = run()
    assert seen.verdict == Verdict.UNKNOWN and "n’a pas pu être vérifiée" in seen.message
    assert OfferCredential.objects.get().verdict == Verdict.PASS


def test_a_name_that_has_changed_is_a_warning(people, offer, bundle, hosts) -> None:
    attached(people, offer, bundle_of("Ancien nom"))
    seen = run()
    assert (seen.verdict, seen.evidence["drift"]) == (
        Verdict.WARN,
        ["Le titre nomme l’offre « Ancien nom », la fiche « Nuage Exemple »."],
    )
    assert OfferCredential.objects.get().standing in ("current", "stale")


def test_another_text_is_not_touched_by_a_late_answer_about_the_former(people, offer, bundle, hosts) -> None:
    attached(people, offer, bundle)
    hosts[PROVIDER] = {**hosts[PROVIDER], "verificationMethod": []}
    late = CheckRun.objects.get(check_code=CODE)
    facts = {"credential": str(OfferCredential.objects.get().uuid)}
    again = attached(people, offer, bundle)
    late.verdict, late.evidence, late.done_at, late.message = Verdict.FAIL, facts, NOW, "Non."
    judged_again(late)
    again.refresh_from_db()
    assert again.verdict == Verdict.PASS


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"credential": ""}, Verdict.UNKNOWN),
        ({"report": None}, Verdict.UNKNOWN),
        ({"identifier": ""}, Verdict.UNKNOWN),
        ({"identifier": "987654321"}, Verdict.FAIL),
        ({"numbers": ()}, Verdict.FAIL),
        ({"drift": ("La description a changé depuis le titre.",)}, Verdict.WARN),
        ({"report": {**REPORT, "verdict": "unknown"}}, Verdict.UNKNOWN),
        ({"report": {**REPORT, "verdict": "fail"}}, Verdict.FAIL),
    ],
)
def test_what_the_check_says(change: dict[str, Any], verdict: Verdict) -> None:
    assert judge(CREDENTIAL, ON).verdict == Verdict.PASS
    judged_ = judge(replace(CREDENTIAL, **change), ON)
    assert judged_.verdict == verdict
    assert judged_.remedy or verdict == Verdict.UNKNOWN or "report" in change


def test_detaching_takes_a_reason_and_shows_it_no_more(people, offer, bundle) -> None:
    kept = attached(people, offer, bundle)
    url = f"/mes-offres/{offer.number}/titres/detacher/"
    client = client_for(people.manager)
    assert url in client.get(f"/mes-offres/{offer.number}/titres/").content.decode()
    assert client_for(people.editor).get(url).status_code == 403
    assert client_for(make_member("supplier_manager")).post(url, {"reason": "x"}).status_code == 404
    refused = client.post(url, {"reason": " "})
    assert refused.status_code == 400 and "Dites pourquoi" in refused.content.decode()
    assert client.post(url, {"reason": "Titre remplacé."}).status_code == 302
    kept.refresh_from_db()
    assert (kept.detached_by, kept.detached_reason) == (people.manager.user, "Titre remplacé.")
    assert "délivré</span>" not in page_of(offer)
    assert "Titre remplacé." in client.get(f"/mes-offres/{offer.number}/titres/").content.decode()
    assert AuditEvent.objects.filter(what="detach", object_id=kept.pk).exists()
    assert client.get(url).status_code == 404
    # The check says that none is attached, and another may be.
    assert run().verdict == Verdict.UNKNOWN
    attached(people, offer, bundle)
    assert "Gaia-X L1 délivré" in page_of(offer)


def test_detaching_by_the_api(people, offer, bundle) -> None:
    kept = attached(people, offer, bundle)
    url = f"/api/v1/gaiax/attachments/{kept.uuid}/"
    client = client_for_token(people.manager)
    shown = client.get(url).json()
    assert (shown["offer"], shown["level"], shown["detached_at"]) == (str(offer.uuid), "L1", None)
    assert [one["id"] for one in client_for_token(people.officer).get(url.rsplit("/", 2)[0] + "/").json()[
        "results"
    ]] == [str(kept.uuid)]  # fmt: skip
    problem_of(client_for_token(people.officer).post(f"{url}detach/", {"reason": "x"}, format="json"), 403)
    problem_of(client.post(f"{url}detach/", {}, format="json"), 400)
    done = client.post(f"{url}detach/", {"reason": "Titre remplacé."}, format="json")
    assert (done.status_code, done.json()["standing"]) == (200, "detached")
    assert problem_of(client.post(f"{url}detach/", {"reason": "Encore."}, format="json"), 409)["code"] == (
        "already_detached"
    )


def test_the_list_of_attachments_costs_the_same(people, offer, bundle, django_assert_num_queries) -> None:
    client = client_for_token(people.officer)
    attached(people, offer, bundle)
    # The first send of a token also notes that it serves.
    client.get("/api/v1/gaiax/attachments/")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/gaiax/attachments/")
    for number in range(3):
        other = builders.make_offer(people.supplier)
        OfferCredential.objects.create(
            offer=other, text=str(number), report={}, facts={}, issuer="x", verified_at=NOW
        )
    with django_assert_num_queries(len(one)):
        assert len(client.get("/api/v1/gaiax/attachments/").json()["results"]) == 4


def test_a_conforming_verification_is_signed_from_its_page(people, offer, bundle, settings) -> None:
    row = judged(people, bundle)
    url = f"{row.get_absolute_url()}signer/"
    client = client_for(people.manager)
    assert url in client.get(row.get_absolute_url()).content.decode()
    made = client.post(url)
    assert made.status_code == 302 and "/titres/" in made["Location"]
    assert client_for(people.editor).post(url).status_code == 403
    settings.MASTER_KEYS = ""
    assert url not in client.get(row.get_absolute_url()).content.decode()


def test_one_that_does_not_pass_is_not_signed(people, offer, bundle) -> None:
    row = judged(people, bundle, origin="supplied")
    client = client_for(people.manager)
    url = f"{row.get_absolute_url()}signer/"
    assert url not in client.get(row.get_absolute_url()).content.decode()
    answer = client.post(url, follow=True)
    assert "ne peut pas être signé" in answer.content.decode()


def test_the_check_is_looked_at_outside_and_every_day() -> None:
    check = CHECKS[CODE]
    assert (check.queue, check.max_age) == ("fetch", JUDGED_FOR)
