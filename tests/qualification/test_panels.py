"""The way from the offer to its dossier, for those who may take it."""

import pytest

from marketplace.accounts.enums import Role
from qualification import actions
from tests.builders import client_for, make_member
from tests.qualification import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return builders.make_people()


def test_the_writer_of_a_draft_is_led_to_its_dossier(people):
    offer = builders.make_offer(people.supplier)
    page = f"{offer.get_absolute_url()}modifier/"
    client = client_for(people.manager)
    assert f"/dossiers/nouveau/?offre={offer.number}" in client.get(page).content.decode()
    assert "/dossiers/nouveau/" not in client_for(people.editor).get(page).content.decode()
    dossier = actions.open_dossier(offer, actor=people.actor("manager"))
    assert dossier.get_absolute_url() in client.get(page).content.decode()


def test_a_listed_offer_shows_its_dossier_to_the_operator_alone(people):
    dossier = builders.make_dossier(people, upto="decided")
    sheet = dossier.offer.get_absolute_url()
    readers = {
        "officer": people.officer,
        "buyer": make_member(Role.REQUESTER),
        "rival": make_member(Role.SUPPLIER_MANAGER),
        "visitor": None,
    }
    seen = {
        who: dossier.number in client_for(member).get(sheet).content.decode()
        for who, member in readers.items()
    }
    assert seen == {"officer": True, "buyer": False, "rival": False, "visitor": False}


def test_a_material_change_opens_a_dossier_and_its_decision_puts_it_online(people):
    from catalog.actions import reviews
    from catalog.models import Offer
    from catalog.questions.conditions import unanswered
    from qualification.models import Dossier

    listed = builders.make_dossier(people, upto="decided")
    offer = Offer.objects.get(pk=listed.offer_id)
    version = offer.edit_version(by=people.manager.user)
    gaps = {question.id: "dit" for question in unanswered(version.answers)}
    version.answers = version.answers | gaps | {"storage_regions": ["FR-Gravelines"]}
    version.save()
    reviews.propose(offer, actor=people.actor("manager"))
    dossier = Dossier.objects.exclude(pk=listed.pk).get()
    assert (dossier.state, dossier.offer_version.number) == ("checking", 2)
    builders.run_all(dossier)
    builders.propose(dossier, people, "listed")
    builders.decide(dossier, people, "listed")
    offer.refresh_from_db()
    assert (offer.state, offer.live_version.number, offer.regions) == ("listed", 2, ["FR-Gravelines"])
