"""Production. Refuses to start, naming everything that is wrong at once, on a missing or default secret."""

from django.core.exceptions import ImproperlyConfigured

from marketplace.settings.base import *
from marketplace.settings.base import DATABASES, SENSITIVE_ROLES, env
from marketplace.settings.refusals import faults

if _faults := faults(env):
    raise ImproperlyConfigured("Production refuses to start:\n- " + "\n- ".join(_faults))

MFA_REQUIRED_ROLES = SENSITIVE_ROLES
DECISION_TOKEN_NEEDS_MFA = True

vars().update(env.email("EMAIL_URL"))
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
for _database in DATABASES.values():
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
# The machines that ask for these speak plain HTTP inside.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
if env.int("PROXY_COUNT", default=0):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
