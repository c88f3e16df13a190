"""The demonstration on one machine: `make run`."""

from marketplace.devtools.running import lend_environment

lend_environment()

from marketplace.settings.base import *
from marketplace.settings.base import (
    DEMO_AUDIT_SIGNING_KEY,
    DEMO_MASTER_KEYS,
    VAR_DIR,
    env,
)

SECRET_KEY = env("SECRET_KEY", default="demonstration-only-not-for-production")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".example"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
MASTER_KEYS = env("MASTER_KEYS", default=DEMO_MASTER_KEYS)
AUDIT_SIGNING_KEY = env("AUDIT_SIGNING_KEY", default=DEMO_AUDIT_SIGNING_KEY)
DEMONSTRATION = True
# `.example` hosts served over TLS on the loopback (marketplace.devtools.tls_sites).
DEMO_HOSTS = env.dict("DEMO_HOSTS", default={})
DEMO_CA_FILE = env("DEMO_CA_FILE", default="")
DEMO_RESOLVER = env("DEMO_RESOLVER", default="")
# Static files straight from the apps: collecting them takes a minute.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
