"""What dev, test and prod share. Every value that changes from one place to another is read
from the environment; docs/operations.md lists them all."""

from pathlib import Path

import environ

from marketplace.rest.conf import REST_FRAMEWORK as REST_FRAMEWORK
from marketplace.rest.conf import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from marketplace.settings.csp import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"
env = environ.Env()

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

SERVICE_NAME = env("SERVICE_NAME", default="Place de marché cloud du secteur public")
BRAND_TOP = env("BRAND_TOP", default="Démonstration")
# Marianne and the « République Française » block are for State services only.
BRAND_STATE = env.bool("BRAND_STATE", default=False)

# Written in e-mails: the address people use.
SITE_URL = env("SITE_URL", default="http://localhost:8000")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="ne-pas-repondre@place.example")
# host:port of clamd; empty: uploads stay « non analysé ».
CLAMAV_ADDRESS = env("CLAMAV_ADDRESS", default="")
# The dotted name of another scanner: bytes → Verdict, raises OSError when it has no verdict.
FILE_SCANNER = env("FILE_SCANNER", default="")

# Time limits of a listing dossier: the operator's own, and the appeal's of the code of relations
# between the public and the administration (two months).
DOSSIER_LIMIT_WORKING_DAYS = env.int("DOSSIER_LIMIT_WORKING_DAYS", default=20)
DOSSIER_CORRECTION_DAYS = env.int("DOSSIER_CORRECTION_DAYS", default=30)
DOSSIER_DISPUTE_DAYS = env.int("DOSSIER_DISPUTE_DAYS", default=30)
DOSSIER_APPEAL_MONTHS = env.int("DOSSIER_APPEAL_MONTHS", default=2)
# Drills of the security contact: hours announced for an answer, and days between the announcement and the
# first possible message. The marketplace's own parameters: no law gives them.
SECURITY_DRILL_LIMIT_HOURS = env.int("SECURITY_DRILL_LIMIT_HOURS", default=48)
SECURITY_DRILL_NOTICE_DAYS = env.int("SECURITY_DRILL_NOTICE_DAYS", default=2)
# How long facts are believed: the marketplace's own choice, no law's. Calendar days since the supplier
# confirmed them (« à jour », then « à reconfirmer », then « périmée »), or since a register was read: the
# ANSSI publishes its catalogue monthly, two editions missed are too many.
FACTS_FRESH_DAYS = env.int("FACTS_FRESH_DAYS", default=180)
FACTS_STALE_DAYS = env.int("FACTS_STALE_DAYS", default=365)
REGISTER_READING_DAYS = env.int("REGISTER_READING_DAYS", default=60)
# Results « fail » in a row of one check of a listed offer before an officer is told.
CHECK_FAILURES_BEFORE_ALERT = env.int("CHECK_FAILURES_BEFORE_ALERT", default=3)
# Checks that look at one host at a time, all workers together.
CHECKS_PER_HOST = env.int("CHECKS_PER_HOST", default=4)
# The hosts that checks and Gaia-X may reach over https: « www.exemple.fr », or « .exemple.fr » for the domain
# and all below it. Empty: every public host.
EGRESS_ALLOWED = env.list("EGRESS_ALLOWED", default=[])
# The class that looks a supplier up; the embedded one knows the demonstration's suppliers only.
LEGAL_REGISTER = env("LEGAL_REGISTER", default="qualification.registers.legal.EmbeddedRegister")

# Gaia-X: a PEM file of the anchors trusted (none: chains stay unknown), the DIDs of the notaries trusted
# (none: any but the participant itself), what one organisation may have verified in a minute.
GAIAX_ANCHORS_FILE = env("GAIAX_ANCHORS_FILE", default="")
GAIAX_NOTARIES = env.list("GAIAX_NOTARIES", default=[])
# The DIDs of the clearing houses whose labels are shown as issued (none: no label is).
GAIAX_CLEARING_HOUSES = env.list("GAIAX_CLEARING_HOUSES", default=[])
GAIAX_PER_MINUTE = env.int("GAIAX_PER_MINUTE", default=20)
# How long a credential that we sign is valid, unless what it rests on ends before.
SIGNED_FINDING_DAYS = env.int("SIGNED_FINDING_DAYS", default=90)

# OCDS: the prefix that the Open Contracting Partnership gives to a publisher (this one is fictitious), and
# the scheme under which a SIRET is an identifier (org-id.guide; not verified).
OCDS_PREFIX = env("OCDS_PREFIX", default="ocds-000000")
OCDS_SIRET_SCHEME = env("OCDS_SIRET_SCHEME", default="FR-INSEE")

# The search answers from an index in each web process; off: from PostgreSQL alone.
SEARCH_IN_MEMORY = env.bool("SEARCH_IN_MEMORY", default=True)
# Where that index is kept to be ready at once after a start; empty: it is made again from the rows.
SEARCH_FOLDER = env("SEARCH_FOLDER", default=str(VAR_DIR / "search"))

INSTALLED_APPS = [
    "marketplace.accounts",
    "marketplace.audit",
    "marketplace.events",
    "marketplace.files",
    "marketplace.keys",
    "marketplace.notifications",
    "marketplace.reference",
    "marketplace.rest",
    "marketplace.ui",
    "marketplace.health",
    "marketplace.devtools",
    "catalog",
    "qualification",
    "procurement",
    "marketplace.site",
    "widget_tweaks",
    "dsfr",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "marketplace.ui.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.ui.content_policy.ContentPolicyMiddleware",
    "marketplace.ui.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.accounts.session_length.SessionLengthMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.accounts.middleware.ActorMiddleware",
    "marketplace.accounts.second_factor.SecondFactorMiddleware",
    "marketplace.ui.middleware.VisitorLimitMiddleware",
    "marketplace.ui.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
CSRF_FAILURE_VIEW = "marketplace.ui.error_pages.csrf_failure"
# An ISO date and time: every page answers 503 until it is emptied.
MAINTENANCE_UNTIL = env("MAINTENANCE_UNTIL", default="")
SUPPORT_EMAIL = env("SUPPORT_EMAIL", default="assistance@operateur.example")
# Served at /.well-known/security.txt (RFC 9116) when both are given: addresses where weaknesses are reported
# (mailto:, https://, tel:), and the day until which they hold, renewed within the year.
SECURITY_CONTACTS = env.list("SECURITY_CONTACTS", default=[])
SECURITY_TXT_EXPIRES = env("SECURITY_TXT_EXPIRES", default="")
WSGI_APPLICATION = "marketplace.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.ui.context_processors.market",
            ],
        },
    },
]

# DATABASE_URL serves and owns nothing; DATABASE_OWNER_URL migrates; AUDIT_SEALER_DATABASE_URL
# is the only one that may append to the sealed chain.
DATABASE_ENGINE = "marketplace.postgres"
DATABASES = {"default": env.db("DATABASE_URL", default="postgresql:///marketplace", engine=DATABASE_ENGINE)}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["sealer"] = {
    **DATABASES["default"],
    **(
        env.db("AUDIT_SEALER_DATABASE_URL", engine=DATABASE_ENGINE)
        if env.str("AUDIT_SEALER_DATABASE_URL", default="")
        else {}
    ),
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/bureau/"
LOGIN_URL = "account_login"

LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))
MEDIA_ROOT = env.path("PRIVATE_FILES_ROOT", default=str(VAR_DIR / "files"))
# Drafts of responses and the key of each: backups leave this folder out.
RESPONSE_DRAFTS_ROOT = env.path("RESPONSE_DRAFTS_ROOT", default=str(VAR_DIR / "response-drafts"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "[%(asctime)s: %(levelname)s/%(processName)s] %(name)s: %(message)s"}},
    # Not ready is an answer, not an error; it is asked every few seconds.
    "filters": {
        "not_health": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: not record.getMessage().endswith(": /readyz"),
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_health"]}
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Django's own handlers show nothing without DEBUG, or write to administrators nobody configured.
    "loggers": {"django": {"handlers": [], "propagate": True}, "axes": {"level": "WARNING"}},
}

# Django rewrites the file names in DSFR's stylesheets, so their published checksums no longer match.
DSFR_USE_INTEGRITY_CHECKSUMS = False
DSFR_MARK_OPTIONAL_FIELDS = True

# What one address without account may send in a minute, pages and API together; 0: no limit.
VISITOR_SENDS_PER_MINUTE = env.int("VISITOR_SENDS_PER_MINUTE", default=600)
# What one member of an administration may write to peers in 24 hours.
PEER_MESSAGES_A_DAY = env.int("PEER_MESSAGES_A_DAY", default=5)
PROXY_COUNT = env.int("PROXY_COUNT", default=0)

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
MAX_BODY_BYTES = 12_000_000
# Of the few views that say so: a file of 200 MB and its form, put on the disk as it arrives.
LARGE_BODY_BYTES = 202_000_000

# Demonstration accounts and tokens, the map of `.example` hosts: never in production.
DEMONSTRATION = False
# "address:port" of the name server of the demonstration's `.example` names (marketplace.devtools.dns_zones).
DEMO_RESOLVER = ""

from marketplace.settings.broker import *
from marketplace.settings.identity import *
