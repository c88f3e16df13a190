"""A supplier writes: gaps are allowed, nothing typed is lost, the live offer does not move."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.actions.reviews import accept, propose, refuse
from catalog.hooks import _MATERIAL, register_material_change
from catalog.models import Offer, VersionReview
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, RuleBroken
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import COMPLETE, make_category, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> object:
    return make_member("supplier_manager")


@pytest.fixture
def browser(member: object) -> Client:
    return client_for(member)


@pytest.fixture
def offer(member: object) -> Offer:
    return make_offer(state="draft", organisation=member.organisation)


def base_of(answer: object) -> str:
    return answer.context["form"]["base"].value()


def test_creating_a_draft(browser: Client) -> None:
    make_category()
    refused = browser.post("/offres/nouvelle/", {"name": "", "service_models": ["faas"]})
    assert refused.status_code == 400
    assert Offer.objects.count() == 0
    made = browser.post(
        "/offres/nouvelle/", {"name": "Brume", "service_models": ["saas"], "category": "collaboration"}
    )
    offer = Offer.objects.get()
    assert made.url == f"/offres/{offer.number}-brume/modifier/hosting/"
    assert (offer.state, offer.draft_version.answers["service_models"]) == ("draft", ["saas"])
    assert Client().get(offer.get_absolute_url()).status_code == 404
    assert browser.get(offer.get_absolute_url()).status_code == 200
    assert "Brume" in browser.get("/mes-offres/").content.decode()


def test_a_section_is_saved_with_gaps(browser: Client, offer: Offer) -> None:
    url = offer.get_absolute_url() + "modifier/exit/"
    page = browser.get(url)
    saved = browser.post(
        url, {"base": base_of(page), "exit_notice_months": "1,5", "exit_transition_days": ""}
    )
    assert saved.status_code == 302
    answers = offer.draft_version.answers
    assert (answers["exit_notice_months"], answers["exit_transition_days"]) == ("1.5", None)
    assert answers["storage_regions"] == COMPLETE["storage_regions"]
    assert len(browser.get(offer.get_absolute_url() + "modifier/").context["done"].missing) == 3


@pytest.mark.parametrize(
    ("section", "data"),
    [
        ("hosting", {"storage_regions": "Mars"}),
        ("exit", {"exit_notice_months": "-1"}),
        ("exit", {"exit_transition_days": "beaucoup"}),
        ("presentation", {"name": "a\x00b"}),
        ("presentation", {"name": "x", "website": "http://x"}),
        ("presentation", {"name": "x", "category": "zzz"}),
        ("service", {"support_hours": "zzz"}),
    ],
)
def test_bad_answers_are_refused_and_kept_on_screen(
    browser: Client, offer: Offer, section: str, data: dict
) -> None:
    url = f"{offer.get_absolute_url()}modifier/{section}/"
    answer = browser.post(url, {"base": base_of(browser.get(url)), **data})
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert offer.draft_version.answers == offer.versions.get().answers
    assert browser.get(f"{offer.get_absolute_url()}modifier/zzz/").status_code == 404


def test_two_people_at_once_see_both_texts(browser: Client, offer: Offer) -> None:
    url = offer.get_absolute_url() + "modifier/presentation/"
    read = base_of(browser.get(url))
    browser.post(url, {"base": read, "name": "Premier", "description": "un"})
    offer.refresh_from_db()
    url = offer.get_absolute_url() + "modifier/presentation/"
    late = browser.post(url, {"base": read, "name": "Second", "description": "deux"})
    assert late.status_code == 412
    page = late.content.decode()
    assert "Premier" in page
    assert "Second" in page
    assert offer.draft_version.answers["name"] == "Premier"
    again = browser.post(url, {"base": base_of(late), "name": "Second", "description": "deux"})
    assert again.status_code == 302
    assert offer.draft_version.answers["name"] == "Second"


def rows(**more: str) -> dict[str, str]:
    return {
        "plans": "1", "p0-name": "Standard", "p0-description": "", "p0-lines": "1", "p0-l0-label": "Poste",
        "p0-l0-kind": "unit", "p0-l0-unit": "poste", "p0-l0-period": "month",
        "p0-l0-amount_eur_ht": "4,20", **more,
    }  # fmt: skip


def plans_base(browser: Client, offer: Offer) -> str:
    page = browser.get(offer.get_absolute_url() + "modifier/prix/")
    return page.context["plans_form"].base


def test_prices_are_rows_and_a_button_adds_one(browser: Client, offer: Offer) -> None:
    url = offer.get_absolute_url() + "modifier/prix/"
    assert browser.get(url).status_code == 200
    read = {"base": plans_base(browser, offer)}
    more = browser.post(url, rows(add="p0", **read))
    assert more.status_code == 200
    assert 'name="p0-l1-label"' in more.content.decode()
    assert 'value="4,20"' in more.content.decode()
    assert not offer.draft_version.plans.exists()
    assert browser.post(url, rows(**read)).status_code == 302
    line = offer.draft_version.plans.get().lines.get()
    assert (str(line.amount_eur_ht), line.unit, line.code) == ("4.200000", "poste", "poste")
    read = {"base": plans_base(browser, offer)}
    assert browser.post(url, rows(**read, **{"p0-remove": "on"})).status_code == 302
    assert not offer.draft_version.plans.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"p0-l0-amount_eur_ht": "-1"},
        {"p0-l0-amount_eur_ht": "abc"},
        {"p0-l0-unit": ""},
        {"p0-l0-kind": "zzz"},
        {"p0-name": ""},
        {"p0-name": "x" * 121},
        {"p0-l0-label": "a\x00"},
    ],
)
def test_wrong_prices_are_refused(browser: Client, offer: Offer, wrong: dict[str, str]) -> None:
    answer = browser.post(offer.get_absolute_url() + "modifier/prix/", rows(**wrong))
    assert answer.status_code == 400
    assert "à corriger" in answer.content.decode()
    assert not offer.draft_version.plans.exists()


MARK = {
    "scheme": "hds",
    "status": "in_force",
    "scope": "Hébergement",
    "valid_from": "2026-01-01",
    "valid_until": "2029-01-01",
}


def test_a_declared_mark_keeps_its_origin_and_its_evidence(browser: Client, offer: Offer) -> None:
    url = offer.get_absolute_url() + "modifier/qualifications/"
    pdf = SimpleUploadedFile(
        "certificat.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"
    )
    assert browser.post(url, {**MARK, "evidence": pdf}).status_code == 302
    mark = offer.trust_marks.get()
    assert (mark.origin, mark.evidence.name) == ("declared", "certificat.pdf")
    evidence = f"{offer.get_absolute_url()}preuves/{mark.uuid}/"
    assert browser.get(evidence).status_code == 200
    assert client_for(make_member("qualification_officer")).get(evidence).status_code == 200
    assert client_for(make_member("requester")).get(evidence).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_until": "2025-01-01"},
        {"status": "suspended"},
        {"scheme": "other"},
        {"scope": ""},
        {
            "evidence": SimpleUploadedFile(
                "x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"
            )
        },
    ],
)
def test_wrong_declarations_are_refused(browser: Client, offer: Offer, wrong: dict) -> None:
    answer = browser.post(offer.get_absolute_url() + "modifier/qualifications/", {**MARK, **wrong})
    assert answer.status_code == 400
    assert not offer.trust_marks.exists()


def test_the_stack_is_declared_and_never_circles(browser: Client, offer: Offer) -> None:
    base = make_offer()
    url = offer.get_absolute_url() + "modifier/pile/"
    assert (
        browser.post(
            url, {"base": base.get_absolute_url(), "layer": "infrastructure", "inherits": "on"}
        ).status_code
        == 302
    )
    edge = offer.stack_edges.get()
    assert (edge.base, edge.inherits) == (base, True)
    for wrong in ({"base": "zzz"}, {"base": str(offer.number)}, {}, {"base_name": "X", "region": "Mars"}):
        assert browser.post(url, {"layer": "platform", **wrong}).status_code == 400
    assert browser.post(url, {"remove": str(edge.pk)}).status_code == 302
    assert not offer.stack_edges.exists()


def listed_with_edit(member: object, **answers: object) -> Offer:
    offer = make_offer(organisation=member.organisation)
    draft = offer.edit_version(by=None)
    draft.answers = {**draft.answers, **answers}
    draft.save()
    return offer


def test_an_edit_waits_for_a_curator(member: object, browser: Client) -> None:
    offer = listed_with_edit(member, description="Nouvelle description.")
    assert browser.post(offer.get_absolute_url() + "proposer/").status_code == 302
    review = VersionReview.objects.get()
    assert Offer.objects.get().description != "Nouvelle description."
    curator = client_for(make_member("curator"))
    url = f"/pilotage/moderation/{review.uuid}/"
    page = curator.get(url).content.decode()
    assert "1\xa0réponse modifiée" in page
    assert "Nouvelle description." in page
    assert browser.get(url).status_code == 403
    assert curator.post(url, {"move": "refuse", "reason": ""}).status_code == 400
    assert curator.post(url, {"move": "accept"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.description, offer.live_version.number) == ("Nouvelle description.", 2)
    with pytest.raises(MoveRefused):
        accept(review, actor=actor_for("curator"))


def test_a_refused_edit_leaves_the_offer_and_says_why(member: object) -> None:
    offer = listed_with_edit(member, description="Autre.")
    review = propose(offer, actor=Actor.of(member))
    refuse(review, actor=actor_for("curator"), reason="Trop vague.")
    offer.refresh_from_db()
    assert offer.live_version.number == 1
    assert offer.edit_version(by=None).answers["description"] == "Autre."


def test_a_material_change_goes_to_a_dossier(member: object) -> None:
    seen = []
    kept = list(_MATERIAL)
    register_material_change(lambda version, actor: seen.append(version.number))
    try:
        offer = listed_with_edit(member, storage_regions=["DE"])
        review = propose(offer, actor=Actor.of(member))
    finally:
        _MATERIAL[:] = kept
    assert (review.state, seen) == ("in_dossier", [2])


def test_gaps_and_an_empty_proposal_are_refused(member: object) -> None:
    actor = Actor.of(member)
    with pytest.raises(RuleBroken) as refused:
        propose(listed_with_edit(member, exit_formats=None), actor=actor)
    assert "exit_formats" in refused.value.fields
    offer = make_offer(organisation=None)
    with pytest.raises(MoveRefused):
        propose(offer, actor=actor)
