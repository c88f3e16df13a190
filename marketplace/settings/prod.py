from marketplace.settings.base import *  # noqa: F403
from marketplace.settings.base import SENSITIVE_ROLES

MFA_REQUIRED_ROLES = SENSITIVE_ROLES
DECISION_TOKEN_NEEDS_MFA = True
