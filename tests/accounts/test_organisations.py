"""Declaring, verifying, joining by an e-mail domain, the list of domains."""

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.accounts.abilities import organisation_abilities
from marketplace.accounts.actions.organisations import (
    Identity,
    create_organisation,
    declare_supplier,
    join_by_domain,
    list_domain,
    organisations_open_to,
    unlist_domain,
    verify_organisation,
)
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, OrganisationState, Role
from marketplace.accounts.models import Membership, Organisation, PublicEmailDomain
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.validators import identifier_error
from tests.accounts.builders import make_confirmed_member, make_confirmed_user
from tests.builders import actor_for, fictitious_siren, make_member, make_organisation, make_user

pytestmark = pytest.mark.django_db


def proof(**changes: object) -> dict[str, object]:
    return {
        "proof_kind": "register",
        "proof_reference": "EXTRAIT-1",
        "proof_date": timezone.localdate(),
        **changes,
    }


def supplier_identity(n: int = 900, **changes: str) -> Identity:
    values = {
        "kind": OrganisationKind.SUPPLIER,
        "name": "Exemple SAS",
        "scheme": "SIREN",
        "identifier": fictitious_siren(n),
        **changes,
    }
    return Identity(**values)


@pytest.mark.parametrize(
    ("scheme", "value", "ok"),
    [
        ("SIRET", "35600000000048", True),  # La Poste
        ("SIRET", "35600000049837", True),  # La Poste, where only its own rule holds
        ("SIRET", "35600000049838", False),
        ("SIRET", "73282932000074", True),
        ("SIRET", "73282932000075", False),
        ("SIRET", "732829320000", False),
        ("SIREN", "732829320", True),
        ("SIREN", "732829321", False),
        ("TVA", "BE0428759497", True),
        ("TVA", "BE0428759498", False),
        ("TVA", "GB980780684", False),
        ("TAHITI", "A12345", True),
        ("RIDET", "1234567", True),
        ("FRWF", "AB12", True),
        ("IREP", "AB12", True),
        ("HORS-UE", "CHE-123.456.788", True),
        ("HORS-UE", "x", False),
        ("KBIS", "123", False),
    ],
)
def test_identifiers(scheme: str, value: str, ok: bool) -> None:
    assert (identifier_error(scheme, value) is None) is ok


def test_a_declared_supplier_has_no_power_and_reserves_nothing() -> None:
    first, second = make_confirmed_user(), make_confirmed_user()
    one = declare_supplier(first, identity=supplier_identity(), actor=Actor(user=first))
    two = declare_supplier(second, identity=supplier_identity(), actor=Actor(user=second))
    assert {one.state, two.state} == {OrganisationState.PENDING}
    assert Actor.of(Membership.objects.get(user=first)).roles == frozenset()


def test_a_wrong_siren_and_a_fourth_waiting_declaration_are_refused() -> None:
    user = make_confirmed_user()
    actor = Actor(user=user)
    with pytest.raises(RuleBroken, match="clé de contrôle"):
        declare_supplier(user, identity=supplier_identity(identifier="123456789"), actor=actor)
    for n in range(901, 904):
        declare_supplier(user, identity=supplier_identity(n), actor=actor)
    with pytest.raises(RuleBroken, match="Trois organisations"):
        declare_supplier(user, identity=supplier_identity(904), actor=actor)


def test_verification_opens_the_roles() -> None:
    user, support = make_confirmed_user(), actor_for(Role.SUPPORT)
    organisation = declare_supplier(user, identity=supplier_identity(), actor=Actor(user=user))
    verify_organisation(organisation, actor=support, **proof())
    assert organisation.verified_by == support.user
    assert Actor.of(Membership.objects.get(user=user)).roles == {Role.SUPPLIER_MANAGER}


def test_verification_needs_a_first_admin_whose_address_is_confirmed() -> None:
    support = actor_for(Role.SUPPORT)
    empty = make_organisation(state=OrganisationState.PENDING)
    unconfirmed = make_organisation(state=OrganisationState.PENDING)
    make_member(Role.ORGANISATION_ADMIN, organisation=unconfirmed)
    for organisation in (empty, unconfirmed):
        with pytest.raises(RuleBroken, match="Aucune personne à l’adresse confirmée"):
            verify_organisation(organisation, actor=support, **proof())
        assert Organisation.objects.get(pk=organisation.pk).state == OrganisationState.PENDING


def test_nobody_verifies_their_own_organisation_through_another_membership() -> None:
    support = actor_for(Role.SUPPORT)
    own = make_organisation(state=OrganisationState.PENDING)
    from tests.accounts.builders import confirmed

    confirmed(support.user)
    make_member(Role.ORGANISATION_ADMIN, organisation=own, user=support.user)
    assert "Vous êtes membre" in organisation_abilities(support, own)["verify"]
    with pytest.raises(NotAllowed):
        verify_organisation(own, actor=support, **proof())


def test_a_proof_of_tomorrow_and_an_identifier_taken_are_refused() -> None:
    support, user, rival = actor_for(Role.SUPPORT), make_confirmed_user(), make_confirmed_user()
    organisation = declare_supplier(user, identity=supplier_identity(), actor=Actor(user=user))
    with pytest.raises(RuleBroken, match="dans le futur"):
        verify_organisation(
            organisation, actor=support, **proof(proof_date=timezone.localdate() + dt.timedelta(days=1))
        )
    verify_organisation(organisation, actor=support, **proof())
    twin = declare_supplier(rival, identity=supplier_identity(), actor=Actor(user=rival))
    with pytest.raises(RuleBroken, match="porte déjà cet identifiant"):
        verify_organisation(twin, actor=support, **proof())


def test_support_creates_an_administration_but_no_second_operator() -> None:
    support = actor_for(Role.SUPPORT)
    made = create_organisation(
        identity=Identity("state", "Ministère Exemple", "SIRET", "73282932000074"), actor=support
    )
    assert made.state == OrganisationState.PENDING
    with pytest.raises(RuleBroken):
        create_organisation(identity=Identity("operator", "Faux", "SIRET", "73282932000074"), actor=support)


def make_domain(domain: str, organisation: Organisation) -> None:
    PublicEmailDomain.objects.create(domain=domain, organisation=organisation)


def test_a_domain_admits_exactly_its_own_and_without_a_role() -> None:
    ministry, other = make_organisation(), make_organisation()
    make_domain("ministere.example", ministry)
    make_domain("autre.example", other)
    user = make_confirmed_user("a.exemple@ministere.example")
    assert organisations_open_to(user) == [ministry]
    membership = join_by_domain(user, ministry, actor=Actor(user=user))
    assert Actor.of(membership).roles == frozenset()
    with pytest.raises(NotAllowed):
        join_by_domain(user, other, actor=Actor(user=user))


@pytest.mark.parametrize(
    "address",
    [
        "x@sub.ministere.example",
        "x@ministere.example.org",
        "x@xministere.example",
        "ministere.example@autre.org",
    ],
)
def test_a_domain_that_only_looks_like_it_opens_nothing(address: str) -> None:
    make_domain("ministere.example", make_organisation())
    assert organisations_open_to(make_confirmed_user(address)) == []


def test_an_unconfirmed_address_and_a_pending_organisation_open_nothing() -> None:
    make_domain("ministere.example", make_organisation())
    make_domain("attente.example", make_organisation(state=OrganisationState.PENDING))
    assert organisations_open_to(make_user(email="a@ministere.example")) == []
    assert organisations_open_to(make_confirmed_user("b@attente.example")) == []


@pytest.mark.parametrize(
    "domain", ["", "sans-point", "a b.example", "http://x.example", "gmail.com", "x..example"]
)
def test_a_domain_refused_on_the_list(domain: str) -> None:
    with pytest.raises(RuleBroken):
        list_domain(make_organisation(), domain=domain, source="Essai", actor=actor_for(Role.SUPPORT))


def test_the_list_is_kept_by_support_and_journalled() -> None:
    support, ministry = actor_for(Role.SUPPORT), make_organisation()
    row = list_domain(ministry, domain="@Ministere.Example", source="Site officiel", actor=support)
    assert row.domain == "ministere.example"
    with pytest.raises(RuleBroken, match="déjà rattaché"):
        list_domain(ministry, domain="ministere.example", source="", actor=support)
    with pytest.raises(RuleBroken):
        list_domain(make_organisation(kind="supplier"), domain="x.example", source="", actor=support)
    unlist_domain(row, actor=support)
    assert not PublicEmailDomain.objects.exists()


def test_support_of_another_person_may_verify() -> None:
    organisation = make_organisation(state=OrganisationState.PENDING)
    make_confirmed_member(Role.ORGANISATION_ADMIN, organisation=organisation)
    support = actor_for(Role.SUPPORT)
    assert organisation_abilities(support, organisation)["verify"] == ""
    assert organisation_abilities(actor_for(Role.PLATFORM_ADMIN), organisation)["verify"] != ""
    assert verify_organisation(organisation, actor=support, **proof()).state == OrganisationState.VERIFIED
