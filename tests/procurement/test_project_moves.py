"""Every (state, move) of a project, then who may do what."""

import datetime as dt

import pytest

from marketplace.accounts.abilities import allowed
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from procurement.abilities import project_abilities, projects_abilities
from procurement.actions.projects import add_author, create_project, edit_project
from procurement.enums import ProjectState
from procurement.models import Project
from procurement.states import PROJECT
from tests.builders import actor_for, make_organisation
from tests.procurement.builders import Administration, make_project

pytestmark = pytest.mark.django_db

MOVES = {
    ("draft", "assess"): "assessed",
    ("assessed", "source"): "sourcing",
    ("sourcing", "buy"): "buying",
    ("buying", "run"): "running",
    ("running", "close"): "closed",
    ("draft", "abandon"): "abandoned",
    ("assessed", "abandon"): "abandoned",
    ("sourcing", "abandon"): "abandoned",
    ("buying", "abandon"): "abandoned",
}


@pytest.mark.parametrize("state", ProjectState.values)
@pytest.mark.parametrize("move", sorted(PROJECT))
def test_every_state_and_move(state, move):
    administration = Administration()
    project = make_project(administration)
    Project.objects.filter(pk=project.pk).update(state=state)
    project.refresh_from_db()
    given = {"reason": "Besoin disparu."} if move == "abandon" else {}
    if (state, move) in MOVES:
        getattr(project, move)(actor=administration.requester, **given)
        assert project.state == MOVES[state, move]
    else:
        with pytest.raises(MoveRefused):
            getattr(project, move)(actor=administration.requester, **given)
        project.refresh_from_db()
        assert project.state == state


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_only_requesters_of_an_administration_open_projects(role):
    actor = actor_for(role)
    if role == Role.REQUESTER:
        assert create_project(actor=actor, title="Essai").organisation == actor.organisation
    else:
        assert not allowed(projects_abilities(actor), "create")
        with pytest.raises(NotAllowed):
            create_project(actor=actor, title="Essai")


def test_visible_to_the_members_of_the_administration_and_the_auditor():
    administration = Administration()
    project = make_project(administration)
    seen = [administration.requester, administration.rssi, administration.person(Role.FINANCE)]
    seen.append(actor_for(Role.AUDITOR))
    unseen = [
        actor_for(Role.REQUESTER),
        actor_for(Role.SUPPLIER_MANAGER),
        actor_for(Role.SUPPORT),
        actor_for(organisation=administration.organisation),
    ]
    assert all(project in Project.objects.visible_to(actor) for actor in seen)
    assert not any(project in Project.objects.visible_to(actor) for actor in unseen)


def test_another_requester_writes_once_added_as_author():
    administration = Administration()
    project = make_project(administration)
    other = administration.person(Role.REQUESTER)
    assert "parmi les auteurs" in project_abilities(other, project)["edit"]
    add_author(project, actor=administration.requester, user=other.user)
    assert project_abilities(other, Project.objects.get(pk=project.pk))["edit"] == ""


def test_an_author_comes_from_the_same_administration():
    administration = Administration()
    project = make_project(administration)
    stranger = actor_for(Role.REQUESTER, organisation=make_organisation())
    for person in (stranger, administration.rssi):
        with pytest.raises(RuleBroken) as refused:
            add_author(project, actor=administration.requester, user=person.user)
        assert refused.value.fields.keys() == {"author"}


def test_an_edit_on_a_stale_version_is_refused_and_nothing_is_written():
    administration = Administration()
    project = make_project(administration)
    read = project.version
    edit_project(project, actor=administration.requester, expected_version=read, title="Premier")
    with pytest.raises(VersionStale):
        edit_project(project, actor=administration.requester, expected_version=read, title="Second")
    assert Project.objects.get(pk=project.pk).title == "Premier"


def test_end_before_start_names_the_field_and_the_remedy():
    administration = Administration()
    with pytest.raises(RuleBroken) as refused:
        make_project(administration, starts_on=dt.date(2027, 3, 3), ends_on=dt.date(2027, 3, 1))
    assert refused.value.fields == {
        "ends_on": [
            "La date de fin (01/03/2027) précède le début (03/03/2027). "
            "Choisissez une date à partir du 03/03/2027."
        ]
    }
