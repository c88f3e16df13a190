"""The queue of instruction: its own order, filters and sorts by links, pages, words when empty."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from marketplace.accounts.enums import OrganisationKind, Role
from qualification.models import CorrectionRequest, Dossier
from qualification.queue import arranged, filtered, place_of, queue_for
from tests.builders import client_for, make_member, make_organisation
from tests.qualification import builders

pytestmark = pytest.mark.django_db
URL = "/pilotage/instruction/"


@pytest.fixture
def people():
    return builders.make_people()


def aged(people, days, upto="instruction"):
    """One dossier that took its place so many days ago."""
    dossier = builders.make_dossier(people, upto=upto)
    since = timezone.now() - dt.timedelta(days=days)
    Dossier.objects.filter(pk=dossier.pk).update(queue_since=since, submitted_at=since)
    return Dossier.objects.get(pk=dossier.pk)


def other_supplier(people, name):
    supplier = make_organisation(kind=OrganisationKind.SUPPLIER, name=name)
    manager = make_member(Role.SUPPLIER_MANAGER, organisation=supplier)
    return builders.People(
        supplier, people.operator, manager, manager, people.officer, people.decider, people.other_decider
    )


def shown(people, query=""):
    text = client_for(people.officer).get(URL + query).content.decode()
    return re.findall(r'<th scope="row"><a href="/dossiers/(DOS-\d+-\d+)/"', text), text


def test_each_sort_and_its_words(people):
    first, second = aged(people, 3), aged(people, 40)
    zebre = aged(other_supplier(people, "zèbre Exemple"), 10)
    abeille = aged(other_supplier(people, "Abeille Exemple"), 20, upto="checking")
    by = {
        "?tri=-age": [second, abeille, zebre, first],
        "?tri=age": [first, zebre, abeille, second],
        "?tri=delai": [second, abeille, zebre, first],
        "?tri=fournisseur": [abeille, second, first, zebre],
        "?tri=-fournisseur": [zebre, second, first, abeille],
        "?tri=etat": [abeille, second, zebre, first],
        "?tri=nimporte": [second, abeille, zebre, first],
    }
    for query, expected in by.items():
        assert shown(people, query)[0] == [dossier.number for dossier in expected], query
    text = shown(people, "?tri=-age")[1]
    assert re.search(r'<th scope="col" aria-sort="descending">Âge', text)
    assert text.count("aria-sort=") == 1
    assert "triés par âge, du plus ancien au plus récent" in text
    assert re.search(r'href="\?tri=age" aria-current="true">Âge, du plus ancien au plus récent', text)
    assert "40\u00a0jours" in text
    assert 'class="market-age__used market-age__used--late"' in text


def test_equal_rows_stay_oldest_first_both_ways(people):
    made = [aged(people, days) for days in (1, 9, 5)]
    order = [made[1].number, made[2].number, made[0].number]
    assert shown(people, "?tri=fournisseur")[0] == order
    assert shown(people, "?tri=-fournisseur")[0] == order


def test_choices_are_kept_in_the_addresses(people):
    aged(people, 3)
    text = shown(people, "?zone=a-prendre&etat=instruction&tri=delai&page=1")[1]
    for url in (
        "?etat=instruction&amp;tri=delai",
        "?zone=a-prendre&amp;tri=delai",
        "?zone=a-prendre&amp;etat=instruction&amp;tri=-delai",
        "?zone=a-prendre&amp;etat=instruction&amp;tri=-age",
        "?zone=a-prendre&amp;etat=instruction",
    ):
        assert f'href="{url}"' in text, url


def test_pages_keep_order_filter_and_sort(people, monkeypatch):
    monkeypatch.setattr("qualification.views.instruction.PAGE_SIZE", 2)
    made = [aged(people, days) for days in (1, 2, 3)]
    first, text = shown(people, "?tri=age&zone=a-prendre")
    last, _ = shown(people, "?tri=age&zone=a-prendre&page=2")
    assert first + last == [dossier.number for dossier in made]
    assert "?tri=age&amp;zone=a-prendre&amp;page=2" in text


def test_filters(people):
    late, waiting = aged(people, 60), aged(people, 1, upto="checking")
    rows = queue_for(people.actor("officer"))

    def numbers(**choices):
        return [row.dossier.number for row in filtered(rows, **choices)]

    assert numbers(zone="en-retard") == [late.number]
    assert numbers(state="checking") == [waiting.number]
    assert numbers(zone="a-prendre", state="instruction") == [late.number]
    assert numbers(zone="x", state="draft") == numbers()
    assert arranged(rows, "") == rows


def test_an_empty_queue_says_when_the_next_comes_back(people):
    assert "Le prochain" not in shown(people)[1]
    dossier = builders.make_dossier(people, upto="instruction")
    builders.ask_corrections(dossier, people)
    due = CorrectionRequest.objects.get().due_on
    text = shown(people, "?zone=a-prendre")[1]
    assert "Aucun dossier dans ce filtre." in " ".join(text.split())
    assert "Le prochain revient de correction au plus tard le" in text
    assert f'datetime="{due.isoformat()}"' in text


def test_the_supplier_reads_its_place_among_those_that_wait(people):
    old, mine, recent = aged(people, 40), aged(people, 20), aged(people, 3)
    builders.ask_corrections(recent, people)
    assert [place_of(dossier).rank for dossier in (old, mine)] == [1, 2]
    text = client_for(people.manager).get(f"/dossiers/{mine.number}/").content.decode()
    assert "2<sup>e</sup> sur 2\u00a0dossiers" in text
    recent.refresh_from_db()
    assert place_of(recent) is None


def test_an_observation_left_blank_says_what_to_write(people):
    dossier, client = aged(people, 3), client_for(people.officer)
    client.post(f"/dossiers/{dossier.number}/prendre/", {"has_interest": "non", "version": dossier.version})
    answer = client.post(f"/dossiers/{dossier.number}/constats/exit/", {"verdict": "conform"})
    assert answer.status_code == 400
    assert "Dites ce que vous avez vu et comment le réparer" in answer.content.decode()
