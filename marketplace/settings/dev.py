"""The demonstration on one machine: `make run`."""

from marketplace.settings.base import *  # noqa: F403
from marketplace.settings.base import DEMO_AUDIT_SIGNING_KEY, DEMO_MASTER_KEYS, VAR_DIR, env

SECRET_KEY = env("SECRET_KEY", default="demonstration-only-not-for-production")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".example"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
MASTER_KEYS = env("MASTER_KEYS", default=DEMO_MASTER_KEYS)
AUDIT_SIGNING_KEY = env("AUDIT_SIGNING_KEY", default=DEMO_AUDIT_SIGNING_KEY)
DEMONSTRATION = True
