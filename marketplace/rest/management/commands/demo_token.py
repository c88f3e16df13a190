"""`manage.py demo_token requester`: a token of the demonstration account of a role, for 12 hours."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import ApiToken, Membership

LIFETIME = dt.timedelta(hours=12)


class Command(BaseCommand):
    help = "Print an API token of the demonstration account that holds a role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=Role.values, metavar="ROLE", help=", ".join(Role.values))

    def handle(self, *, role: str, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration tokens exist only in the demonstration and in tests.")
        membership = demonstration_membership(role)
        if membership is None:
            raise CommandError(f"No demonstration account holds {role}: run « manage.py load_demo » first.")
        held = [grant.role for grant in membership.grants.in_force(timezone.localdate())]
        _, secret = ApiToken.issue(
            label=f"demo_token {role}",
            scopes=held,
            lifetime=LIFETIME,
            membership=membership,
            created_with_totp=True,
        )
        self.stdout.write(secret)


def demonstration_membership(role: str) -> Membership | None:
    """The first loaded account of the reserved `.example` domain that holds the role now."""
    rows = Membership.objects.holding(role).filter(
        user__email__endswith=".example", organisation__state="verified"
    )
    return rows.select_related("user", "organisation").order_by("pk").first()
