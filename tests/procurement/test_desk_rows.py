"""What waits for a person of an administration: conventions, R7 and R8 files, group purchases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketplace.accounts.enums import Role
from marketplace.ui import desk
from procurement.groups import sharing
from procurement.models import NeedShare
from tests.builders import actor_for, client_for
from tests.procurement.builders import Administration, make_project
from tests.procurement.controls.builders import make_file
from tests.procurement.conventions.builders import make_convention
from tests.procurement.groups.builders import bring, make_group, make_share, own_member, sign, signing_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministry() -> Administration:
    return Administration()


def waiting(actor, zone="todo"):
    return [row.expected for row in desk.rows_for(actor)[zone]]


def person(administration, role):
    return actor_for(role, organisation=administration.organisation)


def test_a_convention_waits_for_its_signature_then_for_that_of_the_service(ministry):
    made = make_convention(ministry)
    officer, keeper = person(ministry, Role.AUTHORISING_OFFICER), person(ministry, Role.PURCHASING)
    assert "Signer la convention" in waiting(officer)
    assert "Signer la convention" not in waiting(person(Administration(), Role.AUTHORISING_OFFICER))
    assert "Enregistrer la signature du service" not in waiting(keeper)
    make_convention(ministry, upto="signed", project=made.project)
    assert "Enregistrer la signature du service" in waiting(keeper)


@pytest.mark.parametrize(
    ("state", "zone", "expected"),
    [
        ("prepared", "todo", "Transmettre le dossier"),
        ("sent", "soon", "Enregistrer l’accusé de réception"),
        ("acknowledged", "soon", "Enregistrer l’avis"),
        ("answered", "todo", None),
    ],
)
def test_a_control_file_waits_for_the_dnum(ministry, state, zone, expected):
    make_file(ministry, upto=state)
    seen = waiting(person(ministry, Role.DNUM), zone)
    assert (expected in seen) if expected else "Transmettre le dossier" not in seen
    assert "Transmettre le dossier" not in waiting(ministry.requester)


def test_a_group_waits_for_an_answer_then_for_signatures(ministry):
    other = Administration()
    group = make_group(ministry)
    bring(group, other, coordinator=ministry.requester, joins=False)
    assert "Répondre à une invitation" in waiting(other.requester)
    assert "Répondre à une invitation" not in waiting(ministry.requester)
    signing = signing_group(Administration(), third := Administration())
    signer = person(third, Role.AUTHORISING_OFFICER)
    assert "Signer la convention" in waiting(signer)
    sign(signing.members.get(organisation=third.organisation))
    assert "Signer la convention" not in waiting(signer)
    assert own_member(signing).signed_at is None


def test_a_need_waits_for_the_consent_of_its_other_author(ministry):
    second = ministry.person(Role.REQUESTER)
    project = make_project(ministry)
    project.authors.add(second.user)
    share = make_share(ministry, project=project)
    expected = "Donner son accord au partage du besoin"
    assert expected in waiting(second) and expected not in waiting(ministry.requester)
    sharing.consent(share, actor=second)
    assert expected not in waiting(second)


def test_the_nearest_volume_of_the_same_unit_comes_first(ministry):
    mine = make_project(ministry)
    make_share(ministry, project=mine, volume=Decimal(200))
    told = {"half": ("100", "postes"), "near": ("240", "Postes"), "far": ("2000", "postes")}
    made = {
        name: make_share(Administration(), volume=Decimal(volume), unit=unit)
        for name, (volume, unit) in told.items()
    }
    made["other"] = make_share(Administration(), volume=Decimal(200), unit="Go")
    own = NeedShare.objects.get(project=mine)
    found = list(NeedShare.objects.like(mine, volume=own.volume, unit=own.unit))
    assert found == [made["near"], made["half"], made["far"], made["other"]]
    assert [one.times(own) for one in found] == [Decimal("1.2"), Decimal("0.5"), Decimal("10.0"), None]
    page = client_for(ministry.requester.membership).get(own.get_absolute_url()).content.decode()
    assert page.index("0,5") > page.index("1,2") and "fois le vôtre" in page
