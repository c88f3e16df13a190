"""A fictitious call for projects and the consortium that answers it, a publisher on its « Tremplin » path,
and a drill of a security contact announced for the days to come."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.models import MissingNeed, Offer
from marketplace.accounts.actors import Actor
from marketplace.site.demo.acting import act
from marketplace.site.demo.programmes import SOURCE
from marketplace.working_days import add_working_days
from qualification.drills import actions as drills
from qualification.programmes import calls, demonstrators, projects, tremplin
from qualification.programmes.models import ProgrammeCall, ProjectProposal

TARGETS = (
    ("functional", "Annoter une carte sans réseau", "Une journée entière, puis synchronisation en 2 minutes"),
    ("technical", "Chiffrement sur l’appareil", "AES-256, clé gardée par l’administration"),
)


def load_projects(offers: dict[str, Offer]) -> None:
    manager = act("programmes@operateur.example")
    lead, partner = act("responsable@logiciels.example"), act("responsable@nuage.example")
    made = _sent(_call(manager), lead=lead, partner=partner)
    _shown(made, lead=lead, manager=manager)
    _tremplin(lead)
    _drill(offers["souverain"])


def _call(manager: Actor) -> ProgrammeCall:
    now = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    call = calls.create_call(
        actor=manager,
        programme="offre-cloud",
        title="Cartes hors connexion (démonstration)",
        description="Appel fictif, né d’un besoin que deux administrations fictives ont signalé.",
        opens_at=now - dt.timedelta(days=15),
        closes_at=now + dt.timedelta(days=45),
        source=SOURCE,
    )
    need = MissingNeed.objects.filter(title__startswith="Partage de cartes").first()
    projects.add_need(
        call,
        actor=manager,
        title="Partage de cartes hors connexion",
        description="Des agents sur le terrain consultent et annotent des cartes sans réseau (fictif).",
        targets=TARGETS,
        need=need,
    )
    return calls.publish_call(call, actor=manager)


def _sent(call: ProgrammeCall, *, lead: Actor, partner: Actor) -> ProjectProposal:
    assert partner.organisation is not None
    made = projects.open_proposal(
        call, actor=lead, title="Cartes de terrain", role="publisher", part="Le logiciel de cartographie"
    )
    projects.save_proposal(
        made,
        actor=lead,
        needs=call.needs.all(),
        summary="Un logiciel libre de cartes, tenu en service sur un socle qualifié (fictif).",
        work_plan="Maquette en deux mois, démonstrateur en quatre, ouverture en huit.",
    )
    projects.invite(
        made,
        actor=lead,
        organisation=partner.organisation,
        role="integrator",
        part="L’hébergement et le déploiement",
    )
    projects.answer_invitation(made, actor=partner, confirms=True)
    return projects.send(made, actor=lead)


def _shown(made: ProjectProposal, *, lead: Actor, manager: Actor) -> None:
    """The demonstrator is open, and one of the two targets was looked at."""
    demonstrators.set_demonstrator(
        made,
        actor=lead,
        url="https://cartes.logiciels.example/",
        available_from=timezone.now(),
        note="Compte de démonstration sur demande (fictif).",
    )
    target = made.call.needs.get().targets.first()
    assert target is not None
    demonstrators.record_result(
        made,
        actor=manager,
        target=target,
        verdict="met",
        observation="Une journée d’annotations sans réseau, reprises en une minute (fictif).",
        seen_on=timezone.localdate(),
    )


def _tremplin(lead: Actor) -> None:
    tremplin.mark("service", actor=lead, done=True, note="Décrit avec deux administrations pilotes (fictif).")
    tremplin.mark("socle", actor=lead, done=True, note="Nuage Exemple Souverain.")
    tremplin.mark("prix", actor=lead, done=False, note="Prix par agent et par mois, paliers à fixer.")


def _drill(offer: Offer) -> None:
    """Announced for the days to come; its message goes to a fictitious address."""
    first = add_working_days(timezone.localdate(), 3)
    officer = act("instructeur@operateur.example")
    offer.refresh_from_db()
    drills.announce(offer, actor=officer, window_from=first, window_until=add_working_days(first, 5))
