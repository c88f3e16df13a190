"""The main pages, by who reads them. Each app adds its own: ``page("requester", "/projets/")``, or a
function of the membership that makes what the page shows and answers its address.

Every page is opened at 1280 and 375 px, then without JavaScript (test_pages.py).
"""

from collections.abc import Callable

from marketplace.accounts.models import Membership

Address = str | Callable[[Membership], str]
VISITOR = "visitor"
PAGES: dict[str, list[Address]] = {}


def page(role: str, *addresses: Address) -> None:
    PAGES.setdefault(role, []).extend(addresses)


page(
    VISITOR,
    "/",
    "/aide/",
    "/doctrine/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/cookies/",
    "/plan-du-site/",
    "/signaler-un-probleme/",
    "/signaler-un-probleme/?envoye=1",
)
for _role in (
    "requester",
    "approver",
    "organisation_admin",
    "supplier_manager",
    "curator",
    "qualification_officer",
    "auditor",
):
    page(_role, "/bureau/")
