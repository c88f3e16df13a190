"""The demonstration on one machine: `make run`."""

from marketplace.settings.base import *  # noqa: F403
from marketplace.settings.base import VAR_DIR, env

SECRET_KEY = env("SECRET_KEY", default="demonstration-only-not-for-production")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".example"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
