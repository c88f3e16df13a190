"""A release is read whole or refused whole, with words that say what to do."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qualification.gaiax import sandbox
from qualification.gaiax.contexts import LOIRE, VC2
from qualification.gaiax.release import BadRelease, packing, reading
from qualification.gaiax.release.content import content_of
from qualification.gaiax.rulebook import Rulebook
from qualification.gaiax.verify import verify
from tests.qualification.gaiax import releases
from tests.qualification.gaiax.vectors import NOW, Bundle

TURTLE = "@prefix gx: <https://w3id.org/gaia-x/development#> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"


def text_of(files: dict[str, bytes]) -> str:
    content = content_of(files)
    return Rulebook("essai", "0" * 64, content["contexts"], content["shapes"]).as_text()


def judged(bundle: Bundle, files: dict[str, bytes]) -> Any:
    return verify(bundle.text(), dataclasses.replace(bundle.material, release=text_of(files)), now=NOW)


def test_the_same_shapes_give_the_same_verdict_and_the_report_names_the_release() -> None:
    report = judged(Bundle.of("loire"), releases.files())
    assert (report.verdict, report.release) == ("pass", {"edition": "essai", "sha256": "0" * 64})
    bare = verify(Bundle.of("loire").text(), Bundle.of("loire").material, now=NOW)
    assert (bare.verdict, bare.release) == ("pass", None)


def test_a_stricter_shape_fails_what_passed() -> None:
    report = judged(Bundle.of("loire"), releases.files(strict=True))
    assert {(check.id, check.message) for check in report.checks if check.verdict == "fail"} == {
        ("shape", "La propriété « serviceScope » manque.")
    }


def test_a_generation_that_the_release_leaves_out_keeps_our_shapes() -> None:
    assert judged(Bundle.of("tagus"), releases.files(strict=True)).verdict == "pass"


def test_a_type_that_the_release_leaves_out_keeps_our_shape() -> None:
    only = releases.files(shapes___loire__ttl=releases.STRICTER)
    bundle = Bundle.of("loire")
    del bundle.credentials["person"]["credentialSubject"]["gx:legalAddress"]
    said = {check.message for check in judged(bundle, only).checks if check.verdict == "fail"}
    assert said == {"La propriété « serviceScope » manque.", "La propriété « legalAddress » manque."}


def test_a_new_namespace_of_loire_is_read_once_a_release_brings_its_context() -> None:
    new = LOIRE.replace("development", "2601")
    bundle = Bundle.of("loire")
    for one in bundle.credentials.values():
        one["@context"] = [VC2, new]
    without = verify(bundle.text(), bundle.material, now=NOW)
    assert any(check.id == "context" and check.verdict == "fail" for check in without.checks)
    files = {name: text.replace(LOIRE.encode(), new.encode()) for name, text in releases.files().items()}
    assert judged(bundle, files).verdict == "pass"


def test_the_form_of_the_archive_changes_nothing(tmp_path: Path) -> None:
    files = releases.files()
    folder = releases.folder(tmp_path, files)
    assert reading.folder_files(folder) == files
    for archive in (releases.zipped(files), releases.tarred(files), releases.tarred(files, mode="w:")):
        assert reading.archive_files(archive) == files


def test_the_digest_of_a_folder_follows_every_name_and_byte() -> None:
    files = releases.files()
    first = reading.folder_digest(files)
    assert first == reading.folder_digest(dict(reversed(files.items())))
    assert first != reading.folder_digest({**files, "README.md": b"autre"})
    assert first != reading.folder_digest({**files, "autre.md": b""})


def test_equal_lists_are_kept_once_and_a_class_named_is_not_followed() -> None:
    values = " ".join(f'"v{number}"' for number in range(400))
    shape = (
        f"gx:{{0}}Shape a sh:NodeShape ; sh:targetClass gx:{{0}} ; sh:property [ sh:path gx:p ; "
        f"sh:in ( {values} ) ] , [ sh:path gx:q ; sh:class gx:{{1}} ] ."
    )
    text = TURTLE + shape.format("A", "B") + "\n" + shape.format("B", "A")
    packed = content_of({"formes.ttl": text.encode()})["shapes"]["loire"]
    assert packing.names(packed) == {"A", "B"}
    assert sum(len(one) for one in packed["lists"]) == 400
    pruned = packing.pruned(packed, frozenset({"A"}))
    targets = {str(one) for one in pruned.objects(None, packing.SH.targetClass)}
    assert targets == {f"{LOIRE}A"} and len(pruned) > 800


CODE = TURTLE + "gx:S a sh:NodeShape ; sh:targetClass gx:A ; sh:sparql [ sh:select 'SELECT * {}' ] ."
CALLS = {"@context": [{"gx": LOIRE}, "https://ailleurs.example/contexte"]}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README.md": b"rien"}, "Disposition inconnue"),
        (
            {"a.jsonld": b'{"@context": {"gx": "https://w3id.org/gaia-x/development#"}}'},
            "Aucune forme Gaia-X",
        ),
        ({"a.ttl": b"<a:b> <a:c> <a:d> ."}, "Aucune forme Gaia-X"),
        (releases.files(faux__ttl="@prefix gx: <x"), "« faux.ttl » n’est pas du Turtle lisible"),
        (releases.files(faux__ttl=b"\xff\xfe"), "n’est pas du Turtle lisible"),
        (releases.files(code__ttl=CODE), "exécutent du code"),
        (releases.files(faux__jsonld="{"), "« faux.jsonld » n’est pas lisible"),
        (releases.files(faux__jsonld='{"@context": {"a": "b:c"}}'), "n’est aucun de ceux des titres"),
        (releases.files(double__jsonld=releases.files()["contexts/vc2.jsonld"]), "sont le même contexte"),
        (
            {"a.ttl": releases.OWN.encode(), "b.jsonld": json.dumps(CALLS).encode()},
            "il appelle « https://ailleurs.example/contexte »",
        ),
        (releases.files(faux__pem="rien"), "ne porte pas de certificats"),
    ],
)
def test_a_release_that_cannot_serve_is_refused(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(BadRelease, match=said):
        content_of(files)


def outside(name: str) -> Callable[[], bytes]:
    return lambda: releases.zipped({name: b"x"})


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (lambda: b"rien", "n’est pas une archive lisible"),
        (lambda: releases.zipped(releases.files())[:-40], "n’est pas une archive lisible"),
        (lambda: releases.tarred(releases.files())[:-40], "n’est pas une archive lisible"),
        (outside("../../etc/passwd"), "hors d’elle-même"),
        (outside("/etc/passwd"), "hors d’elle-même"),
        (outside("a\\..\\b"), "hors d’elle-même"),
        (lambda: releases.tarred({"../../a.ttl": b"x"}), "hors d’elle-même"),
        (lambda: releases.tarred({}, link="/etc/passwd"), "un lien ou un fichier spécial"),
        (lambda: releases.zipped({"a.ttl": b"0" * (reading.MOST_FILE + 1)}), "dépasse 8 Mo"),
        (
            lambda: releases.tarred({"a.ttl": b"0" * (reading.MOST_TOTAL + 1)}),
            "60 Mo une fois ouverte",
        ),
        (lambda: releases.zipped({str(number): b"" for number in range(1001)}), "plus de 1000 fichiers"),
        (lambda: b"0" * (reading.MOST_ARCHIVE + 1), "dépasse 20 Mo"),
    ],
)
def test_an_archive_that_harms_is_refused(archive: Callable[[], bytes], said: str) -> None:
    with pytest.raises(BadRelease, match=said):
        reading.archive_files(archive())


def test_many_files_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TOTAL", 1_000)
    with pytest.raises(BadRelease, match="une fois ouverte"):
        reading.archive_files(releases.zipped({str(number): b"0" * 300 for number in range(4)}))


def test_a_link_in_a_folder_refuses_it(tmp_path: Path) -> None:
    folder = releases.folder(tmp_path / "version", releases.files())
    (folder / "lien.ttl").symlink_to("/etc/hostname")
    with pytest.raises(BadRelease, match="un lien"):
        reading.folder_files(folder)


def test_what_takes_too_long_is_refused_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "RELEASE_CLOCK_SECONDS", 0.01)
    with pytest.raises(BadRelease, match="limites de temps et de mémoire"):
        sandbox.read_release_apart(archive=releases.zipped(releases.files()))
