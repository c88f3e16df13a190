"""Why production would not be safe to start, from its environment alone."""

import datetime as dt
import re
from collections.abc import Iterator

import environ

from marketplace.settings.identity import DEMO_AUDIT_SIGNING_KEY, DEMO_MASTER_KEYS

REQUIRED = (
    "SECRET_KEY",
    "DATABASE_URL",
    "AUDIT_SEALER_DATABASE_URL",
    "CELERY_BROKER_URL",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "EMAIL_URL",
    "MASTER_KEYS",
    "AUDIT_SIGNING_KEY",
)
# Published in this repository or in Django's own tools.
KNOWN_SECRETS = ("demonstration-only", "tests", "django-insecure", "changeme", "change-me", "secret")
SHORTEST_SECRET = 50
# With a dot before it, a whole domain; a name with accents is written as it goes on the wire (xn--…).
HOST = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def faults(env: environ.Env) -> list[str]:
    missing = [f"{name} is missing" for name in REQUIRED if not env.str(name, default="").strip()]
    return missing + list(_weak_secrets(env)) + list(_wrong_logins(env)) + list(_wrong_addresses(env))


def _weak_secrets(env: environ.Env) -> Iterator[str]:
    secret = env.str("SECRET_KEY", default="")
    if secret and (len(secret) < SHORTEST_SECRET or len(set(secret)) < 5):
        yield f"SECRET_KEY is too weak: at least {SHORTEST_SECRET} random characters"
    if secret.lower().startswith(KNOWN_SECRETS):
        yield "SECRET_KEY is a known default"
    if DEMO_MASTER_KEYS.split(":", 1)[1] in env.str("MASTER_KEYS", default=""):
        yield "MASTER_KEYS holds the demonstration's key"
    if env.str("AUDIT_SIGNING_KEY", default="") == DEMO_AUDIT_SIGNING_KEY:
        yield "AUDIT_SIGNING_KEY is the demonstration's key"


def _wrong_logins(env: environ.Env) -> Iterator[str]:
    # manage.py puts the owner in DATABASE_URL for the commands that migrate.
    serving = "SERVING_DATABASE_URL" if env.str("SERVING_DATABASE_URL", default="") else "DATABASE_URL"
    logins: dict[str, str] = {}
    for name in (serving, "DATABASE_OWNER_URL", "AUDIT_SEALER_DATABASE_URL"):
        if not env.str(name, default=""):
            continue
        login = str(env.db_url(name)["USER"])
        if login in logins.values():
            yield f"{name} uses the same login as another database address: each has its own rights"
        logins[name] = login


def _wrong_addresses(env: environ.Env) -> Iterator[str]:
    if "*" in env.list("ALLOWED_HOSTS", default=[]):
        yield "ALLOWED_HOSTS accepts any host"
    if env.str("SITE_URL", default="https:").startswith("http:"):
        yield "SITE_URL must be an https address"
    for host in env.list("EGRESS_ALLOWED", default=[]):
        if not HOST.fullmatch(host):
            yield f"EGRESS_ALLOWED: {host!r} is neither a host (www.example.org) nor a domain (.example.org)"
    yield from _wrong_security_txt(env)
    if env.str("DEMO_HOSTS", default=""):
        yield "DEMO_HOSTS maps host names to this machine: for the demonstration only"
    if env.str("DEMO_RESOLVER", default=""):
        yield "DEMO_RESOLVER names a name server of this machine: for the demonstration only"


def _wrong_security_txt(env: environ.Env) -> Iterator[str]:
    contacts, until = env.list("SECURITY_CONTACTS", default=[]), env.str("SECURITY_TXT_EXPIRES", default="")
    if bool(contacts) != bool(until):
        yield "SECURITY_CONTACTS and SECURITY_TXT_EXPIRES go together: security.txt needs both"
    for contact in contacts:
        if not contact.startswith(("mailto:", "https://", "tel:")):
            yield f"SECURITY_CONTACTS: {contact!r} does not begin with mailto:, https:// or tel:"
    try:
        dt.date.fromisoformat(until or "2026-01-01")
    except ValueError:
        yield f"SECURITY_TXT_EXPIRES: {until!r} is not a day (2027-06-30)"
