"""The files that the habits read."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "catalog", "qualification", "procurement")


def product_files() -> Iterator[Path]:
    """Python of the product, migrations left out (they are generated)."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def test_files() -> Iterator[Path]:
    return _python("tests", "bench")


def tools() -> Iterator[Path]:
    return _python("bin")


def _python(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT)


test_files.__test__ = False


def templates() -> Iterator[Path]:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            yield path.relative_to(ROOT)
