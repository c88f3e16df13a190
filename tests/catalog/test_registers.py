"""A register read again: who may, what the preview shows, what confirming writes and undoing brings back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import RegisterDifference, RegisterImport, TrustMark
from catalog.registers import actions as registers
from catalog.registers.specs import REGISTERS
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed
from marketplace.reference.releases import current_release
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import (
    REGISTER_LINES,
    make_mark,
    make_offer,
    read_and_confirm,
    read_register,
    register_file,
    with_difference,
)
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
API = "/api/v1/register-imports/"
FILE_PAGE = "/pilotage/registres/hds/importer/"


def body(*lines: str, read_on: str = "") -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("liste.csv", register_file(*lines), "text/csv"),
        "edition": "essai",
        "read_on": read_on or timezone.localdate().isoformat(),
        "source": "https://registre.example/",
    }


def certified(decision: str = "900") -> TrustMark:
    return make_mark(
        make_offer(),
        scheme="hds",
        decision_number=decision,
        valid_until=dt.date(2028, 1, 1),
        origin="register",
    )


def test_who_imports_a_register() -> None:
    for role in (None, "requester", "supplier_manager", "qualification_officer", "auditor"):
        member = make_member(role) if role else None
        assert client_for(member).post(FILE_PAGE, body()).status_code in (302, 403)
        answer = client_for_token(member).post(API, {}, format="multipart")
        problem_of(answer, 403 if member else 401)
    assert not RegisterImport.objects.exists()


def test_nothing_changes_before_the_confirmation() -> None:
    mark, curator = certified(), make_member("curator")
    client = client_for(curator)
    answer = client.post(FILE_PAGE, body(*REGISTER_LINES, "Baie;Essai SAS;902;perdue;;"))
    made = RegisterImport.objects.get()
    assert answer["Location"] == f"/pilotage/registres/imports/{made.uuid}/"
    page = client.get(answer["Location"]).content.decode()
    assert mark.offer.name in page and "n’est pas un statut" in page
    assert current_release("hds_register") is None and not RegisterDifference.objects.exists()
    assert "Importer sans les lignes fautives" in page
    refused = client.post(answer["Location"], {"move": "apply", "sha256": made.sha256})
    assert refused.status_code == 400 and current_release("hds_register") is None
    done = client.post(answer["Location"], {"move": "apply", "sha256": made.sha256, "without_faults": "on"})
    assert done.status_code == 302
    release = current_release("hds_register")
    assert release is not None and release.read_on == timezone.localdate()
    assert [row["decision"] for row in release.payload["rows"]] == ["900", "901"]
    task = RegisterDifference.objects.get()
    assert (task.kind, task.offer, task.mark) == ("new", mark.offer, mark)
    assert AuditEvent.objects.filter(what="apply", object_id=made.pk).count() == 1


def test_who_previewed_confirms_on_what_was_previewed() -> None:
    actor = actor_for("curator")
    made = read_register(actor)
    with pytest.raises(NotAllowed):
        registers.confirm(made, sha256=made.sha256, without_faults=False, actor=actor_for("curator"))
    with pytest.raises(MoveRefused) as other:
        registers.confirm(made, sha256="0" * 64, without_faults=False, actor=actor)
    assert other.value.code == "not_what_was_read"
    late = read_register(actor, REGISTER_LINES[0])
    registers.confirm(made, sha256=made.sha256, without_faults=False, actor=actor)
    with pytest.raises(MoveRefused) as meanwhile:
        registers.confirm(late, sha256=late.sha256, without_faults=False, actor=actor)
    assert meanwhile.value.code == "register_changed"


def test_an_older_reading_is_refused() -> None:
    read_and_confirm(actor_for("curator"), days_ago=3)
    client = client_for(make_member("curator"))
    old = (timezone.localdate() - dt.timedelta(days=4)).isoformat()
    page = client.post(FILE_PAGE, body(read_on=old))
    assert page.status_code == 400 and "après cette date" in page.content.decode()
    future = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert client.post(FILE_PAGE, body(read_on=future)).status_code == 400


def test_a_row_gone_is_a_task_and_never_a_loss() -> None:
    task = with_difference(actor_for("curator"))
    assert task.kind == "gone" and task.mark is not None
    assert task.mark.status == "in_force"
    client = client_for(make_member("curator"))
    assert task.offer.name in client.get("/pilotage/registres/ecarts/").content.decode()
    url = f"/pilotage/registres/ecarts/{task.uuid}/"
    assert client.post(url, {"outcome": ""}).status_code == 400
    assert client.post(url, {"outcome": "Perte enregistrée avec son acte."}).status_code == 302
    assert client.post(url, {"outcome": "Encore"}).status_code == 409
    task.refresh_from_db()
    assert task.closed_at is not None and task.closed_by is not None


def test_a_declared_mark_is_not_linked() -> None:
    make_mark(make_offer(), scheme="hds", decision_number="900", origin="declared")
    read_and_confirm(actor_for("curator"))
    assert not RegisterDifference.objects.exists()


def test_what_is_confirmed_is_read_again_and_undoing_brings_the_reading_back() -> None:
    curator, mark = actor_for("curator"), certified()
    first = read_and_confirm(curator, days_ago=9)
    mark.refresh_from_db()
    assert (timezone.localdate() - mark.read_on).days == 9
    second = read_and_confirm(curator, REGISTER_LINES[0])
    mark.refresh_from_db()
    assert mark.read_on == timezone.localdate()
    with pytest.raises(MoveRefused) as not_last:
        registers.undo(first, actor=curator, reason="x")
    assert not_last.value.code == "not_the_last"
    registers.undo(second, actor=curator, reason="Mauvais fichier.")
    assert current_release("hds_register") == first.release
    mark.refresh_from_db()
    assert (timezone.localdate() - mark.read_on).days == 9
    assert not second.differences.filter(closed_at__isnull=True).exists()
    again = registers.prepare(
        REGISTERS["hds"],
        content=register_file(REGISTER_LINES[0]),
        file_name="liste.csv",
        edition=second.edition,
        read_on=second.read_on,
        source=second.source,
        actor=curator,
    )
    registers.confirm(again, sha256=again.sha256, without_faults=False, actor=curator)
    assert current_release("hds_register") == again.release == second.release


def test_the_api_does_as_the_page() -> None:
    mark, curator = certified(), make_member("curator")
    api = client_for_token(curator)
    given = body()
    given["read_at"], given["register"] = given.pop("source"), "hds"
    made = api.post(API, given, format="multipart")
    assert made.status_code == 201, made.content
    said = made.json()
    assert [d["kind"] for d in said["differences"]] == ["new", "new"]
    assert said["differences"][0]["offers"] == [str(mark.offer.uuid)]
    url = made["Location"]
    wrong = api.post(f"{url}apply/", {"sha256": "0" * 64})
    assert problem_of(wrong, 409)["code"] == "not_what_was_read"
    other = client_for_token(make_member("curator")).post(f"{url}apply/", {"sha256": said["sha256"]})
    problem_of(other, 403)
    assert api.post(f"{url}apply/", {"sha256": said["sha256"]}).json()["state"] == "applied"
    problem_of(api.post(f"{url}drop/"), 409)
    tasks = api.get("/api/v1/register-differences/?open=true").json()["results"]
    assert [(task["kind"], task["offer"]) for task in tasks] == [("new", str(mark.offer.uuid))]
    assert api.post(f"{url}undo/", {"reason": "Essai."}).json()["state"] == "undone"
    assert current_release("hds_register") is None
