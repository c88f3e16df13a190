"""An analysis: answers, avis of the two officers, decision by somebody who did not write it."""

import pytest
from django.db import Error, transaction

from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed
from marketplace.notifications.models import Notification
from procurement.actions.assessments import (
    decide,
    request_opinions,
    result_now,
    resume,
    save_answers,
    send_back,
    start_assessment,
)
from procurement.actions.opinions import advise_on_assessment, current_opinions
from procurement.enums import AssessmentState
from procurement.models import Assessment, Opinion
from procurement.states import ASSESSMENT
from tests.builders import actor_for, grant
from tests.procurement.builders import (
    PLAIN,
    SENSITIVE,
    Administration,
    advised,
    assessed_project,
    awaiting,
    make_project,
)

pytestmark = pytest.mark.django_db


def give(assessment, actor, kind, verdict="favourable"):
    return advise_on_assessment(assessment, actor=actor, kind=kind, verdict=verdict, text="Avis d’essai.")


@pytest.mark.parametrize("state", AssessmentState.values)
@pytest.mark.parametrize("move", sorted(ASSESSMENT))
def test_every_state_and_move(state, move):
    administration = Administration()
    assessment = awaiting(administration)
    Assessment.objects.filter(pk=assessment.pk).update(state=state)
    assessment.refresh_from_db()
    given = {
        "request_opinions": {"apply": lambda row: None},
        "decide": {"apply": lambda row: None, "reason": "Essai."},
        "send_back": {"reason": "Essai."},
    }.get(move, {})
    if state in ASSESSMENT[move].sources:
        getattr(assessment, move)(actor=administration.requester, **given)
        assert assessment.state == ASSESSMENT[move].target
    else:
        with pytest.raises(MoveRefused):
            getattr(assessment, move)(actor=administration.requester, **given)


def test_the_whole_way_to_the_decision():
    administration = Administration()
    project = assessed_project(administration)
    assessment = project.decided_assessment()
    assert project.state == "assessed"
    assert assessment.decision.decided_by == administration.authority.user
    assert result_now(assessment).level("secnumcloud") == "required"
    assert {release.name for release in assessment.releases.all()} >= {
        "doctrine.circular_6404_sg",
        "doctrine.sren_31",
    }
    assert assessment.facts["sensitive_data"] == ["protected_secret"]
    moves = AuditEvent.objects.filter(object_type="procurement.assessment", object_id=assessment.pk)
    assert list(moves.order_by("pk").values_list("what", flat=True)) == [
        "answer",
        "request_opinions",
        "decide",
    ]


@pytest.mark.parametrize("role", [role.value for role in Role])
@pytest.mark.parametrize(("kind", "needed"), [("rssi", Role.SECURITY_OFFICER), ("dpo", Role.DATA_OFFICER)])
def test_only_the_officer_of_that_kind_gives_the_avis(role, kind, needed):
    administration = Administration()
    assessment = awaiting(administration)
    actor = actor_for(role) if role not in BUYER_SIDE else administration.person(role)
    if role == needed:
        assert give(assessment, actor, kind).given_by == actor.user
    else:
        with pytest.raises(NotAllowed):
            give(assessment, actor, kind)
        assert not Opinion.objects.exists()


BUYER_SIDE = {
    "requester",
    "security_officer",
    "data_officer",
    "qualified_authority",
    "approver",
    "purchasing",
    "dnum",
    "authorising_officer",
    "finance",
    "organisation_admin",
}


def test_the_officer_of_another_administration_gives_no_avis():
    assessment = awaiting(Administration())
    with pytest.raises(NotAllowed):
        give(assessment, actor_for(Role.SECURITY_OFFICER), "rssi")


def test_no_avis_before_it_is_asked():
    administration = Administration()
    assessment = make_project(administration).current_assessment()
    with pytest.raises(MoveRefused):
        give(assessment, administration.rssi, "rssi")


def test_the_decision_waits_for_both_avis_but_not_for_a_yes():
    administration = Administration()
    assessment = awaiting(administration)
    give(assessment, administration.rssi, "rssi", "unfavourable")
    with pytest.raises(MoveRefused) as refused:
        decide(assessment, actor=administration.authority, reason="Essai.")
    assert refused.value.message == "Il manque l’avis\u00a0: DPO."
    give(assessment, administration.dpo, "dpo", "unfavourable")
    decide(assessment, actor=administration.authority, reason="Risque accepté.")
    assert assessment.state == "decided"


def test_who_wrote_the_analysis_never_decides_even_by_another_role():
    administration = Administration()
    grant(administration.requester.membership, Role.QUALIFIED_AUTHORITY)
    assessment = advised(administration)
    both = type(administration.requester).of(administration.requester.membership)
    both.membership._prefetched_objects_cache = {}
    assert both.has(Role.QUALIFIED_AUTHORITY)
    with pytest.raises(NotAllowed) as refused:
        decide(assessment, actor=both, reason="Essai.")
    assert "Vous avez rédigé cette analyse" in refused.value.message
    assert Assessment.objects.get(pk=assessment.pk).state == "awaiting_opinions"


def test_answers_are_frozen_until_the_analysis_is_resumed_and_old_avis_no_longer_count():
    administration = Administration()
    assessment = awaiting(administration)
    give(assessment, administration.rssi, "rssi")
    with pytest.raises(MoveRefused):
        save_answers(assessment, actor=administration.requester, answers=PLAIN)
    resume(assessment, actor=administration.requester)
    save_answers(assessment, actor=administration.requester, answers=PLAIN)
    request_opinions(assessment, actor=administration.requester)
    assert current_opinions(assessment) == {}
    assert assessment.opinions.count() == 1


def test_the_authority_sends_back_with_a_reason_and_the_authors_are_told():
    administration = Administration()
    assessment = advised(administration)
    send_back(assessment, actor=administration.authority, reason="Précisez les secrets.")
    assert assessment.state == "draft"
    told = Notification.objects.filter(user=administration.requester.user, body="Précisez les secrets.")
    assert told.count() == 1


def test_officers_then_authority_are_told():
    administration = Administration()
    assessment = awaiting(administration)

    def told(actor):
        return Notification.objects.filter(user=actor.user).count()

    assert (told(administration.rssi), told(administration.dpo), told(administration.authority)) == (1, 1, 0)
    give(assessment, administration.rssi, "rssi")
    assert told(administration.authority) == 0
    give(assessment, administration.dpo, "dpo")
    assert told(administration.authority) == 1


def test_a_new_decision_replaces_the_old_one_and_keeps_it():
    administration = Administration()
    project = assessed_project(administration)
    first = project.decided_assessment()
    second = start_assessment(project, actor=administration.requester)
    assert (second.number, second.answers) == (2, first.answers)
    save_answers(second, actor=administration.requester, answers={"harms": []})
    request_opinions(second, actor=administration.requester)
    give(second, administration.rssi, "rssi")
    give(second, administration.dpo, "dpo")
    assert project.decided_assessment() == first
    decide(second, actor=administration.authority, reason="Revue annuelle.")
    first.refresh_from_db()
    assert (first.state, project.decided_assessment()) == ("superseded", second)
    assert result_now(first).level("secnumcloud") == "required"
    assert result_now(second).level("secnumcloud") == "not_required"


def test_the_database_refuses_to_change_an_avis_or_a_decision():
    administration = Administration()
    assessment = assessed_project(administration).decided_assessment()
    opinion = assessment.opinions.first()
    with pytest.raises(Error), transaction.atomic():
        Opinion.objects.filter(pk=opinion.pk).update(verdict="favourable")
    with pytest.raises(Error), transaction.atomic():
        assessment.decision.delete()


def test_unknown_answers_stay_unknown():
    administration = Administration()
    assessment = make_project(administration).current_assessment()
    save_answers(assessment, actor=administration.requester, answers={"sensitive_data": None, "harms": []})
    result = result_now(assessment)
    assert "sensitive_data" in result.unknown
    assert result.level("secnumcloud") == "not_required"
    assert SENSITIVE["harms"] != assessment.answers["harms"]
