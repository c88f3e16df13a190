"""The menu: at most six entries, only what the role opens and what exists."""

import pytest
from django.urls import resolve

from marketplace.accounts.actors import ANONYMOUS
from marketplace.accounts.enums import Role
from marketplace.ui import navigation
from tests.builders import actor_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_each_entry_of_each_role_answers(role: str) -> None:
    links = navigation.links_for(actor_for(role), path="/")
    assert 1 <= len(links) <= 6
    for link in links:
        resolve(link.path)


def test_visitors_see_no_desk() -> None:
    assert "Mon bureau" not in [link.label for link in navigation.links_for(ANONYMOUS, path="/")]


def test_entries_follow_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "exists", lambda path: True)
    officer = [link.label for link in navigation.links_for(actor_for("qualification_officer"), path="/")]
    curator = [link.label for link in navigation.links_for(actor_for("curator"), path="/")]
    assert "Instruction" in officer
    assert "Modération" not in officer
    assert "Modération" in curator
    assert "Instruction" not in curator
    decider = [link.label for link in navigation.links_for(actor_for("decision_maker"), path="/")]
    assert "Décisions" in decider and "Décisions" not in officer + curator


def test_current_page_and_its_section(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "exists", lambda path: True)
    actor = actor_for("requester")

    def current(path: str) -> dict[str, str]:
        return {link.label: link.current for link in navigation.links_for(actor, path=path) if link.current}

    assert current("/projets/") == {"Projets": "page"}
    assert current("/projets/PRJ-2026-0001/") == {"Projets": "true"}
    assert current("/contrats/CTR-2026-0001/") == {"Commandes et contrats": "true"}
