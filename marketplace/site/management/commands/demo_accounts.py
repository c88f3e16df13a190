from typing import Any

from django.core.management.base import BaseCommand

from marketplace.accounts.enums import Role
from marketplace.site.demo.people import ORGANISATIONS, PASSWORD, address_of


class Command(BaseCommand):
    help = "Print the accounts of the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Mot de passe de tous les comptes : {PASSWORD}")
        for organisation in ORGANISATIONS:
            self.stdout.write(organisation.name + ("" if organisation.verified else " (à vérifier)"))
            for person in organisation.people:
                roles = ", ".join(Role(role).label for role in person.roles) or "sans rôle"
                self.stdout.write(f"  {address_of(organisation, person):42} {roles}")
