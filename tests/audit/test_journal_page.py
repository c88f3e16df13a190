import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.actors import Actor, system_actor
from marketplace.accounts.enums import Role
from marketplace.audit.chain import seal_events
from marketplace.audit.export import plain
from marketplace.audit.journal import record
from marketplace.audit.listing import PER_PAGE
from marketplace.audit.models import AuditEvent, AuditSide, AuditVerification
from tests.builders import client_for, make_member, make_organisation

pytestmark = pytest.mark.django_db
PAGE, EXPORT = "/pilotage/journal/", "/pilotage/journal/export.csv"


@pytest.fixture
def auditor():
    return client_for(make_member(Role.AUDITOR))


def rows_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("role", [None, Role.REQUESTER, Role.SUPPLIER_EDITOR, Role.CURATOR])
def test_who_does_not_read_it(role: str | None) -> None:
    assert client_for(None).get(PAGE).status_code == 302
    browser = client_for(make_member(*([role] if role else [])))
    assert [browser.get(address).status_code for address in (PAGE, EXPORT)] == [403, 403]


def test_the_auditor_reads_everything_and_an_organisation_its_own(auditor) -> None:
    admin = make_member(Role.ORGANISATION_ADMIN)
    mine = record(admin.organisation, "close", actor=system_actor("essai"), reason="Motif à nous")
    other = record(make_organisation(), "close", actor=system_actor("essai"), reason="Motif des autres")
    seen = [line.uuid for line in auditor.get(PAGE).context["slice"].lines]
    assert {mine.uuid, other.uuid} <= set(seen)
    browser = client_for(admin)
    page = browser.get(PAGE)
    assert [line.uuid for line in page.context["slice"].lines] == [mine.uuid]
    assert "Motif des autres" not in page.content.decode()
    assert "Motif des autres" not in str(rows_of(browser.get(EXPORT)))


def test_an_event_reads_as_a_sentence(auditor) -> None:
    member = make_member(Role.REQUESTER)
    record(
        member.organisation,
        "verify",
        actor=Actor.of(member),
        from_state="pending",
        to_state="verified",
        reason="Vu",
    )
    page = auditor.get(PAGE).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    assert "Vérifier l’organisation, de « à vérifier » à « vérifiée »" in page
    assert f"{member.user.full_name}, {member.organisation.name}" in page
    AuditSide.objects.all().delete()
    assert "Personne effacée" in auditor.get(PAGE).content.decode()


def test_filters(auditor) -> None:
    member = make_member(Role.REQUESTER)
    organisation = member.organisation
    record(organisation, "close", actor=Actor.of(member))
    record(organisation, "verify", actor=system_actor("essai"))
    today = timezone.localdate()

    def found(**query: object) -> list[str]:
        return [
            event["what"]
            for event in AuditEvent.objects.filter(
                uuid__in=[line.uuid for line in auditor.get(PAGE, query).context["slice"].lines]
            ).values("what")
        ]

    assert sorted(found(du=today, au=today, objet="accounts.organisation")) == ["close", "verify"]
    assert found(acte="close") == ["close"]
    assert found(personne=member.user.email) == ["close"]
    assert found(personne=member.user.full_name.upper()) == ["close"]
    assert sorted(found(numero=str(organisation.number))) == ["close", "verify"]
    assert found(au=today - dt.timedelta(days=1)) == []
    assert "Aucun événement sur cette période" in auditor.get(PAGE, {"acte": "rien"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"du": "hier"},
        {"du": "2026-02-02", "au": "2026-01-01"},
        {"objet": "x"},
        {"numero": "x" * 50},
        {"acte": "a\x00b"},
    ],
)
def test_a_bad_filter_is_said(auditor, query: dict[str, str]) -> None:
    assert auditor.get(PAGE, query).status_code == 400
    assert auditor.get(EXPORT, query).status_code == 400


def test_pages_by_cursor_lose_and_repeat_nothing(auditor) -> None:
    organisation = make_organisation()
    for n in range(2 * PER_PAGE + 5):
        record(organisation, f"act{n}", actor=system_actor("essai"))
    wanted = list(AuditEvent.objects.order_by("-pk").values_list("uuid", flat=True))
    first = auditor.get(PAGE).context["slice"]
    # Written meanwhile: the pages that follow do not move.
    record(organisation, "later", actor=system_actor("essai"))
    second = auditor.get(PAGE, {"avant": first.older}).context["slice"]
    third = auditor.get(PAGE, {"avant": second.older}).context["slice"]
    seen = [line.uuid for part in (first, second, third) for line in part.lines]
    assert seen == wanted
    assert (first.newer, third.older) == ("", "")
    back = auditor.get(PAGE, {"apres": third.newer}).context["slice"]
    assert [line.uuid for line in back.lines] == [line.uuid for line in second.lines]
    assert auditor.get(PAGE, {"avant": "n’importe quoi"}).status_code == 200


def test_the_state_of_the_chain(auditor) -> None:
    assert "Journal pas encore vérifié" in auditor.get(PAGE).content.decode()
    AuditVerification.objects.create(verified=48212)
    assert "Journal intègre" in auditor.get(PAGE).content.decode()
    AuditVerification.objects.create(
        verified=48212,
        broken_seq=48213,
        broken_at=timezone.now(),
        problems=["Chaîne rompue à l’événement 48213"],
    )
    page = auditor.get(PAGE).content.decode()
    assert "Chaîne rompue à l’événement 48\u202f213" in page
    assert "événements précédents restent vérifiés" in page


def test_the_export_is_safe_in_a_spreadsheet(auditor) -> None:
    member = make_member(Role.REQUESTER)
    record(
        member.organisation, "close", actor=Actor.of(member), reason='=HYPERLINK("http://mauvais.example")'
    )
    seal_events()
    response = auditor.get(EXPORT)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="journal-' in response["Content-Disposition"]
    header, row = rows_of(response)
    assert header[:3] == ["Maillon", "Date", "Objet"]
    assert row[0] == "1"
    assert row[9] == '\'=HYPERLINK("http://mauvais.example")'


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "%0A", "|x"])
def test_formulas_become_text(value: str) -> None:
    assert plain(value) == f"'{value}"


@pytest.mark.parametrize("value", ["", "Motif", "1-1", "a=b", "« oui »"])
def test_plain_text_stays(value: str) -> None:
    assert plain(value) == value


def test_one_and_fifty_events_cost_the_same(auditor) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert auditor.get(PAGE).status_code == 200
        return len(captured)

    record(make_organisation(), "close", actor=Actor.of(make_member(Role.REQUESTER)))
    before = cost()
    for _ in range(PER_PAGE - 1):
        record(make_organisation(), "close", actor=Actor.of(make_member(Role.REQUESTER)))
    assert cost() == before
