from marketplace.accounts.models.access import ApiToken, ServiceAccount
from marketplace.accounts.models.invitation import Invitation
from marketplace.accounts.models.membership import Membership, RoleGrant
from marketplace.accounts.models.organisation import Organisation, PublicEmailDomain
from marketplace.accounts.models.user import User

__all__ = [
    "ApiToken",
    "Invitation",
    "Membership",
    "Organisation",
    "PublicEmailDomain",
    "RoleGrant",
    "ServiceAccount",
    "User",
]
