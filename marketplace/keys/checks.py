"""What `manage.py check` says about the keys; prod does not start on the keys everybody knows."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from marketplace.keys.ring import key_ring
from marketplace.keys.signing import public_key


def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        key_ring()
        public_key()
    except ImproperlyConfigured as error:
        found.append(Error(str(error), id="keys.E001"))
    return found


def check_keys_are_ours(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Run by `check --deploy`."""
    found: list[CheckMessage] = []
    if settings.MASTER_KEYS == settings.DEMO_MASTER_KEYS:
        found.append(Error("MASTER_KEYS is the demonstration's.", id="keys.E002"))
    if settings.AUDIT_SIGNING_KEY == settings.DEMO_AUDIT_SIGNING_KEY:
        found.append(Error("AUDIT_SIGNING_KEY is the demonstration's.", id="keys.E003"))
    return found
