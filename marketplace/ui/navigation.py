"""Who sees which entries of the menu, in which order. An entry shows only if its address exists."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.urls import Resolver404, resolve

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, Role


class Entry(NamedTuple):
    """``section``: addresses that belong to it; ``roles`` None shows it to all of the public."""

    label: str
    path: str
    section: tuple[str, ...] = ()
    roles: frozenset[str] | None = None

    def owns(self, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in (self.section or (self.path,)))


DESK = Entry("Mon bureau", "/bureau/")
OFFERS = Entry("Offres", "/offres/", ("/offres/", "/selections/"))
CONSULTATIONS = Entry("Consultations", "/consultations/", ("/consultations/", "/attributions/"))
ORDERS = Entry(
    "Commandes et contrats",
    "/commandes/",
    (
        "/commandes/",
        "/contrats/",
        "/publications/",
        "/supports-d-achat/",
        "/budgets/",
        "/avenants/",
        "/contre-propositions/",
        "/prix-prives/",
        "/factures/",
    ),
)
ORGANISATION = Entry("Organisation", "/organisation/")
JOURNAL = Entry("Journal", "/pilotage/journal/")

VISITOR = (
    OFFERS,
    Entry("Fournisseurs", "/fournisseurs/"),
    CONSULTATIONS,
    Entry("Doctrine", "/doctrine/"),
    Entry("Observatoire", "/observatoire/"),
    Entry("Aide", "/aide/"),
)
BUYER = (DESK, Entry("Projets", "/projets/"), OFFERS, CONSULTATIONS, ORDERS, ORGANISATION)
SUPPLIER = (
    DESK,
    Entry("Mes offres", "/mes-offres/"),
    Entry("Dossiers", "/dossiers/", ("/dossiers/", "/mes-preuves/", "/preuves/")),
    CONSULTATIONS,
    ORDERS,
    ORGANISATION,
)
OPERATOR = (
    DESK,
    Entry(
        "Instruction",
        "/pilotage/instruction/",
        (
            "/pilotage/instruction/",
            "/pilotage/alertes/",
            "/pilotage/travaux/",
            "/pilotage/rattachements/",
            "/dossiers/",
            "/controles/",
        ),
        frozenset({Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER}),
    ),
    Entry("Décisions", "/pilotage/decisions/", (), frozenset({Role.DECISION_MAKER})),
    Entry(
        "Modération",
        "/pilotage/moderation/",
        (
            "/pilotage/moderation/",
            "/pilotage/demandes/",
            "/pilotage/revendications/",
            "/pilotage/informations/",
            "/pilotage/signalements/",
            "/pilotage/categories/",
        ),
        frozenset({Role.CURATOR}),
    ),
    Entry(
        "Qualifications et registres",
        "/pilotage/qualifications/",
        ("/pilotage/qualifications/", "/pilotage/registres/", "/pilotage/rattachements/"),
        frozenset({Role.CURATOR}),
    ),
    Entry(
        "Programmes",
        "/pilotage/programmes/",
        ("/pilotage/programmes/", "/programmes/"),
        frozenset({Role.PROGRAMME_MANAGER}),
    ),
    Entry(
        "Personnes et organisations",
        "/pilotage/personnes/",
        (),
        frozenset({Role.SUPPORT, Role.PLATFORM_ADMIN}),
    ),
    Entry("Files de travaux", "/pilotage/travaux/", (), frozenset({Role.PLATFORM_ADMIN})),
    Entry("Journal", "/pilotage/journal/", (), frozenset({Role.PLATFORM_ADMIN, Role.SUPPORT})),
    OFFERS,
)
AUDITOR = (JOURNAL, Entry("Dossiers", "/dossiers/"), ORDERS, OFFERS)

PUBLIC_PREFIXES = (
    "/offres/",
    "/fournisseurs/",
    "/logiciels-libres/",
    "/referentiels/",
    "/programmes/",
    "/tremplin/",
    "/durees/",
    "/decisions/",
    "/selections/",
    "/consultations/",
    "/doctrine/",
    "/observatoire/",
    "/aide/",
    "/donnees/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/cookies/",
    "/plan-du-site/",
)


@lru_cache(maxsize=256)
def exists(path: str) -> bool:
    """Whether an address answers in this installation (addresses never change while it runs)."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def menu_of(actor: Actor) -> tuple[Entry, ...]:
    kind = actor.organisation.kind if actor.organisation is not None else None
    if kind is None:
        return VISITOR if actor.user is None else (DESK, *VISITOR[:1], *VISITOR[3:])
    if kind == OrganisationKind.SUPPLIER:
        return SUPPLIER
    if kind == OrganisationKind.OPERATOR:
        return OPERATOR
    return AUDITOR if kind == OrganisationKind.OVERSIGHT else BUYER


class Link(NamedTuple):
    label: str
    path: str
    current: str  # "page", "true" (its section), ""


def links_for(actor: Actor, *, path: str) -> list[Link]:
    """At most six entries: what the reader's organisation and roles open, and that exists."""
    shown = [e for e in menu_of(actor) if exists(e.path) and (e.roles is None or actor.has(*e.roles))][:6]
    return [Link(e.label, e.path, _current(e, path=path, shown=shown)) for e in shown]


def _current(entry: Entry, *, path: str, shown: Iterable[Entry]) -> str:
    if path == entry.path:
        return "page"
    owner = next((e for e in shown if e.owns(path)), None)
    return "true" if owner is entry else ""


def is_public(path: str) -> bool:
    return path == "/" or path.startswith(PUBLIC_PREFIXES)


FOOTER = (
    Entry("Plan du site", "/plan-du-site/"),
    Entry("Accessibilité", "/accessibilite/"),
    Entry("Mentions légales", "/mentions-legales/"),
    Entry("Données personnelles", "/donnees-personnelles/"),
    Entry("Cookies", "/cookies/"),
    Entry("Données ouvertes", "/donnees/"),
    Entry("API", "/api/docs/"),
)


def footer_links() -> list[Entry]:
    return [entry for entry in FOOTER if exists(entry.path)]
