"""The whole story through the pages, without JavaScript: each form is opened, filled and sent."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Offer
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
    RouteChoice,
    UsageStatement,
)
from tests.builders import client_for
from tests.procurement.consultation_builders import pass_deadline
from tests.procurement.invoicing.builders import IBAN
from tests.support import whole_story as story
from tests.support.journey import work
from tests.support.whole_story import Cast

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
SECRET = re.compile(r"<code>((?:[A-Z2-7]{4}-){7}[A-Z2-7]{4})</code>")


class Reader:
    """One person at a browser: reads a page, sends its form with what it hides and what is typed."""

    def __init__(self, member: Membership) -> None:
        self.client: Client = client_for(member)

    def read(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, f"{url} {answer.status_code}"
        return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")

    def send(self, url: str, values: dict[str, Any] | None = None) -> str:
        """A form opened first; the address that it leads to."""
        hidden = dict(HIDDEN.findall(self.read(url)))
        return self.post(url, {**hidden, **(values or {})})

    def post(self, url: str, values: dict[str, Any] | None = None) -> str:
        answer = self.client.post(url, values or {})
        assert answer.status_code == 302, f"{url} {answer.status_code} {_said(answer)}"
        return str(answer.headers["Location"])


def _said(answer: Any) -> str:
    """What the page says of its errors."""
    found = re.findall(
        r"fr-(?:message--error|error-text|alert--error)[^>]*>\s*(?:<p>)?([^<]+)", answer.content.decode()
    )
    return " / ".join(found) or answer.content.decode()[-1500:]


class Pages:
    """The same acts as `tests.support.whole_story_api`, in the same order."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.by = {role: Reader(member) for role, member in cast.members.items()}
        self.sell = {name: Reader(member) for name, member in cast.managers.items()}
        self.holders = [Reader(member) for member in cast.holders]
        self.secrets: list[str] = []

    def need(self) -> None:
        requester = self.by["requester"]
        requester.send("/projets/nouveau/", {"title": "Messagerie des agents"})
        project = Project.objects.get()
        self._assess(project.number)
        offers = reverse("procurement:project_offers", args=[project.number])
        assert "3 offres conformes, 0 à vérifier" in requester.read(offers)
        requester.post(
            reverse("procurement:project_keep", args=[project.number]), {"offre": self.cast.offer.number}
        )
        requester.send(reverse("procurement:project_freeze", args=[project.number]))
        requester.post(reverse("procurement:project_move", args=[project.number, "buy"]))
        values = {"value_eur_ht": story.ESTIMATE, "homogeneous_eur_ht": "0"}
        route = f"/projets/{project.number}/voie/"
        requester.post(f"{route}choisir/", {**values, "route": "adapted"})
        version = RouteChoice.objects.get().version
        self.by["purchasing"].post(f"{route}confirmer/", {"version": version})

    def _assess(self, number: str) -> None:
        """Answered, advised by two officers, decided by a third person."""
        requester, url = self.by["requester"], reverse("procurement:project_assessment", args=[number])
        place = f"{url}?etape=1"
        for step in (
            {
                "project_kind": "new", "hosting": "commercial_cloud", "service_models": ["saas"],
                "full_cost_eur_ht": "90000",
            },
            {"sensitive_data": ["protected_secret"], "personal_data": "yes", "health_data": "no"},
            {"harms": ["public_order"]},
        ):  # fmt: skip
            place = requester.post(place, step)
        requester.post(reverse("procurement:assessment_ask", args=[number]))
        for role, kind in (("security_officer", "rssi"), ("data_officer", "dpo")):
            advise = reverse("procurement:assessment_advise", args=[number, kind])
            self.by[role].send(advise, {"verdict": "favourable", "text": "Lu."})
        decide = reverse("procurement:assessment_decide", args=[number])
        self.by["qualified_authority"].send(decide, {"reason": "Sensibilité retenue."})

    def consultation(self) -> None:
        requester, buyer, project = self.by["requester"], self.by["purchasing"], Project.objects.get()
        url = requester.post(f"/projets/{project.number}/consulter/")
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
        requester.post(f"{url}criteres/", rows)
        item = story.LOTS[0]["price_items"][0]
        line = {"label_1": item["label"], "unit_1": item["unit"], "quantity_1": item["quantity"]}
        requester.post(f"{url}lots/1/prix/", line)
        keys = [member.user.pk for member in self.cast.holders]
        buyer.post(f"{url}cle/nommer/", dict(zip(("first", "second", "recovery"), keys, strict=True)))
        for holder in self.holders:
            shown = holder.client.post(f"{url}cle/secret/").content.decode()
            found = SECRET.search(shown)
            assert found is not None
            self.secrets.append(found[1])
        for holder, secret in zip(self.holders, self.secrets, strict=True):
            holder.post(f"{url}cle/essai/", {"secret": secret})
        buyer.send(f"{url}avis/enregistrer/", story.sent_notice())
        buyer.send(f"{url}publier/", {"attested": "on"})

    def answer(self, supplier: str) -> None:
        consultation, seller = Consultation.objects.get(), self.sell[supplier]
        url = f"{consultation.get_absolute_url()}reponse/1/"
        seller.post(f"{url}commencer/")
        prices = {
            f"price_{item.uuid.hex}": story.PRICES[supplier].replace(".", ",")
            for item in consultation.lots.get().price_items.all()
        }
        said = {"candidacy": "dume", "not_excluded": "on", "proposal": "Notre service."}
        seller.send(url, {**said, **prices})
        seller.post(f"{url}fichiers/", {"file": SimpleUploadedFile("dume.txt", b"DUME")})
        seller.send(f"{url}remettre/")

    def opening(self) -> None:
        consultation = Consultation.objects.get()
        pass_deadline(consultation)
        opening = f"{consultation.get_absolute_url()}ouverture/"
        for holder, secret in list(zip(self.holders, self.secrets, strict=True))[:2]:
            holder.post(opening, {"secret": secret})
        shown = self.by["purchasing"].read(opening)
        assert all(name in shown for name in story.SUPPLIERS)

    def evaluation(self) -> None:
        url, buyer = f"{Consultation.objects.get().get_absolute_url()}evaluation/", self.by["purchasing"]
        requester = self.by["requester"]
        buyer.post(f"{url}commencer/", {"people": [self.cast["requester"].user.pk]})
        requester.post(f"{url}liens/", {"has_interest": "no"})
        made = Evaluation.objects.with_sheet().get()
        marks = {
            f"{name}_{one.response.uuid.hex}": said
            for one in responses_of(made)
            for name, said in (("value", "12,5"), ("reason", "Bien."))
        }
        for criterion in judged_criteria(made):
            requester.post(f"{url}notes/{criterion.position}/", marks)
        requester.post(f"{url}donner/")
        buyer.post(f"{url}mise-en-commun/", {"reason": ""})
        for criterion in judged_criteria(made):
            buyer.post(f"{url}notes-retenues/{criterion.position}/", marks)
        buyer.post(f"{url}classement/")

    def award(self) -> None:
        evaluation, buyer = Evaluation.objects.get(), self.by["purchasing"]
        first = evaluation.standings[0]["responses"][0]["response"]
        place = f"{evaluation.consultation.get_absolute_url()}attribution/lots/1/"
        url = buyer.post(place, {"response": first, "reason": "La mieux classée."})
        for kind in ("tax", "social"):
            self.sell[story.WINNER].post(
                f"{url}certificats/", {"kind": kind, "file": story.certificate(kind)}
            )
        buyer.post(f"{url}decider/", {"checked": "on"})
        buyer.post(f"{url}lettres/")
        buyer.post(f"{url}signer/")
        dates = {"starts_on": story.today(), "ends_on": story.in_days(400)}
        buyer.post(f"{url}notifier/", {**dates, "attested": "on"})
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
        Reader(self.cast.certifier).send(f"{url}certifier/")

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
        buyer.send(f"{url}completer/", {**_filled(buyer.read(f"{url}completer/")), **typed})
        buyer.send(f"{url}relire/", {"attested": "on"})
        buyer.send(f"{url}publier/")

    def loss(self) -> None:
        """Two pages: the fact, then what it touches."""
        mark = self.cast.offer.trust_marks.get()
        url = f"/pilotage/qualifications/{mark.uuid}/retirer/"
        act = {"issuer": "ANSSI", "act_reference": "Acte fictif 1", "act_date": story.today()}
        fact = {**act, "effective_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "reason": "Essai."}
        self.by["curator"].post(url, {**fact, "confirmed": str(mark.version)})
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


FIELD = re.compile(r'<input[^>]*type="(?:text|date|number)"[^>]*>|<textarea[^>]*>[^<]*')


def _filled(page: str) -> dict[str, str]:
    """What the form already says, as a browser would send it again."""
    found = {}
    for field in FIELD.findall(page):
        name = re.search(r'name="([^"]+)"', field)
        value = re.search(r'value="([^"]*)"', field)
        if name and field.startswith("<textarea"):
            found[name[1]] = field.partition(">")[2].strip()
        elif name:
            found[name[1]] = value[1] if value else ""
    return found


def _typed(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
