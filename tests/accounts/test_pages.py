"""The pages of the organisation and of support: stranger first, then who may, then the cost."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.enums import OrganisationState, Role
from marketplace.accounts.models import Membership, Organisation, PublicEmailDomain, RoleGrant
from tests.accounts.builders import make_confirmed_member, make_confirmed_user
from tests.builders import client_for, fictitious_siren, grant, make_member, make_organisation, make_user

pytestmark = pytest.mark.django_db
SIGNED_IN = (
    "/compte/",
    "/compte/jetons/",
    "/organisation/changer/",
    "/organisation/rejoindre/",
    "/organisation/declarer/",
    "/notifications/",
)
PEOPLE = "/pilotage/personnes/"


def queries_of(client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "address", [*SIGNED_IN, "/organisation/", PEOPLE, "/pilotage/personnes/domaines/", "/pilotage/journal/"]
)
def test_a_visitor_is_led_to_sign_in(address: str) -> None:
    assert client_for(None).get(address)["Location"] == f"/connexion/?next={address}"


@pytest.mark.parametrize("address", SIGNED_IN)
def test_a_member_without_any_role_has_their_own_pages(address: str) -> None:
    assert client_for(make_member()).get(address).status_code == 200


def test_a_person_of_no_organisation_is_led_to_join_one() -> None:
    browser = client_for(None)
    browser.force_login(make_confirmed_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/organisation/")["Location"] == "/organisation/rejoindre/"
    assert browser.get("/organisation/inviter/").status_code == 404
    assert browser.get("/compte/jetons/").status_code == 200


def test_switching_is_a_post_to_one_of_mine() -> None:
    member = make_member(Role.REQUESTER)
    other = make_member(Role.FINANCE, user=member.user)
    foreign = make_member()
    browser = client_for(member)
    assert browser.get("/organisation/").context["organisation"] == member.organisation
    assert (
        browser.post("/organisation/changer/", {"organisation": other.organisation.number})["Location"]
        == "/bureau/"
    )
    assert browser.get("/organisation/").context["organisation"] == other.organisation
    for wrong in (foreign.organisation.number, "x", "", "9" * 40, "²"):
        assert browser.post("/organisation/changer/", {"organisation": wrong}).status_code == 404
    Membership.objects.filter(pk=other.pk).update(ended_at=timezone.now())
    assert browser.get("/organisation/").context["organisation"] == member.organisation


def test_joining_and_declaring() -> None:
    ministry = make_organisation()
    PublicEmailDomain.objects.create(domain="ministere.example", organisation=ministry)
    user = make_confirmed_user("a@ministere.example")
    browser = client_for(None)
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert f"Rejoindre {ministry.name}" in browser.get("/organisation/rejoindre/").content.decode()
    assert (
        browser.post("/organisation/rejoindre/", {"organisation": make_organisation().number}).status_code
        == 403
    )
    assert browser.post("/organisation/rejoindre/", {"organisation": ministry.number}).status_code == 302
    siren = fictitious_siren(950)
    bad = browser.post(
        "/organisation/declarer/", {"name": "Exemple SAS", "scheme": "SIREN", "identifier": "123456789"}
    )
    assert bad.status_code == 400
    spaced = f"{siren[:3]} {siren[3:6]}\u00a0{siren[6:]}"
    good = {"name": "Exemple SAS", "scheme": "SIREN", "identifier": spaced, "_once": "jeton-unique"}
    assert browser.post("/organisation/declarer/", good).status_code == 302
    assert browser.post("/organisation/declarer/", good).status_code == 302
    assert Organisation.objects.filter(identifier=siren).count() == 1
    assert "Organisation à vérifier" in browser.get("/organisation/").content.decode()


def test_giving_confirming_and_taking_back_a_role() -> None:
    admin = make_member(Role.ORGANISATION_ADMIN)
    second = make_member(Role.ORGANISATION_ADMIN, organisation=admin.organisation)
    colleague = make_member(organisation=admin.organisation)
    page = f"/organisation/membres/{colleague.uuid}/"
    assert client_for(make_member(Role.ORGANISATION_ADMIN)).get(page).status_code == 404
    plain = client_for(make_member(Role.REQUESTER, organisation=admin.organisation))
    assert plain.get(page).status_code == 200
    assert plain.post(page, {"role": "finance"}).status_code == 403
    browser = client_for(admin)
    assert browser.post(page, {"role": "approver"}).status_code == 400
    delegation = {
        "ceiling_eur": "50000",
        "ceiling_basis": "TTC",
        "delegation_reference": "Arrêté 1",
        "delegation_date": "2026-01-05",
    }
    assert browser.post(page, {"role": "approver", **delegation}).status_code == 302
    shown = browser.get(page).content.decode()
    assert "Vous avez donné ce rôle" in shown and "50\u202f000,00\u00a0€\u00a0TTC" in shown
    assert browser.post(f"{page}roles/approver/confirmer/").status_code == 403
    assert client_for(second).get(f"{page}roles/approver/confirmer/").status_code == 200
    assert client_for(second).post(f"{page}roles/approver/confirmer/").status_code == 302
    assert RoleGrant.objects.get(membership=colleague).confirmed_by == second.user
    assert browser.get(f"{page}roles/approver/retirer/").status_code == 200
    assert browser.post(f"{page}roles/approver/retirer/").status_code == 302
    assert browser.get(f"{page}roles/approver/retirer/").status_code == 404
    own = f"/organisation/membres/{admin.uuid}/"
    assert browser.post(own, {"role": "finance"}).status_code == 403
    assert browser.get(f"{page}retirer/").status_code == 200
    assert browser.post(f"{page}retirer/").status_code == 302
    assert browser.get(page).status_code == 404


@pytest.mark.parametrize("role", [None, Role.REQUESTER, Role.CURATOR, Role.AUDITOR])
def test_support_pages_are_for_support(role: str | None) -> None:
    browser = client_for(make_member(*([role] if role else [])))
    organisation = make_organisation(state=OrganisationState.PENDING)
    for address in (
        PEOPLE,
        f"{PEOPLE}{make_user().uuid}/",
        f"{PEOPLE}domaines/",
        f"{PEOPLE}organisations/nouvelle/",
        f"{PEOPLE}organisations/{organisation.number}/",
        f"{PEOPLE}organisations/{organisation.number}/refuser/",
        f"{PEOPLE}organisations/{organisation.number}/inviter/",
    ):
        assert browser.get(address).status_code == 403
        assert browser.post(address).status_code == 403


def test_the_platform_administrator_sees_the_operator_only() -> None:
    platform = make_member(Role.PLATFORM_ADMIN)
    colleague = make_member(Role.CURATOR, organisation=platform.organisation)
    foreign = make_member(Role.REQUESTER)
    browser = client_for(platform)
    assert colleague.user.full_name in browser.get(PEOPLE).content.decode()
    assert browser.get(f"{PEOPLE}{colleague.user.uuid}/").status_code == 200
    assert browser.get(f"{PEOPLE}{foreign.user.uuid}/").status_code == 404
    assert browser.get(f"{PEOPLE}domaines/").status_code == 403
    found = browser.get(PEOPLE, {"q": "Exemple"}).context["found"]
    assert set(found) == {platform.user, colleague.user}


def test_support_creates_invites_verifies_and_rejects() -> None:
    browser = client_for(make_member(Role.SUPPORT))
    data = {"kind": "state", "name": "Ministère Exemple", "scheme": "SIRET", "identifier": "73282932000074"}
    assert browser.post(f"{PEOPLE}organisations/nouvelle/", {**data, "identifier": "1"}).status_code == 400
    address = browser.post(f"{PEOPLE}organisations/nouvelle/", data)["Location"]
    made = Organisation.objects.get(name="Ministère Exemple")
    assert browser.get(address).status_code == 200
    assert browser.get(f"{address}inviter/").status_code == 200
    invited = {"email": "premiere@ministere.example", "roles": ["organisation_admin"]}
    assert browser.post(f"{address}inviter/", invited).status_code == 302
    proof = {
        "proof_kind": "letter",
        "proof_reference": "C-1",
        "proof_date": "2026-01-05",
        "version": made.version,
    }
    refused = browser.post(address, proof)
    assert refused.status_code == 400
    assert "Aucune personne à l’adresse confirmée" in refused.content.decode()
    make_confirmed_member(Role.ORGANISATION_ADMIN, organisation=made)
    assert browser.post(address, {**proof, "version": 99}).status_code == 412
    assert browser.post(address, proof).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.proof_reference) == (OrganisationState.VERIFIED, "C-1")
    assert browser.post(f"{address}refuser/", {"reason": "Trop tard"}).status_code == 409
    other = make_organisation(state=OrganisationState.PENDING)
    assert browser.get(f"{PEOPLE}organisations/{other.number}/refuser/").status_code == 200
    assert browser.post(f"{PEOPLE}organisations/{other.number}/refuser/", {"reason": ""}).status_code == 400
    assert (
        browser.post(f"{PEOPLE}organisations/{other.number}/refuser/", {"reason": "Faux"}).status_code == 302
    )


def test_domains_are_added_and_removed() -> None:
    browser, ministry = client_for(make_member(Role.SUPPORT)), make_organisation()
    address = f"{PEOPLE}domaines/"
    assert (
        browser.post(address, {"domain": "gmail.com", "organisation": ministry.pk, "source": "x"}).status_code
        == 400
    )
    good = {"domain": "ministere.example", "organisation": ministry.pk, "source": "Site officiel"}
    assert browser.post(address, good).status_code == 302
    remove = f"{address}{ministry.number}/ministere.example/retirer/"
    assert browser.get(remove).status_code == 200
    assert browser.post(remove).status_code == 302
    assert browser.get(remove).status_code == 404


def test_bad_input_on_the_account_page() -> None:
    browser = client_for(make_member())
    for name in ("", "x" * 151, "a\x00b"):
        assert browser.post("/compte/", {"full_name": name}).status_code == 400
    assert browser.post("/compte/", {"full_name": "Camille Exemple"}).status_code == 302


def test_each_list_costs_the_same_for_one_and_for_ten(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    support, admin = make_member(Role.SUPPORT), make_member(Role.ORGANISATION_ADMIN)
    make_organisation(state=OrganisationState.PENDING)
    PublicEmailDomain.objects.create(domain="un.example", organisation=admin.organisation)
    pages = [
        (client_for(admin), "/organisation/"),
        (client_for(admin), f"/organisation/membres/{admin.uuid}/"),
        (client_for(admin), "/organisation/changer/"),
        (client_for(admin), "/organisation/comptes-de-service/"),
        (client_for(support), PEOPLE),
        (client_for(support), f"{PEOPLE}domaines/"),
    ]
    before = [queries_of(browser, address) for browser, address in pages]
    for n in range(9):
        make_organisation(state=OrganisationState.PENDING)
        make_member(Role.REQUESTER, Role.FINANCE, organisation=admin.organisation)
        make_member(user=admin.user)
        PublicEmailDomain.objects.create(domain=f"d{n}.example", organisation=admin.organisation)
        grant(admin, Role.REQUESTER, revoked_at=timezone.now())
    assert [queries_of(browser, address) for browser, address in pages] == before
    with django_assert_max_num_queries(12):
        pages[0][0].get("/organisation/")
