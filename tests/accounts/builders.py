from allauth.account.models import EmailAddress

from marketplace.accounts.models import Membership, User
from tests.builders import make_member, make_user


def confirmed(user: User) -> User:
    """The person has opened the link sent to their address."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_confirmed_user(email: str = "", full_name: str = "") -> User:
    return confirmed(make_user(email=email, full_name=full_name))


def make_confirmed_member(*roles: str, **values: object) -> Membership:
    return make_member(*roles, user=make_confirmed_user(), **values)
