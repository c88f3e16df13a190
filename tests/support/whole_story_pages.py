"""The whole story in a browser without JavaScript: each form is opened, filled and sent by who may do it.

Suppliers, finance and the holders of a secret read a narrow screen (375 px), the others a wide one.
"""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership
from procurement.evaluation.sheet import judged_criteria, responses_of
from procurement.models import (
    Award,
    Consultation,
    Contract,
    ContractReview,
    Evaluation,
    ExitPlan,
    Invoice,
    Order,
    Project,
    Publication,
    UsageStatement,
)
from tests.procurement.consultation_builders import pass_deadline
from tests.procurement.invoicing.builders import IBAN
from tests.support import whole_story as story
from tests.support.browsing import Visit
from tests.support.form_tab import FormTab
from tests.support.journey import work
from tests.support.whole_story import Cast

SECRET = re.compile(r"(?:[A-Z2-7]{4}-){7}[A-Z2-7]{4}")
NARROW = 375


class Pages:
    """The same acts as `tests.support.whole_story_api`, in the same order."""

    def __init__(self, cast: Cast, visit: Visit) -> None:
        self.cast, self.visit = cast, visit
        self.by = {
            role: self.tab(member, narrow=role == Role.FINANCE) for role, member in cast.members.items()
        }
        self.sell = {name: self.tab(member, narrow=True) for name, member in cast.managers.items()}
        self.holders = [self.tab(member, narrow=True) for member in cast.holders]
        self.certifier = self.tab(cast.certifier, narrow=True)
        self.secrets: list[str] = []

    def tab(self, member: Membership, *, narrow: bool) -> FormTab:
        return FormTab(self.visit, member, width=NARROW if narrow else 1280)

    @property
    def faults(self) -> list[str]:
        """What the consoles said, of everybody and from the beginning."""
        tabs = [*self.by.values(), *self.sell.values(), *self.holders, self.certifier]
        return [fault for tab in tabs for fault in tab.page.faults]

    def need(self) -> None:
        requester = self.by["requester"]
        requester.send("/projets/nouveau/", {"title": "Messagerie des agents"})
        project = Project.objects.get()
        self._assess(project.number)
        offers = reverse("procurement:project_offers", args=[project.number])
        assert "3 offres conformes, 0 à vérifier" in requester.read(offers)
        keep = reverse("procurement:project_keep", args=[project.number])
        requester.submit(keep, {"offre": self.cast.offer.number})
        requester.send(reverse("procurement:project_freeze", args=[project.number]))
        requester.submit(reverse("procurement:project_move", args=[project.number, "buy"]))
        route = f"/projets/{project.number}/voie/"
        requester.read(route)
        requester.submit(route, {"value_eur_ht": story.ESTIMATE, "homogeneous_eur_ht": "0"}, moves=False)
        requester.submit(f"{route}choisir/", {"route": "adapted"})
        self.by["purchasing"].send(f"{route}confirmer/")

    def _assess(self, number: str) -> None:
        """Answered, advised by two officers, decided by a third person."""
        requester, url = self.by["requester"], reverse("procurement:project_assessment", args=[number])
        place = f"{url}?etape=1"
        requester.read(place)
        for step in (
            {
                "project_kind": "new", "hosting": "commercial_cloud", "service_models": ["saas"],
                "full_cost_eur_ht": "90000",
            },
            {"sensitive_data": ["protected_secret"], "personal_data": "yes", "health_data": "no"},
            {"harms": ["public_order"]},
        ):  # fmt: skip
            requester.submit(url, step)
        requester.submit(reverse("procurement:assessment_ask", args=[number]))
        for role, kind in (("security_officer", "rssi"), ("data_officer", "dpo")):
            advise = reverse("procurement:assessment_advise", args=[number, kind])
            self.by[role].send(advise, {"verdict": "favourable", "text": "Lu."})
        decide = reverse("procurement:assessment_decide", args=[number])
        self.by["qualified_authority"].send(decide, {"reason": "Sensibilité retenue."})

    def consultation(self) -> None:
        requester, buyer, project = self.by["requester"], self.by["purchasing"], Project.objects.get()
        url = requester.send(f"/projets/{project.number}/consulter/")
        form = {
            "title": "Messagerie", "description": "Une messagerie.", "access": "open", "pay_per_use": "on",
            "response_days": "10", "question_days": "4", "answer_days": "2", "closing_time": "14:30",
            "price_formula": "lowest_ratio",
        }  # fmt: skip
        requester.send(f"{url}modifier/", form)
        rows = {
            f"{name}_{rank}": str(one[name])
            for rank, one in enumerate(story.CRITERIA, start=1)
            for name in ("kind", "label", "weight")
        }
        requester.send(f"{url}criteres/", rows)
        item = story.LOTS[0]["price_items"][0]
        line = {"label_1": item["label"], "unit_1": item["unit"], "quantity_1": item["quantity"]}
        requester.send(f"{url}lots/1/prix/", line)
        keys = [member.user.pk for member in self.cast.holders]
        buyer.send(f"{url}cle/nommer/", dict(zip(("first", "second", "recovery"), keys, strict=True)))
        for holder in self.holders:
            holder.read(f"{url}cle/")
            holder.submit(f"{url}cle/secret/", moves=False)
            found = SECRET.search(holder.read_open())
            assert found is not None
            self.secrets.append(found[0])
        for holder, secret in zip(self.holders, self.secrets, strict=True):
            holder.send(f"{url}cle/essai/", {"secret": secret})
        buyer.send(f"{url}avis/enregistrer/", story.sent_notice())
        buyer.send(f"{url}publier/", {"attested": "on"})

    def answer(self, supplier: str) -> None:
        consultation, seller = Consultation.objects.get(), self.sell[supplier]
        responses = f"{consultation.get_absolute_url()}reponse/"
        url = f"{responses}1/"
        seller.press(responses, f"{url}commencer/")
        prices = {
            f"price_{item.uuid.hex}": story.PRICES[supplier].replace(".", ",")
            for item in consultation.lots.get().price_items.all()
        }
        said = {"candidacy": "dume", "not_excluded": "on", "proposal": "Notre service."}
        seller.send(url, {**said, **prices})
        seller.press(url, f"{url}fichiers/", {"file": ("dume.txt", b"DUME")})
        seller.send(f"{url}remettre/")

    def opening(self) -> None:
        consultation = Consultation.objects.get()
        pass_deadline(consultation)
        opening = f"{consultation.get_absolute_url()}ouverture/"
        for holder, secret in list(zip(self.holders, self.secrets, strict=True))[:2]:
            holder.send(opening, {"secret": secret})
        shown = self.by["purchasing"].read(opening)
        assert all(name in shown for name in story.SUPPLIERS)

    def evaluation(self) -> None:
        url, buyer = f"{Consultation.objects.get().get_absolute_url()}evaluation/", self.by["purchasing"]
        requester = self.by["requester"]
        buyer.send(f"{url}commencer/", {"people": [self.cast["requester"].user.pk]})
        requester.send(f"{url}liens/", {"has_interest": "no"})
        made = Evaluation.objects.with_sheet().get()
        marks = {
            f"{name}_{one.response.uuid.hex}": said
            for one in responses_of(made)
            for name, said in (("value", "12,5"), ("reason", "Bien."))
        }
        for criterion in judged_criteria(made):
            requester.send(f"{url}notes/{criterion.position}/", marks)
        requester.send(f"{url}donner/")
        buyer.send(f"{url}mise-en-commun/")
        for criterion in judged_criteria(made):
            buyer.send(f"{url}notes-retenues/{criterion.position}/", marks)
        buyer.send(f"{url}classement/")

    def award(self) -> None:
        evaluation, buyer = Evaluation.objects.get(), self.by["purchasing"]
        first = evaluation.standings[0]["responses"][0]["response"]
        place = f"{evaluation.consultation.get_absolute_url()}attribution/lots/1/"
        url = buyer.send(place, {"response": first, "reason": "La mieux classée."})
        for kind in ("tax", "social"):
            given = {"kind": kind, "file": (f"{kind}.txt", story.certificate(kind).read())}
            self.sell[story.WINNER].send(f"{url}certificats/", given)
        buyer.send(f"{url}decider/", {"checked": "on"})
        buyer.send(f"{url}lettres/")
        buyer.send(f"{url}signer/")
        dates = {"starts_on": story.today(), "ends_on": story.in_days(400)}
        buyer.send(f"{url}notifier/", {**dates, "attested": "on"})
        loser = self.sell[story.SUPPLIERS[1]]
        assert "Votre réponse n’est pas retenue" in loser.read(evaluation.consultation.get_absolute_url())

    def order(self) -> None:
        requester, project = self.by["requester"], Project.objects.get()
        start = f"/projets/{project.number}/commander/?offre={self.cast.offer.number}"
        place = requester.send(start, {"qte-poste": story.SEATS})
        place = requester.send(place, {"starts_on": story.today(), "ends_on": story.in_days(364)})
        vehicle = Award.objects.get().vehicle
        assert vehicle is not None
        terms = {"vehicle": vehicle.pk, "supplier_vat_regime": "normal", "budget_line": "Action 01"}
        place = requester.send(place, terms)
        requester.send(place)
        url = f"/commandes/{Order.objects.get().number}/"
        for role, kind in (("security_officer", "rssi"), ("data_officer", "dpo")):
            self.by[role].send(f"{url}avis/{kind}/", {"verdict": "favourable", "text": "Lu."})
        self.by["approver"].send(f"{url}approuver/")
        self.by["finance"].send(f"{url}engager/", {"commitment_number": "1400000042"})
        requester.send(f"{url}envoyer/")
        self.sell[story.WINNER].send(f"{url}accuser-reception/")

    def statement(self) -> None:
        seller, contract = self.sell[story.WINNER], Contract.objects.get()
        days = {"starts_on": story.today(), "ends_on": story.today()}
        seller.send(f"/contrats/{contract.number}/releves/ecrire/", {**days, "q_poste": story.SEATS})
        url = UsageStatement.objects.get().get_absolute_url()
        seller.send(f"{url}envoyer/")
        self.by["requester"].send(f"{url}attester/", {"service_done_on": story.today()})
        self.certifier.send(f"{url}certifier/")

    def invoice(self) -> None:
        seller, finance, contract = self.sell[story.WINNER], self.by["finance"], Contract.objects.get()
        rank = contract.order.lines.get().position
        typed = {
            "kind": "invoice", "supplier_number": "F-1", "issued_on": story.today(), "vat_rate": "20",
            "total_eur_ttc": "120,00", "iban": IBAN, f"qte-{rank}": story.SEATS, f"prix-{rank}": "10",
            "statement": str(UsageStatement.objects.get().uuid),
        }  # fmt: skip
        seller.send(f"/contrats/{contract.number}/factures/saisir/", typed)
        url = Invoice.objects.get().get_absolute_url()
        assert "Aucun écart" in finance.read(url)
        finance.send(f"{url}accepter/")
        self.by["purchasing"].send(f"{url}confirmer-le-compte/", {"checked_how": "Rappel"})
        paid = {"amount_eur_ttc": "120,00", "paid_on": story.today(), "reference": "M-1"}
        finance.send(f"{url}payer/", paid)

    def publication(self) -> None:
        buyer, url = self.by["purchasing"], Publication.objects.get().get_absolute_url()
        said = story.published_answers()
        (holder,) = said["holders"]
        typed = {name: _typed(value) for name, value in said.items()} | {"holders": f"siret {holder['id']}"}
        buyer.send(f"{url}completer/", typed)
        buyer.send(f"{url}relire/", {"attested": "on"})
        buyer.send(f"{url}publier/")

    def loss(self) -> None:
        """Two pages: the fact, then what it touches."""
        mark = self.cast.offer.trust_marks.get()
        url = f"/pilotage/qualifications/{mark.uuid}/retirer/"
        act = {"issuer": "ANSSI", "act_reference": "Acte fictif 1", "act_date": story.today()}
        fact = {**act, "effective_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "reason": "Essai."}
        curator = self.by["curator"]
        curator.read(url)
        curator.submit(url, fact, moves=False)
        curator.submit(url)
        work()

    def exit(self) -> None:
        requester, contract = self.by["requester"], Contract.objects.get()
        review = ContractReview.objects.get()
        moving = f"/contrats/{contract.number}/reexamens/{review.uuid}/remplacer/"
        shown = requester.read(moving)
        others = Offer.objects.exclude(pk=self.cast.offer.pk)
        assert [offer.name in shown for offer in others] == [True, True]
        requester.send(f"/contrats/{contract.number}/reversibilite/ouvrir/", {"reason": "Perte"})
        plan = ExitPlan.objects.get()
        url = plan.get_absolute_url()
        requester.send(f"{url}preavis/", {"given_on": story.today()})
        requester.send(f"{url}exporter/", {"label": "Boîtes", "format": "MBOX"})
        receipt = {"received_on": story.today(), "sha256": story.EXPORT_HASH}
        requester.send(f"{url}exports/{plan.exports.get().uuid}/", receipt)
        requester.send(f"{url}effacement/", {"erased_on": story.today(), "reference": "ATT-1"})
        requester.send(f"{url}clore/")


def _typed(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
