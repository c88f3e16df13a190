"""Sign-in, second factor, locking, keys and the audit chain: shared by dev, test and prod."""

import datetime as dt
from pathlib import Path

import environ

env = environ.Env()
_VAR_DIR = Path(__file__).resolve().parents[2] / "var"

# Sign-in by e-mail address (django-allauth). The answer never says whether an address is known.
ACCOUNT_ADAPTER = "marketplace.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = False
# The session ends after this long without activity, and after this long whatever is done
# (marketplace.accounts.session_length); the cookie ends with the browser.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_MAX_HOURS = env.int("SESSION_MAX_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_MAX_HOURS * 3600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = env("PUBLIC_SCHEME", default="http")
# Axes counts failures in the database and answers first (5 from one place). This wider net stops an
# attack from many places, and the guessing of second-factor codes.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/900s/key"}
ACCOUNT_FORMS = {
    "login": "marketplace.accounts.forms.entrance.SignInForm",
    "signup": "marketplace.accounts.forms.entrance.SignUpForm",
    "reset_password": "marketplace.accounts.forms.entrance.ResetPasswordForm",
    "reset_password_from_key": "marketplace.accounts.forms.entrance.NewPasswordForm",
    "change_password": "marketplace.accounts.forms.entrance.ChangePasswordForm",
    "set_password": "marketplace.accounts.forms.entrance.SetPasswordForm",
    "add_email": "marketplace.accounts.forms.entrance.ChangeEmailForm",
    "reauthenticate": "marketplace.accounts.forms.entrance.ReauthenticateForm",
}

MFA_ADAPTER = "marketplace.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "marketplace.accounts.forms.entrance.SecondFactorForm",
    "reauthenticate": "marketplace.accounts.forms.entrance.SecondFactorAgainForm",
    "activate_totp": "marketplace.accounts.forms.entrance.ActivateTotpForm",
    "deactivate_totp": "marketplace.accounts.forms.entrance.DeactivateTotpForm",
    "generate_recovery_codes": "marketplace.accounts.forms.entrance.RecoveryCodesForm",
}
# Roles whose holders must have a second factor before anything else; prod sets SENSITIVE_ROLES.
MFA_REQUIRED_ROLES: list[str] = []
SENSITIVE_ROLES = [
    "approver",
    "qualified_authority",
    "authorising_officer",
    "curator",
    "qualification_officer",
    "decision_maker",
    "programme_manager",
    "support",
    "platform_admin",
]
# In prod a token that decides needs a session opened with a second factor and lasts this long at most.
DECISION_TOKEN_NEEDS_MFA = False
DECISION_TOKEN_MAX_AGE = dt.timedelta(hours=1)
TOKEN_MAX_AGE = dt.timedelta(days=365)

# Five failures for one address from one place lock that pair for a quarter of an hour. The place
# counts too: otherwise anybody could keep an approver out by typing their address.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "marketplace.accounts.lockout.username_of"
AXES_LOCKOUT_CALLABLE = "marketplace.accounts.lockout.locked_response"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
# Successful sign-ins would be kept for ever with their address: nobody reads them.
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "email", "csrfmiddlewaretoken"]
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0) or None

# id:base64 of 32 bytes; the first encrypts, the others still decrypt (marketplace.keys.ring).
MASTER_KEYS = env("MASTER_KEYS", default="")
# base64 of the 32-byte Ed25519 seed that signs the heads of the chain.
AUDIT_SIGNING_KEY = env("AUDIT_SIGNING_KEY", default="")
# The only connection that may append to the chain (tests: the one of the test's transaction).
AUDIT_SEALER_ALIAS = "sealer"
AUDIT_HEADS_DIR = env("AUDIT_HEADS_DIR", default=str(_VAR_DIR / "audit-heads"))

# Known to everybody: dev and test only. `check` refuses them in prod.
DEMO_MASTER_KEYS = "demo:ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1zZWNyZXQtMzI="
DEMO_AUDIT_SIGNING_KEY = "ZGVtb25zdHJhdGlvbi1vbmx5LW5vdC1zaWduaW5nISE="
