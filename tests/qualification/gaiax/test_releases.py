"""Official releases: loaded and pinned, previewed on the presentations kept, put in force, left again."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused
from qualification import verifications
from qualification.attaching import CODE, attach
from qualification.fetcher import FetchResult
from qualification.gaiax import sandbox
from qualification.gaiax.material import Material
from qualification.gaiax.release import reading
from qualification.gaiax.verify import verify
from qualification.models import (
    CheckRun,
    GaiaxRelease,
    GaiaxVerification,
    OfferCheck,
    OfferCredential,
    ReleaseTrial,
    ReleaseUse,
    TrialResult,
)
from qualification.releases import loading
from qualification.releases.books import current_book, current_pk
from qualification.releases.choosing import apply
from qualification.releases.trials import run_result
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.qualification.gaiax import releases
from tests.qualification.gaiax.test_attach import bundle_of, judged, listed_offer
from tests.qualification.gaiax.test_official import STATED, UNSTATED, WHEN
from tests.qualification.gaiax.vectors import NOW, Bundle
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
LIST = "/pilotage/gaia-x/"
API = "/api/v1/gaiax"


@pytest.fixture
def people() -> Any:
    return builders.make_people()


@pytest.fixture
def curator(people: Any) -> Any:
    return make_member("curator", organisation=people.operator)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child process is shown by other tests; here it would only be slow."""
    monkeypatch.setattr(
        sandbox, "verify_apart", lambda text, material, **_: verify(text, material, now=NOW).as_dict()
    )


@pytest.fixture
def kept(people: Any, settings: Any, tmp_path: Path) -> OfferCredential:
    """A presentation attached, with the documents it was judged with."""
    bundle = bundle_of()
    anchors = tmp_path / "ancres.pem"
    anchors.write_text(bundle.anchors)
    settings.GAIAX_ANCHORS_FILE = str(anchors)
    row = judged(people, bundle)
    row.material = {"did_documents": bundle.documents, "chains": {}, "status_lists": {}}
    row.save()
    return attach(row, listed_offer(people), actor=people.actor("manager"))


def made(tmp_path: Path, *, name: str = "stricte", strict: bool = True) -> tuple[str, str]:
    """The path and the digest of an archive."""
    archive = releases.zipped(releases.files(strict=strict))
    path = tmp_path / f"{name}.zip"
    path.write_bytes(archive)
    return str(path), hashlib.sha256(archive).hexdigest()


def load(tmp_path: Path, *acts: str, **more: Any) -> str:
    path, digest = made(tmp_path, **more)
    call_command("load_gaiax_release", path, *acts, sha256=digest, stdout=(out := _Out()))
    return str(out)


class _Out:
    def __init__(self) -> None:
        self.said = ""

    def write(self, text: str) -> None:
        self.said += text

    def __str__(self) -> str:
        return self.said


def test_the_command_previews_then_applies_then_goes_back(kept: OfferCredential, tmp_path: Path) -> None:
    said = load(tmp_path)
    assert "Version stricte chargée : 2 contextes" in said
    assert "1 présentations jugées sur 1, 1 changeraient." in said
    assert "Nuage Exemple : conforme → non conforme" in said
    assert "La propriété « serviceScope » manque." in said
    release = GaiaxRelease.objects.get()
    assert (release.edition, current_pk()) == ("stricte", None)
    assert AuditEvent.objects.filter(what="load", actor_kind="system").exists()
    assert "déjà chargée" in load(tmp_path, "--apply")
    assert current_pk() == release.pk
    report = verifications.judge_with(kept.text, kept.material)
    assert (report["verdict"], report["release"]) == (
        "fail",
        {"edition": "stricte", "sha256": release.sha256},
    )
    assert "déjà en vigueur" in load(tmp_path)
    call_command("load_gaiax_release", "own", "--apply", reason="Retour.", stdout=(out := _Out()))
    assert "non conforme → conforme" in str(out) and current_pk() is None
    assert verifications.judge_with(kept.text, kept.material)["release"] is None
    assert [use.reason for use in ReleaseUse.objects.all()] == [
        "Retour.",
        "Version chargée en ligne de commande.",
    ]


def test_what_was_loaded_and_chosen_never_changes(kept: OfferCredential, tmp_path: Path) -> None:
    load(tmp_path, "--apply")
    for model, change in (
        (GaiaxRelease, {"edition": "autre"}),
        (ReleaseUse, {"reason": "autre"}),
        (ReleaseTrial, {"asked_at": NOW}),
    ):
        for act in ("update", "delete"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rows = model.objects.all()
                rows.update(**change) if act == "update" else rows._raw_delete(rows.db)


def test_a_folder_and_an_address_are_pinned_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = releases.folder(tmp_path / "dossier", releases.with_anchors())
    digest = reading.folder_digest(releases.with_anchors())
    call_command("load_gaiax_release", str(folder), sha256=digest, stdout=_Out())
    release = GaiaxRelease.objects.get()
    assert (release.edition, release.sha256, len(release.summary["anchors"])) == ("dossier", digest, 1)
    archive = releases.tarred(releases.files(strict=True))
    url = "https://gaia-x.example/versions/2026.tar.gz"
    monkeypatch.setattr(loading, "fetch", lambda asked, **_: FetchResult(asked, status=200, body=archive))
    call_command("load_gaiax_release", url, sha256=hashlib.sha256(archive).hexdigest(), stdout=_Out())
    assert GaiaxRelease.objects.filter(source=url, edition="2026").exists()


@pytest.mark.parametrize(
    ("source", "digest", "said"),
    [
        ("{zip}", "0" * 64, "L’empreinte n’est pas celle attendue. Lue : "),
        ("{zip}", "abc", "64 chiffres hexadécimaux"),
        ("{zip}", "", "64 chiffres hexadécimaux"),
        ("/nulle/part", "0" * 64, "n’est ni un dossier, ni une archive lisible"),
        ("http://gaia-x.example/v.zip", "0" * 64, "seule une adresse « https » est lue"),
        ("https://127.0.0.1/v.zip", "0" * 64, "une adresse qui n’est pas publique"),
        ("file:///etc/passwd", "0" * 64, "L’adresse n’a pas été lue"),
    ],
)
def test_what_is_not_the_release_expected_leaves_nothing(
    source: str, digest: str, said: str, tmp_path: Path
) -> None:
    path, _ = made(tmp_path)
    with pytest.raises(CommandError, match=said):
        call_command("load_gaiax_release", source.replace("{zip}", path), "--apply", sha256=digest)
    assert not GaiaxRelease.objects.exists() and not ReleaseTrial.objects.exists()


def test_a_release_refused_by_its_reader_leaves_nothing(tmp_path: Path) -> None:
    archive = releases.zipped({"README.md": b"rien"})
    (tmp_path / "vide.zip").write_bytes(archive)
    with pytest.raises(CommandError, match="Disposition inconnue"):
        call_command(
            "load_gaiax_release", str(tmp_path / "vide.zip"), sha256=hashlib.sha256(archive).hexdigest()
        )
    assert not GaiaxRelease.objects.exists()


def test_a_worker_s_verification_records_the_release(
    kept: OfferCredential, people: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(tmp_path, "--apply", strict=False, name="même")
    bundle = bundle_of()
    found = {"did_documents": bundle.documents, "chains": {}, "status_lists": {}}
    monkeypatch.setattr(verifications.resolve, "everything_for", lambda _text, **_: found)
    row = GaiaxVerification.objects.create(
        organisation=people.supplier, text=bundle.text(), due_at=NOW - dt.timedelta(days=365)
    )
    assert verifications.run_verification(row.pk)
    row.refresh_from_db()
    release = GaiaxRelease.objects.get()
    assert (row.report["verdict"], row.release) == ("pass", release)
    again = attach(row, kept.offer, actor=people.actor("manager"))
    assert again.release == release
    shown = client_for_token(people.manager).get(f"{API}/verifications/{row.uuid}/").json()
    assert shown["release"] == {"edition": "même", "sha256": release.sha256}
    page = client_for(people.manager).get(row.get_absolute_url()).content.decode()
    assert "Version officielle même" in page


def test_the_page_previews_and_puts_in_force(
    kept: OfferCredential, curator: Any, people: Any, tmp_path: Path
) -> None:
    load(tmp_path)
    release = GaiaxRelease.objects.get()
    client = client_for(curator)
    assert "stricte" in client.get(LIST).content.decode()
    page = client.get(release.get_absolute_url()).content.decode()
    assert "Voir ce qui changerait" in page and release.sha256 in page
    asked = client.post(release.get_absolute_url())
    trial = ReleaseTrial.objects.first()
    assert trial is not None and asked["Location"] == trial.get_absolute_url()
    waiting = client.get(trial.get_absolute_url()).content.decode()
    assert "Aperçu en cours" in waiting
    assert client.post(trial.get_absolute_url(), {"reason": "Trop tôt."}).status_code == 409
    assert all(run_result(pk) for pk in trial.results.values_list("pk", flat=True))
    done = client.get(trial.get_absolute_url()).content.decode()
    assert "offre changerait de résultat" in done and "serviceScope" in done
    refused = client.post(trial.get_absolute_url(), {"reason": ""})
    assert refused.status_code == 400 and "Dites pourquoi" in refused.content.decode()
    OfferCheck.objects.create(
        offer=kept.offer, check_code=CODE, run=_any_run(kept), verdict="pass", since=NOW, seen_at=NOW,
        tried_at=NOW, next_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip
    applied = client.post(trial.get_absolute_url(), {"reason": "Version de 2026."})
    assert (applied.status_code, applied["Location"]) == (302, LIST)
    assert current_pk() == release.pk
    # The watch takes it at its next tick.
    assert OfferCheck.objects.get(check_code=CODE).next_at <= timezone.now()
    page = client.get(LIST).content.decode()
    assert "Version de 2026." in page
    assert client.post(trial.get_absolute_url(), {"reason": "Encore."}).status_code == 409
    # Going back is the same way.
    assert "En plus" in client.get(f"{LIST}versions/projet/").content.decode()
    assert client.post(f"{LIST}versions/projet/").status_code == 302
    # Those who instruct read, and choose nothing.
    reader = client_for(people.officer)
    assert reader.get(LIST).status_code == 200
    assert reader.post(f"{LIST}versions/projet/").status_code == 403
    assert client_for(people.manager).get(LIST).status_code == 403


def _any_run(kept: OfferCredential) -> Any:

    return CheckRun.objects.filter(dossier__offer=kept.offer).first()


def test_a_preview_that_no_longer_says_all_is_not_applied(
    kept: OfferCredential, curator: Any, people: Any, tmp_path: Path
) -> None:
    load(tmp_path)
    client = client_for_token(curator)
    trial = ReleaseTrial.objects.get()
    url = f"{API}/release-trials/{trial.uuid}/apply/"
    OfferCredential.objects.update(detached_at=NOW, detached_reason="x")
    body = {"reason": "Version de 2026."}
    assert problem_of(client.post(url, body, format="json"), 409)["code"] == "presentations_changed"
    OfferCredential.objects.update(detached_at=None, detached_reason="")
    load(tmp_path, "--apply", name="autre", strict=False)
    assert problem_of(client.post(url, body, format="json"), 409)["code"] == "release_changed"


def test_the_api_lists_previews_and_applies(
    kept: OfferCredential, curator: Any, people: Any, tmp_path: Path
) -> None:
    load(tmp_path, strict=False, name="même")
    release = GaiaxRelease.objects.get()
    client, reader = client_for_token(curator), client_for_token(people.officer)
    listed = reader.get(f"{API}/releases/").json()["results"]
    assert [(one["edition"], one["in_force"], one["loaded_by"]) for one in listed] == [("même", False, None)]
    assert "ServiceOffering" in reader.get(f"{API}/releases/{release.uuid}/").json()["types"]["loire"]
    problem_of(client_for_token(people.manager).get(f"{API}/releases/{release.uuid}/"), 404)
    ask = f"{API}/release-trials/"
    problem_of(reader.post(ask, {"release": str(release.uuid)}, format="json"), 403)
    problem_of(client.post(ask, {"release": None}, format="json"), 409)
    problem_of(client.post(ask, {"release": str(kept.uuid)}, format="json"), 404)
    problem_of(client.post(ask, {}, format="json"), 400)
    asked = client.post(ask, {"release": str(release.uuid)}, format="json")
    assert (asked.status_code, asked.json()["state"], asked.json()["total"]) == (201, "pending", 1)
    for pk in TrialResult.objects.values_list("pk", flat=True):
        run_result(pk)
    seen = reader.get(asked["Location"]).json()
    assert (seen["state"], seen["changes"], seen["applied_at"]) == ("done", [], None)
    problem_of(client.post(f"{asked['Location']}apply/", {"reason": " "}, format="json"), 400)
    done = client.post(f"{asked['Location']}apply/", {"reason": "Version de 2026."}, format="json")
    assert done.status_code == 200 and done.json()["applied_at"]
    assert reader.get(f"{API}/releases/").json()["results"][0]["in_force"] is True


def test_our_own_failure_in_a_preview_is_unknown_on_both_sides(
    kept: OfferCredential, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("panne")

    load(tmp_path)
    trial = ReleaseTrial.objects.create(release=GaiaxRelease.objects.get())
    row = TrialResult.objects.create(trial=trial, credential=kept, text_id=kept.uuid)
    monkeypatch.setattr(sandbox, "verify_apart", broken)
    for _ in range(TrialResult.MAX_ATTEMPTS):
        TrialResult.objects.update(due_at=NOW - dt.timedelta(days=365))
        assert run_result(row.pk)
    row.refresh_from_db()
    assert row.before == row.after and row.after["verdict"] == "unknown"


def test_lists_cost_the_same_with_one_or_many(kept: OfferCredential, curator: Any, tmp_path: Path) -> None:

    load(tmp_path, "--apply")
    client, api = client_for(curator), client_for_token(curator)
    counts = []
    for turn in range(2):
        counts.append([])
        for one, url in ((client, LIST), (api, f"{API}/releases/")):
            one.get(url)
            with CaptureQueriesContext(connection) as seen:
                assert one.get(url).status_code == 200
            counts[turn].append(len(seen))
        for number in range(3):
            GaiaxRelease.objects.create(
                edition=f"v{number}", source="x", sha256=f"{turn}{number}".zfill(64), content={},
                summary={"contexts": [], "types": {}, "anchors": []}, loaded_by=curator.user,
            )  # fmt: skip
    assert counts[0] == counts[1]


@pytest.mark.shared
def test_the_official_files_beside_the_checkout_install_and_judge_as_stated(
    shared: Path, kept: OfferCredential
) -> None:
    folder = shared / "gaiax"
    digest = reading.folder_digest(reading.folder_files(folder))
    call_command(
        "load_gaiax_release", str(folder), "--apply", sha256=digest, edition="25.11", stdout=(out := _Out())
    )
    assert "5 contextes, 20 types tagus, 161 types loire" in str(out)
    assert "1 présentations jugées sur 1, 0 changeraient." in str(out)
    text = GaiaxRelease.objects.get()
    assert (text.edition, text.summary["ignored"]) == ("25.11", 14)

    material = Material(release=current_book().text)
    for name in (*STATED, *UNSTATED):
        report = verify((folder / name).read_text(), material, now=WHEN)
        shape = next(check.verdict for check in report.checks if check.id == "shape")
        ours = verify((folder / name).read_text(), Material(), now=WHEN)
        own = next(check.verdict for check in ours.checks if check.id == "shape")
        assert shape == STATED.get(name, own), name
        assert report.release == {"edition": "25.11", "sha256": digest}
    for generation in ("tagus", "loire"):
        assert verifications.judge_with(*_own(generation))["verdict"] == "pass"


def _own(generation: str) -> tuple[str, dict[str, Any]]:
    bundle = Bundle.of(generation)
    return bundle.text(), {"did_documents": bundle.documents, "chains": {}, "status_lists": {}}


@pytest.mark.django_db(transaction=True)
def test_two_releases_applied_at_once_leave_one(people: Any, curator: Any, tmp_path: Path) -> None:
    """Each was previewed against what was in force: the second no longer says what would change."""
    for name in ("une", "autre"):
        load(tmp_path, name=name, strict=name == "une")
    actor, start, outcomes = builders_actor(curator), threading.Barrier(2), []

    def choose(trial: ReleaseTrial) -> None:
        try:
            start.wait(timeout=10)
            apply(trial, actor=actor, reason="Version de 2026.")
            outcomes.append("applied")
        except MoveRefused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=choose, args=[trial]) for trial in ReleaseTrial.objects.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["applied", "release_changed"]
    assert ReleaseUse.objects.count() == 1


def builders_actor(member: Any) -> Actor:
    return Actor.of(type(member).objects.get(pk=member.pk))
