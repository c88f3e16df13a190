import os
import tempfile

from marketplace.settings.base import *
from marketplace.settings.base import DATABASES, DEMO_AUDIT_SIGNING_KEY, DEMO_MASTER_KEYS, env

SECRET_KEY = "tests"  # noqa: S105 - guards nothing; refused in production
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DATABASES["default"]["TEST"] = {"NAME": env("TEST_DATABASE_NAME", default=None)}
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["sealer"]["TEST"] = {"MIRROR": "default"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MASTER_KEYS = DEMO_MASTER_KEYS
AUDIT_SIGNING_KEY = DEMO_AUDIT_SIGNING_KEY
DEMONSTRATION = True
# No collected static folder in tests: look files up when asked.
WHITENOISE_AUTOREFRESH = True
# A test's uncommitted rows are seen by its own connection only.
AUDIT_SEALER_ALIAS = "default"
# Never the heads that a `make run` of the same checkout wrote: they seal another journal.
AUDIT_HEADS_DIR = os.path.join(tempfile.gettempdir(), f"market-test-heads-{os.getpid()}")
# A test's rows are mostly not committed; those of the index switch it on.
SEARCH_IN_MEMORY = False
SEARCH_FOLDER = ""
SECURITY_CONTACTS, SECURITY_TXT_EXPIRES = ["mailto:securite@marche.example"], "2099-12-31"
