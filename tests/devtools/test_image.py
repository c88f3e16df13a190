"""The steps of the image, in a clean directory, without an engine."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
TEXT = (HOME / "Dockerfile").read_text()
BUILD, FINAL = re.split(r"^FROM .*\n", TEXT, flags=re.MULTILINE)[1:]


def instructions(stage: str) -> list[str]:
    return [line for line in stage.replace("\\\n", " ").split("\n") if re.match(r"[A-Z]+ ", line)]


def collect_step() -> tuple[dict[str, str], list[str]]:
    step = next(line for line in instructions(BUILD) if "collectstatic" in line).removeprefix("RUN ")
    words = shlex.split(step)
    given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    return given, words[words.index("manage.py") :]


@pytest.fixture
def clean_copy(tmp_path):
    """What COPY takes: everything less .dockerignore."""
    ignored = [pattern.removeprefix("**/") for pattern in (HOME / ".dockerignore").read_text().split()]
    return shutil.copytree(HOME, tmp_path / "app", ignore=shutil.ignore_patterns(*ignored))


@pytest.mark.slow
def test_static_files_are_collected_and_every_page_finds_them(clean_copy, tmp_path):
    given, command = collect_step()
    given |= {"STATIC_ROOT": str(tmp_path / "static"), "PATH": os.environ["PATH"]}
    ended = subprocess.run(
        [sys.executable, *command], cwd=clean_copy, env=given, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "static" / "staticfiles.json").is_file()
    ask = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from django.template.loader import render_to_string\n"
        "answer = Client(SERVER_NAME='localhost').get('/livez', secure=True)\n"
        "assert answer.status_code == 200, answer\n"
        "from django.templatetags.static import static\n"
        "import re, pathlib\n"
        "names = {n for t in pathlib.Path('templates').rglob('*.html')\n"
        "         for n in re.findall(r'{% static [\"\\']([^\"\\']+)[\"\\'] %}', t.read_text())}\n"
        "assert names\n"
        "print(len([static(name) for name in sorted(names)]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", ask], cwd=clean_copy, env=given, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_the_image_runs_as_nobody_special():
    lines = instructions(FINAL)
    assert "USER 10001" in lines
    assert lines.index("USER 10001") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))


def test_the_image_installs_the_hash_locked_list_only():
    installs = [line for line in instructions(BUILD) if "pip install" in line]
    assert len(installs) == 1
    assert installs[0].count("--require-hashes") == 2
    assert "requirements/prod.txt" in installs[0]


def test_no_secret_remains_in_the_image():
    given, _ = collect_step()
    assert not [name for name in given if re.search(rf"^ENV .*{name}=.*secret", FINAL, re.MULTILINE)]
    assert re.search(r"ENV .*(SECRET_KEY|MASTER_KEYS|PASSWORD)", FINAL) is None


def test_what_must_not_enter_the_image_is_ignored():
    ignored = (HOME / ".dockerignore").read_text().split()
    assert {".git", ".venv*", "var", "tests"} <= set(ignored)
