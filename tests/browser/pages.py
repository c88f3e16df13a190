"""The main pages, by who reads them. An address is text, or a function of the world (one of each thing,
tests/habits/matrix/world.py) that makes what the page shows.

Every page is opened at 1280 and 375 px, narrowed to 320, then opened without JavaScript (test_pages.py).
"""

import datetime as dt
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.actions import reviews
from catalog.actions.authoring import save_answers, supplier_of
from catalog.actions.declarations import join_evidence
from catalog.models import Offer, VersionReview
from catalog.trust import add_mark
from catalog.trust import report as hear
from marketplace.accounts.actions.invitations import invite
from marketplace.accounts.models import Membership
from qualification.interests import take_declared
from qualification.models import Dossier
from tests.builders import grant, make_member
from tests.catalog.builders import REGISTER_LINES, read_and_confirm, read_register, with_difference
from tests.catalog.builders import make_offer as complete_offer
from tests.habits.matrix.rows import STRANGER
from tests.habits.matrix.world import World
from tests.procurement.order_builders import make_offer
from tests.qualification.builders import ask_corrections, run_all, send

FAULTY = (*REGISTER_LINES, "Baie Essai;Essai SAS;902;en cours de route;;")
Address = str | Callable[[World], str]
PAGES: dict[str, list[Address]] = {}


def page(role: str, *addresses: Address) -> None:
    PAGES.setdefault(role, []).extend(addresses)


def sheet(part: str = "") -> Callable[[World], str]:
    return lambda world: world.offer.get_absolute_url() + part


def draft(part: str) -> Callable[[World], str]:
    return lambda world: world.draft.get_absolute_url() + part


def project(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/projets/{world.project.number}/{part}"


def analysis(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/projets/{world.analysis.project.number}/analyse/{part}"


def decided(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/projets/{world.decided_project.number}/{part}"


def order(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"/commandes/{world.order(state).number}/{part}"


def contract(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/contrats/{world.contract.number}/{part}"


def dossier(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"/dossiers/{world.dossier(state).number}/{part}"


def in_hand(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/dossiers/{world.dossier_in_hand.number}/{part}"


def mark(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/pilotage/qualifications/{world.mark.uuid}/{part}"


def chosen_route(part: str = "") -> Callable[[World], str]:
    return lambda world: world.route_choice.get_absolute_url() + part


def derogation(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/projets/{world.derogation.project.number}/derogation/{part}"


def need(part: str = "") -> Callable[[World], str]:
    return lambda world: f"/besoins/{world.need.number}/{part}"


def stale(address: str) -> Callable[[World], str]:
    """With an offer of the world's supplier whose facts nobody has confirmed for years."""

    def made(world: World) -> str:
        Offer.objects.filter(pk=world.offer.pk).update(facts_confirmed_on=dt.date(2020, 1, 1))
        return address

    return made


def suspended(part: str) -> Callable[[World], str]:
    """Of a supplier whose offer is suspended: one of its own, the world's stays listed."""

    def made(world: World) -> str:
        offer = make_offer()
        offer.suspend(actor=world.actor("curator"), reason="Essai.")
        return offer.supplier.get_absolute_url() + part

    return made


def heard(address: str) -> Callable[[World], str]:
    """With a report on a mark; its own page when the address is empty."""

    def made(world: World) -> str:
        report = hear(world.mark, text="Entendu.", source="Presse", actor=world.actor("curator"))
        report.refresh_from_db()
        return address or f"/pilotage/signalements/{report.uuid}/"

    return made


page(
    STRANGER,
    "/",
    "/aide/",
    "/doctrine/",
    "/doctrine/essayer/",
    "/achat/voies/",
    "/achat/voies/?buyer_kind=state&value_eur_ht=45000&homogeneous_eur_ht=20000",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees/",
    "/donnees-personnelles/",
    "/cookies/",
    "/plan-du-site/",
    "/signaler-un-probleme/",
    "/signaler-un-probleme/?envoye=1",
    "/connexion/",
    "/inscription/",
    "/mot-de-passe/",
    sheet(),
    "/offres/",
    "/offres/?q=introuvable&model=iaas&hds=in_force",
    "/offres/filtres/?model=iaas",
    sheet("pile/"),
    sheet("historique/"),
    sheet("prix/"),
    sheet("labels-gaia-x/"),
    sheet("labels-gaia-x/L3/"),
    lambda world: world.signed.get_absolute_url(),
    "/fournisseurs/",
    lambda world: world.offer.supplier.get_absolute_url(),
    lambda world: f"/offres/comparer/?offre={world.offer.number}&offre={_second(world)}",
    "/logiciels-libres/",
    lambda world: f"/offres/cout/?offre={world.offer.number}&offre={_second(world)}&months=36&seats=40",
    lambda world: f"/invitation/{_invited(world)}/",
)
page(
    "requester",
    "/bureau/",
    "/notifications/",
    "/organisation/",
    "/organisation/changer/",
    "/compte/",
    "/compte/jetons/",
    project(),
    "/projets/",
    "/projets/nouveau/",
    project("analyse/"),
    analysis(),
    decided(),
    decided("offres/"),
    decided("preselection/"),
    lambda world: f"/projets/{world.purchase.project.number}/commander/?offre={world.offer.number}",
    order("draft"),
    order("sent"),
    order("rejected"),
    "/commandes/",
    contract(),
    "/contrats/",
)
page("purchasing", *(chosen_route(part) for part in ("", "confirmer/", "refuser/")), "/bureau/")
page("requester", chosen_route("?value_eur_ht=45000&homogeneous_eur_ht=0"))
page("requester", derogation(), lambda world: f"/projets/{world.engaged_project.number}/offres/")
page("requester", lambda world: f"/projets/{world.engaged_project.number}/besoin/")
page("requester", lambda world: f"/projets/{world.engaged_project.number}/derogation/demander/")
page("qualified_authority", derogation("signer/"), derogation("constater/"))
page("requester", "/besoins/", need(), lambda world: f"/besoins/signaler/?q={world.need.title}&model=saas")
page("requester", "/mes-recherches/", lambda world: world.saved_search.get_absolute_url())
page("requester", "/mes-recherches/enregistrer/?q=messagerie&model=saas")
page(STRANGER, sheet("avis/"), lambda world: world.user_review.get_absolute_url(), sheet())
page("requester", lambda world: f"{world.user_review.get_absolute_url()}modifier/")
page("supplier_manager", lambda world: f"{world.user_review.get_absolute_url()}repondre/")
page("curator", "/pilotage/avis/", lambda world: f"{world.user_review.get_absolute_url()}masquer/")
page("requester", lambda world: world.peer_message.get_absolute_url(), "/pairs/", "/bureau/", sheet())
page("requester", lambda world: f"{world.peer_message.get_absolute_url()}repondre/")
page("requester", lambda world: f"/pairs/{world.peer_consent.uuid}/retirer/")
page("purchasing", lambda world: f"{world.contract.offer.get_absolute_url()}pairs/accepter/")
page("other_buyer", sheet(), lambda world: f"/pairs/{world.peer_consent.uuid}/ecrire/")
page("security_officer", "/bureau/", analysis("avis/rssi/"))
page("qualified_authority", "/bureau/")
page("approver", "/bureau/", order("awaiting_approval"), order("awaiting_approval", "approuver/"))
page("finance", "/bureau/", order("approved"))
page("purchasing", "/supports-d-achat/", "/supports-d-achat/creer/")
page("purchasing", lambda world: f"{world.order('sent').vehicle.get_absolute_url()}modifier/")
page(
    "organisation_admin",
    "/bureau/",
    "/organisation/",
    "/organisation/inviter/",
    "/organisation/comptes-de-service/",
    lambda world: f"/organisation/membres/{_to_confirm(world).uuid}/",
    lambda world: f"/organisation/membres/{_to_confirm(world).uuid}/roles/approver/confirmer/",
)
page(
    "supplier_manager",
    "/bureau/",
    draft("modifier/"),
    lambda world: _old_version(world),
    lambda world: f"{_old_version(world)}reprendre/",
    draft("modifier/prix/"),
    draft("modifier/hosting/"),
    draft("modifier/certifications/"),
    draft("modifier/software/"),
    draft("modifier/importer/"),
    draft("copier/"),
    "/offres/importer/",
    draft("modifier/qualifications/"),
    lambda world: f"/mes-offres/{world.signed.offer.number}/titres/",
    lambda world: f"/gaia-x/verifications/{world.gaiax.uuid}/rattacher/",
    draft("modifier/pile/"),
    "/mes-offres/",
    "/offres/nouvelle/",
    dossier("draft"),
    lambda world: f"/dossiers/{_sent_back(world).number}/",
    lambda world: f"/dossiers/{_sent_back(world).number}/corrections/",
    dossier("decided", "decision/"),
    "/mes-preuves/ajouter/",
    lambda world: f"/mes-offres/{world.draft.number}/couverture/devis/",
    lambda world: f"/mes-offres/{world.draft.number}/couverture/gaiax-24.11-L3/applicabilite/",
    lambda world: f"/mes-offres/{world.draft.number}/couverture/gaiax-24.11-L3/applicabilite/P1.1.3/",
    lambda world: world.evidence.get_absolute_url(),
    "/mes-preuves/",
    "/dossiers/",
    order("sent"),
    order("acknowledged"),
)
page(
    "supplier_manager",
    lambda world: f"{world.failed_run.get_absolute_url()}contester/",
    lambda world: world.failed_run.dossier.get_absolute_url(),
    lambda world: world.failed_run.get_absolute_url(),
)
page(
    "qualification_officer",
    lambda world: world.dispute.get_absolute_url(),
    lambda world: world.failing.get_absolute_url(),
    lambda world: f"/controles/{world.failing.offer.number}/exit_terms/",
)
page("curator", "/bureau/", "/pilotage/moderation/", "/pilotage/revendications/", mark(), mark("suspendre/"))
page(
    "curator",
    "/pilotage/moderation/versions/",
    stale("/pilotage/informations/"),
    stale("/pilotage/moderation/"),
)
page(
    "curator",
    "/pilotage/registres/",
    "/pilotage/registres/hds/importer/",
    lambda world: f"/pilotage/registres/imports/{read_register(world.actor('curator'), *FAULTY).uuid}/",
    lambda world: f"/pilotage/registres/imports/{read_and_confirm(world.actor('curator')).uuid}/annuler/",
    lambda world: f"/pilotage/registres/ecarts/{with_difference(world.actor('curator')).uuid}/",
    "/pilotage/registres/ecarts/",
)
page("curator", lambda world: f"{world.offer.supplier.get_absolute_url()}suspendre/", suspended("lever/"))
page("curator", heard("/pilotage/signalements/"), heard(""), sheet("relancer/"))
page("curator", sheet("corriger/"), sheet("corriger/presentation/"))
page("supplier_manager", lambda world: f"{world.offer.supplier.get_absolute_url()}declarer/")
page(STRANGER, "/fournisseurs/?taille=pme&statut=ess")
page("supplier_manager", sheet("confirmer/"), stale("/mes-offres/"))
page("curator", lambda world: f"/pilotage/moderation/{_second_review(world)}/")
page("curator", "/pilotage/qualifications/", need(), need("fusionner/"))
page(
    "qualification_officer",
    "/bureau/",
    dossier("instruction"),
    in_hand(),
    in_hand("constats/"),
    in_hand("constats/exit/"),
    in_hand("lien/"),
    in_hand("echanges/exit/"),
    lambda world: f"/dossiers/{_with_certificate(world).number}/constats/trust_marks/",
    "/pilotage/instruction/",
)
page(
    "decision_maker",
    "/bureau/",
    dossier("proposed"),
    dossier("proposed", "decider/"),
    sheet("suspendre/"),
    dossier("decided", "decision/first/publier/"),
    "/pilotage/decisions/",
)
page(STRANGER, lambda world: f"/decisions/?{world.evidence_copy.pk}")
page(
    "decision_maker",
    lambda world: (
        f"{world.evidence_copy.decision.dossier.get_absolute_url()}decision/first/preuves/"
        f"{world.evidence_copy.evidence.number}/communiquer/"
    ),
)
page(STRANGER, "/durees/", lambda world: f"/delegations/{world.delegation_token}/")
page("supplier_manager", lambda world: f"{world.delegation.offer.get_absolute_url()}deleguer/")
page(STRANGER, "/selections/", lambda world: world.collection.get_absolute_url())
page(
    "curator",
    lambda world: world.collection.get_absolute_url(),
    lambda world: f"{world.collection.get_absolute_url()}modifier/",
    lambda world: f"{world.collection.get_absolute_url()}offres/",
    lambda world: f"{world.collection.get_absolute_url()}archiver/",
    "/selections/nouvelle/",
    lambda world: f"/pilotage/categories/?{world.category.code}",
    "/pilotage/categories/ajouter/",
    lambda world: f"/pilotage/categories/{world.category.code}/modifier/",
    lambda world: f"/pilotage/categories/{world.category.code}/retirer/",
)
page("organisation_admin", sheet("retenir/"))
page("organisation_admin", lambda world: f"/organisation/offres-retenues/{world.retained.uuid}/retirer/")
page("organisation_admin", "/organisation/offres-retenues/", "/offres/?retained=1", sheet())
page("support", "/bureau/", "/pilotage/personnes/", "/pilotage/personnes/domaines/")
page("support", "/pilotage/personnes/organisations/nouvelle/")
page("auditor", "/bureau/", "/pilotage/journal/", dossier("instruction"), order("sent"))


def _old_version(world: World) -> str:
    """Replaced online by another one."""
    offer = complete_offer(supplier=supplier_of(world.supplier))
    reviews.accept(_proposed(world, offer, "Autre texte."), actor=world.actor("curator"))
    return f"{offer.get_absolute_url()}versions/1/"


def _second_review(world: World) -> str:
    """Of an offer where an older version waits too."""
    offer = complete_offer(supplier=supplier_of(world.supplier))
    _proposed(world, offer, "Deuxième texte.")
    return str(_proposed(world, offer, "Troisième texte.").uuid)


def _proposed(world: World, offer: Offer, text: str) -> VersionReview:
    save_answers(offer, actor=world.actor("supplier_manager"), answers={"description": text})
    return reviews.propose(offer, actor=world.actor("supplier_manager"))


def _sent_back(world: World) -> Dossier:
    """A dossier whose supplier has the ball."""
    dossier = world.dossier("instruction")
    ask_corrections(dossier, world._people)
    return dossier


def _invited(world: World) -> str:
    """The secret of the link that a person received."""
    admin = world.actor("organisation_admin")
    _, secret = invite(world.ministry, email="invitee@essai.example", roles=["requester"], actor=admin)
    return secret


def _to_confirm(world: World) -> Membership:
    """A colleague given a role that a second administrator must confirm."""
    member = make_member(organisation=world.ministry)
    grant(member, "approver", confirmed_by=None)
    return member


def _with_certificate(world: World) -> Dossier:
    """In instruction, on a declaration that has its certificate."""
    dossier = world.dossier("draft")
    editor = world.actor("supplier_editor")
    declared = {"scheme": "iso27001", "status": "in_force", "origin": "declared", "scope": "Essai"}
    made = add_mark(dossier.offer, actor=editor, **declared)
    join_evidence(made, actor=editor, upload=SimpleUploadedFile("certificat.pdf", b"%PDF-1.7\n%%EOF\n"))
    send(dossier, world._people, "")
    run_all(dossier)
    take_declared(dossier, actor=world.actor("qualification_officer"))
    return dossier


def _second(world: World) -> int:
    return make_offer(trust={"secnumcloud": "suspended"}).number
