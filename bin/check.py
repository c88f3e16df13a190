"""Everything a reviewer should not have to say. Runs every step, then fails if one failed."""

import difflib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
OPENAPI = ROOT / "docs" / "openapi.yaml"
CODE = ["marketplace", "catalog", "qualification", "procurement", "tests", "bench", "bin", "manage.py"]
ENVIRONMENT = {"DJANGO_SETTINGS_MODULE": "marketplace.settings.test", **os.environ}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "--no-header", "tests/habits"]
# The habits that read files and ask no database.
READING = [
    f"--ignore=tests/habits/test_{name}.py" for name in ("access", "access_api", "queries", "state_tables")
]


def command(*words: str) -> Callable[[], str]:
    """A step that runs a command; it returns what went wrong, empty when nothing did."""

    def run() -> str:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return "" if done.returncode == 0 else done.stdout or f"exit status {done.returncode}"

    return run


def tool(name: str, *words: str) -> Callable[[], str]:
    return command(str(TOOLS / name), *words)


def manage(*words: str) -> Callable[[], str]:
    return command(sys.executable, "manage.py", *words)


def openapi() -> str:
    """The committed description must be what the code says, and the code must say it without a warning."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "openapi.yaml"
        if wrong := manage("spectacular", "--file", str(made), "--validate", "--fail-on-warn")():
            return wrong
        before, after = (path.read_text().splitlines(keepends=True) for path in (OPENAPI, made))
    difference = "".join(difflib.unified_diff(before, after, "docs/openapi.yaml", "the code"))
    hint = "\nRewrite it: python manage.py spectacular --file docs/openapi.yaml, and read the difference.\n"
    return difference + hint if difference else ""


STEPS: list[tuple[str, Callable[[], str]]] = [
    ("ruff", tool("ruff", "check", *CODE)),
    ("format", tool("ruff", "format", "--check", *CODE)),
    ("types", tool("mypy")),
    ("templates", tool("djlint", "templates", "--lint", "--quiet")),
    ("layers", tool("lint-imports")),
    ("migrations", manage("makemigrations", "--check", "--dry-run")),
    ("openapi", openapi),
    ("habits", command(*PYTEST, *READING)),
]


def main(wanted: list[str]) -> int:
    failed = []
    for name, step in STEPS:
        if wanted and name not in wanted:
            continue
        start = time.monotonic()
        wrong = step()
        sys.stdout.write(f"{name:<12}{'FAILED' if wrong else 'ok':<8}{time.monotonic() - start:.1f} s\n")
        if wrong:
            failed.append(name)
            sys.stdout.write("\n".join(wrong.splitlines()[-80:]) + "\n")
    sys.stdout.write(f"check: failed: {', '.join(failed)}\n" if failed else "check: all good\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
