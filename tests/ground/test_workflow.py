"""The one way to change a state: lock, compare, journal, in one transaction."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.accounts.actors import system_actor
from marketplace.accounts.models import Organisation
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken, VersionStale
from marketplace.workflow import Move, moves
from tests.builders import actor_for, make_organisation

BEAT = system_actor("essai")
PROOF = {"proof_kind": "courrier", "proof_reference": "R-1", "proof_date": "2026-11-01"}


def test_a_moves_table_refuses_a_name_given_twice():
    with pytest.raises(ValueError, match="twice"):
        moves(Move("go", frozenset({"a"}), "b"), Move("go", frozenset({"b"}), "c"))


@pytest.mark.django_db
def test_a_move_changes_state_version_and_journal_together():
    support = actor_for("support")
    organisation = make_organisation(state="pending")
    organisation.verify(actor=support, **PROOF)
    assert (organisation.state, organisation.version) == ("verified", 2)
    line = AuditEvent.objects.get(object_type="accounts.organisation", object_id=organisation.pk)
    assert (line.what, line.from_state, line.to_state, line.user_id) == (
        "verify",
        "pending",
        "verified",
        support.user.pk,
    )


@pytest.mark.django_db
def test_a_move_from_the_wrong_state_is_refused_in_french_and_changes_nothing():
    organisation = make_organisation(state="pending")
    with pytest.raises(MoveRefused) as refusal:
        organisation.close(actor=BEAT, reason="essai")
    assert "Fermer l’organisation" in refusal.value.message
    assert "À vérifier" in refusal.value.message
    organisation.refresh_from_db()
    assert (organisation.state, organisation.version) == ("pending", 1)
    assert not AuditEvent.objects.filter(object_id=organisation.pk).exists()


@pytest.mark.django_db
def test_the_version_read_is_compared_under_the_lock():
    organisation = make_organisation(state="pending")
    with pytest.raises(VersionStale) as stale:
        organisation.verify(actor=BEAT, expected_version=7, **PROOF)
    assert stale.value.current == 1


@pytest.mark.django_db
def test_a_refusal_inside_apply_leaves_the_row_as_it_was():
    organisation = make_organisation(state="pending")

    def refuse(row: Organisation) -> None:
        row.name = "Autre"
        raise RuleBroken("no", "Non.")

    with pytest.raises(RuleBroken):
        organisation.touch("edit", actor=BEAT, apply=refuse)
    organisation.refresh_from_db()
    assert organisation.name != "Autre"
    assert organisation.version == 1


@pytest.mark.django_db
def test_the_database_refuses_a_state_that_does_not_exist():
    organisation = make_organisation()
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=organisation.pk).update(state="nowhere")


@pytest.mark.django_db(transaction=True)
def test_two_connections_that_compete_for_one_move_give_one_winner():
    organisation = make_organisation(state="pending")
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def verify() -> None:
        try:
            row = Organisation.objects.get(pk=organisation.pk)
            together.wait(timeout=10)
            row.verify(actor=BEAT, **PROOF)
            outcomes.append("verified")
        except MoveRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=verify) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["refused", "verified"]
    assert AuditEvent.objects.filter(object_id=organisation.pk, what="verify").count() == 1
