"""The public copy of a decision: what is marked is not in it, the sealed letter stays."""

from __future__ import annotations

import io

import pypdf
import pytest

from marketplace.audit.models import AuditEvent
from marketplace.files.store import content_of
from qualification.models import Decision, PublicCopy
from qualification.redaction import HIDDEN, passages_of, redacted
from tests.builders import client_for, make_member
from tests.qualification import builders

pytestmark = pytest.mark.django_db
SECRET = "chiffre d’affaires de 12 M€"


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


@pytest.fixture
def decision(people) -> Decision:
    from qualification import decisions

    dossier = builders.make_dossier(people, upto="proposed", outcome="refused")
    return decisions.decide(
        dossier,
        actor=people.actor("decider"),
        outcome="refused",
        reasons=f"Le {SECRET} ne suffit pas.\nLe contact est Mme Exemple.",
        hearing="Entendu hier.",
        no_interest=True,
    )


def page(decision):
    return f"/dossiers/{decision.dossier.number}/decision/first/publier/"


def text_of(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def test_only_who_instructs_or_decides_publishes(people, decision):
    for member in (people.manager, people.editor, make_member("auditor"), make_member("curator")):
        assert client_for(member).post(page(decision), {"passages": ""}).status_code in (403, 404)
    assert client_for(None).post(page(decision), {"passages": ""}).status_code == 302
    assert not PublicCopy.objects.exists()


def test_what_is_marked_is_not_in_the_copy(people, decision):
    sealed = content_of(decision.letter)
    client = client_for(people.officer)
    told = {"passages": f"{SECRET.upper()}\nMme Exemple", "ground": "business"}
    seen = client.post(page(decision), told | {"apercu": "1"})
    assert seen.status_code == 200 and seen.content.decode().count(HIDDEN) >= 2
    assert not PublicCopy.objects.exists()
    assert client.post(page(decision), told).status_code == 302
    copy = PublicCopy.objects.get()
    visitor = client_for(None)
    listed = visitor.get("/decisions/").content.decode()
    assert decision.dossier.number in listed and "Secret des affaires" in listed and SECRET not in listed
    got = visitor.get(f"/decisions/{copy.uuid}/copie/")
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    text = text_of(got.content)
    assert HIDDEN in text and "ne suffit pas" in text
    assert "12 M€" not in text and "Exemple." not in text
    for raw in (b"Mme Exemple", "Mme Exemple".encode("utf-16-be")):
        assert raw not in got.content
    # The letter of the supplier is the one made when it was decided.
    assert content_of(Decision.objects.get(pk=decision.pk).letter) == sealed and SECRET in text_of(sealed)
    assert AuditEvent.objects.filter(what="publish_decision").count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"passages": "absent de la décision", "ground": "business"}, "passages"),
        ({"passages": "e", "ground": "business"}, "passages"),
        ({"passages": SECRET, "ground": ""}, "ground"),
    ],
)
def test_what_would_hide_nothing_or_too_much_is_refused(people, decision, told, field):
    refused = client_for(people.officer).post(page(decision), told)
    text = refused.content.decode()
    assert refused.status_code == 400 and f'href="#id_{field}' in text and told["passages"] in text
    assert not PublicCopy.objects.exists()


def test_a_later_copy_replaces_the_former_one_on_the_page(people, decision):
    client = client_for(people.officer)
    for passages in ("", SECRET):
        client.post(page(decision), {"passages": passages, "ground": "business" if passages else ""})
    first, last = PublicCopy.objects.order_by("pk")
    text = client_for(None).get("/decisions/").content.decode()
    assert str(last.uuid) in text and str(first.uuid) not in text


def test_the_longest_first_and_whatever_the_spaces():
    data = {"a": ["Société\u00a0Exemple SAS", "la SOCIÉTÉ exemple"], "n": 3}
    hidden, found = redacted(data, passages_of("Société Exemple\n\nSociété Exemple SAS\nAbsente"))
    assert hidden == {"a": [HIDDEN, f"la {HIDDEN}"], "n": 3}
    assert found == {"Société Exemple", "Société Exemple SAS"}
