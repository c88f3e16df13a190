"""Configuration: one table, and a production that refuses to start on anything unsafe."""

import os
import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest

from marketplace.settings.refusals import REQUIRED, faults

HOME = Path(__file__).resolve().parents[2]
READS = re.compile(r"""env(?:\.\w+)?\(\s*"([A-Z][A-Z_]+)\"""")
GOOD = {
    "DJANGO_SETTINGS_MODULE": "marketplace.settings.prod",
    "SECRET_KEY": "kQ2v9sXw7LrT4pZn8BfHj3MdYc6GaEuR5tVqWx1yNzKbPmCs",
    "DATABASE_URL": "postgresql://serving:a@127.0.0.1:1/market",
    "DATABASE_OWNER_URL": "postgresql://owner:b@127.0.0.1:1/market",
    "AUDIT_SEALER_DATABASE_URL": "postgresql://sealer:c@127.0.0.1:1/market",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "place.example",
    "SITE_URL": "https://place.example",
    "EMAIL_URL": "smtp://mail.example:25",
    "MASTER_KEYS": "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "AUDIT_SIGNING_KEY": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
}
GOOD["SECRET_KEY"] += "xYz0"


def environment_of(**changes: str) -> environ.Env:
    env = environ.Env()
    env.ENVIRON = {**GOOD, **changes}
    return env


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    values = {**{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}, **GOOD, **changes}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=HOME,
        env=values,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_environment_has_no_fault():
    assert faults(environment_of()) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_each_required_variable_is_missed_by_its_name(name):
    assert f"{name} is missing" in faults(environment_of(**{name: ""}))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"SECRET_KEY": "demonstration-only-not-for-production-but-long-enough-1234567"}, "known default"),
        ({"SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz0123456789"}, "known default"),
        ({"SECRET_KEY": "short"}, "too weak"),
        ({"SECRET_KEY": "a" * 80}, "too weak"),
        ({"MASTER_KEYS": "k2:ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1zZWNyZXQtMzI="}, "MASTER_KEYS"),
        ({"AUDIT_SIGNING_KEY": "ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1zaWduaW5nISE="}, "AUDIT_SIGNING_KEY"),
        ({"DATABASE_OWNER_URL": GOOD["DATABASE_URL"]}, "same login"),
        ({"AUDIT_SEALER_DATABASE_URL": GOOD["DATABASE_URL"]}, "same login"),
        ({"ALLOWED_HOSTS": "*"}, "any host"),
        ({"SITE_URL": "http://place.example"}, "https"),
        ({"DEMO_HOSTS": "www.nuage.example=127.0.0.1:4433"}, "DEMO_HOSTS"),
        ({"DEMO_RESOLVER": "127.0.0.1:5353"}, "DEMO_RESOLVER"),
        ({"SECURITY_CONTACTS": "mailto:securite@operateur.example"}, "go together"),
        ({"SECURITY_CONTACTS": "securite@x.example", "SECURITY_TXT_EXPIRES": "2027-06-30"}, "mailto:"),
        ({"SECURITY_CONTACTS": "tel:+33", "SECURITY_TXT_EXPIRES": "30/06/2027"}, "not a day"),
    ],
)
def test_each_unsafe_value_is_refused(changes, word):
    found = faults(environment_of(**changes))
    assert len(found) == 1
    assert word in found[0]


def test_production_does_not_start_and_says_every_fault_at_once():
    ended = manage("check", SECRET_KEY="", DEMO_HOSTS="a.example=127.0.0.1:1")
    assert ended.returncode != 0
    assert "- SECRET_KEY is missing" in ended.stderr
    assert "- DEMO_HOSTS" in ended.stderr


def test_check_deploy_is_clean():
    ended = manage("check", "--deploy", "--fail-level", "WARNING")
    assert ended.returncode == 0, ended.stderr
    assert "no issues (0 silenced)" in ended.stdout


def test_every_variable_is_in_the_table_and_the_table_holds_no_other():
    read = {
        name
        for file in (HOME / "marketplace" / "settings").glob("*.py")
        for name in READS.findall(file.read_text())
    }
    read |= {"DJANGO_SETTINGS_MODULE", "DATABASE_OWNER_URL", "SERVING_DATABASE_URL", "PORT", "BIND"}
    table = (HOME / "docs" / "operations.md").read_text().split("## Configuration", 1)[1].split("\n## ", 1)[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    assert documented == read
