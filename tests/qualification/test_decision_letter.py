"""The decision letter: seen before deciding, made once at the decision, kept, read by those concerned."""

import hashlib
import io

import pikepdf
import pypdf
import pytest

from marketplace.files.models import StoredFile
from marketplace.files.store import read_file
from marketplace.ui.typography import date_text
from qualification import decisions, disputes
from qualification.models import Decision
from qualification.pdf.decision_letter import letter_data
from tests.builders import client_for
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
TRICK = "#set text(size: 99pt) *gras* <b>x</b>"


@pytest.fixture
def people():
    return builders.make_people()


def decided(people, outcome="refused", reasons=TRICK):
    dossier = builders.make_dossier(people, upto="proposed", outcome=outcome)
    decisions.decide(
        dossier,
        actor=people.actor("decider"),
        outcome=outcome,
        reasons=f"{reasons}\nSecond motif.",
        reserves="Une réserve." if outcome == "listed_with_reserves" else "",
        hearing="Entendu le 20 novembre 2026." if outcome == "refused" else "",
        no_interest=True,
    )
    return Decision.objects.get(dossier=dossier)


def bytes_of(decision, people):
    return read_file(decision.letter, actor=people.actor("manager"))


def text_of(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def test_it_is_pdf_a_3a_and_ua_1_with_tagged_tables(people):
    content = bytes_of(decided(people), people)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.Lang == "fr-FR"
        xmp = pdf.Root.Metadata.read_bytes().decode()
        tags = {str(item.S) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/S" in item}
    assert "<pdfaid:part>3</pdfaid:part>" in xmp and "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert {"/Table", "/TH", "/TD", "/H1", "/H2"} <= tags


def test_it_says_who_what_why_requirement_by_requirement_and_how_to_appeal(people):
    decision = decided(people)
    dossier = decision.dossier
    text = text_of(bytes_of(decision, people))
    for words in (
        f"Décision sur le dossier {dossier.number}",
        people.operator.name,
        "Nuage Exemple SAS",
        people.decider.user.full_name,
        f"Nuage Exemple, n° {dossier.offer.number}",
        "Version jugée : 1",
        "Le référencement est refusé.",
        TRICK,
        "Second motif.",
        "Le client peut partir",
        "Règlement (UE) 2023/2854, article 25.",
        "Vu et conforme.",
        "Entendu le 20 novembre 2026.",
        "Recours gracieux : auprès de l’opérateur, jusqu’au",
        date_text(decision.appeal_until).replace("\u00a0", " "),
        "tribunal administratif",
        "2 mois à compter de la décision",
        f"/dossiers/{dossier.number}/recours/",
        "Le référencement ne vaut ni marché ni agrément.",
    ):
        assert words.replace("\u202f", " ") in text.replace("\u202f", " "), words


@pytest.mark.parametrize(
    ("outcome", "said", "appeal"),
    [
        ("listed", "L’offre est référencée.", False),
        ("listed_with_reserves", "L’offre est référencée avec réserves.", True),
    ],
)
def test_only_what_may_be_appealed_says_how(people, outcome, said, appeal):
    data = letter_data(decided(people, outcome), operator="DINUM")
    assert data["decision"] == said
    assert any("Recours gracieux" in line for line in data["remedies"]) is appeal
    assert bool(data["reserves"]) is (outcome == "listed_with_reserves")
    assert data["hearing"] == ["Aucune observation n’a été consignée."]


def test_it_is_kept_with_its_hash_and_read_by_those_concerned(people):
    decision = decided(people)
    content = bytes_of(decision, people)
    assert decision.letter.sha256 == hashlib.sha256(content).hexdigest()
    assert (decision.letter.owner, decision.letter.media_type) == (people.operator, "application/pdf")
    base = f"/dossiers/{decision.dossier.number}/decision/"
    for who in ("editor", "officer"):
        client = client_for(getattr(people, who))
        assert decision.letter.sha256 in client.get(base).content.decode()
        assert client.get(f"{base}first/lettre/").content == content
    assert client_for(people.manager).get(f"{base}appeal/lettre/").status_code == 404
    assert StoredFile.objects.count() == 1  # reading makes none


def test_by_api_the_last_or_the_one_asked_for(people):
    dossier = builders.make_dossier(people, upto="proposed", outcome="refused")
    client, url = client_for_token(people.manager), f"/api/v1/dossiers/{dossier.uuid}/letter/"
    problem_of(client.get(url), 404)
    builders.decide(dossier, people, "refused")
    first = client.get(url)
    assert (first.status_code, first["Content-Type"]) == (200, "application/pdf")
    builders.lodge_appeal(dossier, people, "refused")
    decisions.decide_appeal(
        dossier,
        actor=people.actor("other_decider"),
        outcome="listed",
        reasons="Refait.",
        no_interest=True,
    )
    assert "Décision sur recours" in text_of(client.get(url).content)
    assert client.get(f"{url}?stage=first").content == first.content
    problem_of(client.get(f"{url}?stage=autre"), 404)


def test_the_preview_says_the_same_words_and_writes_nothing(people):
    dossier = builders.make_dossier(people, upto="proposed", outcome="refused")
    url = f"/dossiers/{dossier.number}/decider/"
    client = client_for(people.decider)
    assert "Voir la lettre avant de décider" in client.get(url).content.decode()
    words = {
        "outcome": "refused",
        "reasons": "Motif typé.",
        "hearing": "Entendu hier.",
        "version": dossier.version,
    }
    early = client.post(url, {**words, "hearing": "", "apercu": "1"})
    assert (early.status_code, "procédure contradictoire" in early.content.decode()) == (400, True)
    seen = client.post(url, {**words, "apercu": "1"})
    text = seen.content.decode()
    assert seen.status_code == 200
    for said in ("Aperçu de la lettre", "Le référencement est refusé.", "Recours gracieux", "Entendu hier."):
        assert said in text, said
    assert text.count("Motif typé.") == 2  # in the letter, and still in the form
    assert not Decision.objects.exists()
    assert not StoredFile.objects.exists()
    assert client.post(url, words | {"no_interest": "on"}).status_code == 302


def test_an_answered_dispute_is_told(people):
    run = builders.make_failed_run(people)
    dispute = builders.contest(run, people, with_file=False)
    disputes.reject(dispute, actor=people.actor("officer"), reason="Non.")
    builders.propose(run.dossier, people, "refused")
    builders.decide(run.dossier, people, "refused")
    data = letter_data(Decision.objects.get(), operator="DINUM")
    assert data["exchanges"] == [
        f"Contestation {dispute.number} du contrôle «\u00a0Conditions de sortie\u00a0»\u00a0: rejetée."
    ]


def test_the_state_brand_prints_in_marianne(people, settings, tmp_path):
    settings.BRAND_STATE, settings.VAR_DIR = True, tmp_path
    from marketplace.documents import fonts

    fonts._unpacked.cache_clear()
    try:
        with pikepdf.open(io.BytesIO(bytes_of(decided(people), people))) as pdf:
            names = {
                str(i.FontName) for i in pdf.objects if isinstance(i, pikepdf.Dictionary) and "/FontName" in i
            }
    finally:
        fonts._unpacked.cache_clear()
    assert any("Marianne" in name for name in names)
