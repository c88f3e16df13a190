"""Evidence of a decided dossier that anybody may read: whole, without its hidden parts, or not at all."""

from __future__ import annotations

import io

import pikepdf
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.audit.models import AuditEvent
from marketplace.documents.pdf import compile_pdf
from marketplace.documents.pdf_words import Unreadable, words_of_pdf
from marketplace.errors import RuleBroken
from marketplace.files.models import FileAccess, StoredFile
from marketplace.files.store import content_of
from qualification import evidence as keeping
from qualification.handing_out import PAGE_EMPTY, PAGE_HIDDEN, TEMPLATE, pages_of
from qualification.models import Decision, Evidence, EvidenceCopy
from qualification.redaction import HIDDEN
from tests.builders import client_for, make_member
from tests.qualification import builders

pytestmark = pytest.mark.django_db
SECRET = "chiffre d’affaires de 12 M€"
WHY = {"ground": "business", "reason": "Le montant est un secret des affaires."}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64 + b"IEND\xaeB`\x82"
OPEN_PAGE, CLOSED_PAGE = "La sauvegarde est quotidienne.", "Plan des locaux du centre de données."


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


@pytest.fixture
def decision(people) -> Decision:
    dossier = builders.make_dossier(people, upto="decided")
    return Decision.objects.get(dossier=dossier)


def pdf(*pages: str) -> bytes:
    """A PDF of so many pages, with the secret in its metadata too."""
    with pikepdf.Pdf.new() as made:
        for words in pages:
            data = {"title": "Essai", "author": "Essai", "description": "Essai", "facts": [], "note": words}
            one = compile_pdf(TEMPLATE, {**data, "pages": []}, when=timezone.now())
            made.pages.extend(pikepdf.Pdf.open(io.BytesIO(one)).pages)
        made.docinfo["/Subject"] = SECRET
        kept = io.BytesIO()
        made.save(kept)
    return kept.getvalue()


def keep(people, decision, content: bytes, name: str) -> Evidence:
    upload = SimpleUploadedFile(name, content)
    made = keeping.keep(actor=people.actor("editor"), title="Politique de sauvegarde", upload=upload)
    builders.join_decided(made, decision.dossier)
    return made


def page(decision, evidence) -> str:
    return f"/dossiers/{decision.dossier.number}/decision/first/preuves/{evidence.number}/communiquer/"


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).replace("\u00a0", " ").split())


def everything_in(content: bytes) -> bytes:
    """Every stream of a PDF, decoded, and its dictionaries."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        streams = [one.read_bytes() for one in opened.objects if isinstance(one, pikepdf.Stream)]
        told = [str(value).encode() for value in opened.docinfo.values()]
    return b"\n".join([*streams, *told, content])


def test_only_who_instructs_or_decides_says_it(people, decision):
    evidence = keep(people, decision, b"Texte", "preuve.txt")
    for member in (people.manager, people.editor, make_member("auditor"), make_member("curator")):
        assert client_for(member).post(page(decision, evidence), {"outcome": "whole"}).status_code in (
            403,
            404,
        )
    assert client_for(None).post(page(decision, evidence), {"outcome": "whole"}).status_code == 302
    stray = builders.make_evidence(people)
    assert client_for(people.officer).get(page(decision, stray)).status_code == 404, "not of this dossier"
    assert not EvidenceCopy.objects.exists()


def test_of_a_pdf_what_is_hidden_is_nowhere_in_the_copy(people, decision):
    original = pdf(f"{OPEN_PAGE} Notre {SECRET} le permet.", CLOSED_PAGE, "Fin du document.")
    evidence = keep(people, decision, original, "preuve.pdf")
    told = {"outcome": "redacted", "passages": SECRET, "pages": "2", **WHY}
    officer = client_for(people.officer)
    seen = officer.post(page(decision, evidence), told | {"apercu": "1"}).content.decode()
    assert HIDDEN in seen and PAGE_HIDDEN in seen and OPEN_PAGE in seen and CLOSED_PAGE not in seen
    assert not EvidenceCopy.objects.exists()
    assert officer.post(page(decision, evidence), told).status_code == 302
    copy = EvidenceCopy.objects.get()
    got = client_for(None).get(f"/decisions/preuves/{copy.uuid}/copie/")
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    text, inside = words(got.content), everything_in(got.content)
    assert OPEN_PAGE in text and HIDDEN in text and "Fin du document." in text and WHY["reason"] in text
    for secret in (SECRET, "12 M€", CLOSED_PAGE, "locaux"):
        assert secret not in text
        assert secret.encode() not in inside and secret.encode("utf-16-be") not in inside
    # The original stays as it came; the officer's readings are in its journal.
    assert content_of(Evidence.objects.get().file) == original
    assert FileAccess.objects.filter(file=evidence.file, user=people.officer.user).count() == 2
    said = AuditEvent.objects.get(what="hand_out_evidence")
    assert SECRET not in str(said.side.detail) and said.side.reason == WHY["reason"]


@pytest.mark.parametrize("name", ["preuve.txt", "preuve.csv"])
def test_of_a_text_the_rest_is_given(people, decision, name):
    evidence = keep(people, decision, f"nom;valeur\nCA;{SECRET}\nVilles;Lyon\n".encode(), name)
    told = {"outcome": "redacted", "passages": SECRET.upper(), **WHY}
    assert client_for(people.officer).post(page(decision, evidence), told).status_code == 302
    got = client_for(None).get(f"/decisions/preuves/{EvidenceCopy.objects.get().uuid}/copie/")
    assert got.content.decode() == f"nom;valeur\nCA;{HIDDEN}\nVilles;Lyon\n"


def test_whole_then_withheld_and_what_each_reads(people, decision):
    evidence = keep(people, decision, PNG, "schema.png")
    officer, visitor, supplier = client_for(people.officer), client_for(None), client_for(people.manager)
    officer.post(f"/dossiers/{decision.dossier.number}/decision/first/publier/", {"passages": ""})
    assert officer.post(page(decision, evidence), {"outcome": "whole"}).status_code == 302
    first = EvidenceCopy.objects.get()
    assert visitor.get(f"/decisions/preuves/{first.uuid}/copie/").content == PNG
    assert f"/decisions/preuves/{first.uuid}/copie/" in visitor.get("/decisions/").content.decode()
    assert officer.post(page(decision, evidence), {"outcome": "withheld", **WHY}).status_code == 302
    # The later word replaces the former: what was given is given no more.
    assert visitor.get(f"/decisions/preuves/{first.uuid}/copie/").status_code == 404
    listed = visitor.get("/decisions/").content.decode()
    assert "non communiquée (secret des affaires" in listed and WHY["reason"] in listed
    assert str(first.uuid) not in listed and evidence.title not in listed
    own = supplier.get(evidence.get_absolute_url()).content.decode()
    assert "Ce que chacun peut en lire" in own and WHY["reason"] in own
    assert WHY["reason"] in supplier.get(f"/dossiers/{decision.dossier.number}/decision/").content.decode()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "redacted", "passages": "absent de la preuve", **WHY}, "passages"),
        ({"outcome": "redacted", "passages": "e", **WHY}, "passages"),
        ({"outcome": "redacted", "passages": "x" * 501, **WHY}, "passages"),
        ({"outcome": "redacted", "pages": "9", **WHY}, "pages"),
        ({"outcome": "redacted", "pages": "deux", **WHY}, "pages"),
        ({"outcome": "redacted", **WHY}, "passages"),
        ({"outcome": "redacted", "pages": "1", "ground": "", "reason": "x"}, "ground"),
        ({"outcome": "withheld", "ground": "business", "reason": " "}, "reason"),
        ({"outcome": "whole", "passages": "quotidienne"}, "outcome"),
    ],
)
def test_what_would_hide_nothing_or_say_no_reason_is_refused(people, decision, told, field):
    evidence = keep(people, decision, pdf(OPEN_PAGE), "preuve.pdf")
    refused = client_for(people.officer).post(page(decision, evidence), told)
    text = refused.content.decode()
    assert refused.status_code == 400 and f'href="#id_{field}' in text
    for typed in (told.get("passages", ""), told.get("pages", ""), told.get("reason", "").strip()):
        assert typed in text
    assert not EvidenceCopy.objects.exists()


def locked() -> bytes:
    with pikepdf.open(io.BytesIO(pdf(OPEN_PAGE))) as opened:
        kept = io.BytesIO()
        opened.save(kept, encryption=pikepdf.Encryption(owner="a", user="b"))
    return kept.getvalue()


def scanned() -> bytes:
    with pikepdf.Pdf.new() as made:
        made.add_blank_page()
        kept = io.BytesIO()
        made.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (scanned, "numerise.pdf"),
        (lambda: b"%PDF-1.7\n%%EOF\n", "vide.pdf"),
        (lambda: PNG, "schema.png"),
    ],
)
def test_what_has_no_words_is_given_whole_or_not_at_all(people, decision, content, name):
    evidence = keep(people, decision, content(), name)
    told = {"outcome": "redacted", "pages": "1", **WHY}
    refused = client_for(people.officer).post(page(decision, evidence), told).content.decode()
    assert "communiquez-la en entier, ou pas du tout" in refused and 'href="#id_outcome' in refused
    told = {"outcome": "withheld", **WHY}
    assert client_for(people.officer).post(page(decision, evidence), told).status_code == 302
    assert (
        client_for(None).get(f"/decisions/preuves/{EvidenceCopy.objects.get().uuid}/copie/").status_code
        == 404
    )


def test_a_page_without_words_says_so(people, decision):
    with pikepdf.open(io.BytesIO(pdf(OPEN_PAGE, CLOSED_PAGE))) as opened:
        opened.add_blank_page()
        kept = io.BytesIO()
        opened.save(kept)
    evidence = keep(people, decision, kept.getvalue(), "preuve.pdf")
    told = {"outcome": "redacted", "pages": "2", "apercu": "1", **WHY}
    seen = client_for(people.officer).post(page(decision, evidence), told).content.decode()
    assert PAGE_EMPTY in seen


def test_a_file_that_never_ends_is_unreadable(monkeypatch):
    monkeypatch.setattr("marketplace.documents.pdf_words.CLOCK_SECONDS", 0.01)
    with pytest.raises(Unreadable):
        words_of_pdf(pdf(OPEN_PAGE))


def test_one_under_a_password_is_unreadable_and_no_evidence(people, decision):
    with pytest.raises(Unreadable):
        words_of_pdf(locked())
    upload = SimpleUploadedFile("verrouille.pdf", locked())
    told = {"title": "Politique de sauvegarde", "upload": upload}
    refused = client_for(people.editor).post("/mes-preuves/ajouter/", told)
    text = refused.content.decode()
    assert refused.status_code == 400 and 'href="#id_upload"' in text and "Politique de sauvegarde" in text
    assert "il est protégé par un mot de passe" in text
    assert not Evidence.objects.exists() and not StoredFile.objects.filter(name="verrouille.pdf").exists()


def test_pages_as_they_are_typed():
    assert pages_of("2, 5-7\n 6 ") == [2, 5, 6, 7] and pages_of("") == []
    for bad in ("0", "7-5", "a", "1-", "99999"):
        with pytest.raises(RuleBroken):
            pages_of(bad)


def test_one_piece_of_evidence_or_ten_cost_the_same_queries(people, decision, django_assert_max_num_queries):
    officer = client_for(people.officer)
    officer.post(f"/dossiers/{decision.dossier.number}/decision/first/publier/", {"passages": ""})

    def cost() -> int:
        with django_assert_max_num_queries(100) as seen:
            client_for(None).get("/decisions/")
            officer.get(f"/dossiers/{decision.dossier.number}/decision/")
        return len(seen)

    def say() -> None:
        evidence = keep(people, decision, b"Texte", "preuve.txt")
        assert officer.post(page(decision, evidence), {"outcome": "whole"}).status_code == 302

    say()
    cost()
    before = cost()
    for _ in range(4):
        say()
    assert cost() == before


def test_the_same_by_api(people, decision):
    evidence = keep(people, decision, f"CA;{SECRET}\nVilles;Lyon\n".encode(), "preuve.txt")
    officer, api = client_for(people.officer), f"/api/v1/dossiers/{decision.dossier.uuid}/"
    asked = {"stage": "first", "evidence": evidence.number, "outcome": "redacted", "passages": [SECRET]}
    refused = officer.post(f"{api}hand-out/", asked, content_type="application/json")
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (400, ["ground"])
    made = officer.post(f"{api}hand-out/", asked | WHY, content_type="application/json")
    assert made.status_code == 201
    got = client_for(None).get(made.json()["url"])
    assert got.content.decode() == f"CA;{HIDDEN}\nVilles;Lyon\n"
    (told,) = client_for(people.manager).get(f"{api}evidence-copies/").json()
    assert (told["outcome"], told["ground"], told["url"]) == ("redacted", "business", made.json()["url"])
    assert SECRET not in str(told)
    for member in (people.manager, make_member("curator")):
        sent = client_for(member).post(f"{api}hand-out/", asked | WHY, content_type="application/json")
        assert sent.status_code in (403, 404)
    copied = officer.post(f"{api}redact/", {"stage": "first"}, content_type="application/json")
    assert copied.status_code == 201
    assert client_for(None).get(copied.json()["url"]).status_code == 200
    other = {"stage": "appeal"}
    assert officer.post(f"{api}redact/", other, content_type="application/json").status_code == 404
