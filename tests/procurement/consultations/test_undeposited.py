"""Drafts that nobody deposited: destroyed with the closing, journalled without their content."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from marketplace.audit.models import AuditEvent
from marketplace.notifications.models import Notification
from procurement.consultations import writing
from procurement.models import Consultation, ResponseDraft, SealedDeposit
from tests.procurement.consultation_builders import make_deposit, make_draft, make_supplier

pytestmark = pytest.mark.django_db
SECRET = "Notre prix secret"


def folders():
    root = Path(settings.RESPONSE_DRAFTS_ROOT)
    return list(root.iterdir()) if root.is_dir() else []


def lines():
    return AuditEvent.objects.filter(object_type="procurement.consultation", what="destroy_drafts")


def test_the_closing_destroys_what_was_never_deposited(room, django_capture_on_commit_callbacks):
    made = room.published()
    with django_capture_on_commit_callbacks(execute=True):
        deposited = make_deposit(made, make_supplier(name="Nuage Exemple A")[1])
    manager = make_supplier(name="Nuage Exemple B")[1]
    make_draft(made, manager, proposal=SECRET, files=1)
    assert len(folders()) == 1 and any(folders()[0].iterdir())
    Notification.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        room.closed(made)
    assert not ResponseDraft.objects.exists() and folders() == []
    assert list(SealedDeposit.objects.all()) == [deposited]
    told = Notification.objects.get(user=manager.user)
    assert "Brouillon détruit" in told.subject and SECRET not in told.body


def test_the_journal_says_the_same_with_and_without_any(room, django_capture_on_commit_callbacks):
    with_one, without = room.published(), room.published()
    make_draft(with_one, make_supplier()[1], proposal=SECRET)
    for consultation in (with_one, without):
        room.closed(consultation)
    told = [(one.what, getattr(one.side, "detail", None)) for one in lines().select_related("side")]
    assert len(told) == 2 and told[0] == told[1]


def test_a_consultation_stopped_before_its_closing_destroys_them_too(
    room, django_capture_on_commit_callbacks
):
    made = room.published()
    make_draft(made, make_supplier()[1], proposal=SECRET)
    with django_capture_on_commit_callbacks(execute=True):
        writing.declare_sans_suite(made, actor=room.purchasing, reason="Besoin abandonné.")
    assert Consultation.objects.get().state == "sans_suite"
    assert not ResponseDraft.objects.exists() and folders() == [] and lines().count() == 1
