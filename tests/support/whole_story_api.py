"""The whole story by the API, each act by who may do it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from procurement.models import Consultation
from tests.procurement.consultation_builders import pass_deadline
from tests.procurement.invoicing.builders import IBAN
from tests.rest.builders import client_for_token
from tests.support import whole_story as story
from tests.support.journey import work
from tests.support.journey_api import Caller, advise, assessed_project
from tests.support.whole_story import Cast


class Api:
    """Who speaks, by role, and what each act leaves for the next. The same acts, by the same names, as in
    `tests.support.whole_story_pages`."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.say = {role: Caller(client_for_token(member)) for role, member in cast.members.items()}
        self.sell = {name: Caller(client_for_token(member)) for name, member in cast.managers.items()}
        self.holders = [Caller(client_for_token(member)) for member in cast.holders]
        self.secrets: list[str] = []
        self.project = self.path = self.vehicle = self.contract = self.stated = ""
        self.ranked: list[dict[str, Any]] = []

    def need(self) -> None:
        """Assessed, an offer that complies kept, the route chosen and confirmed by the service achats."""
        requester, project = self.say["requester"], assessed_project(self.say)
        found = requester.get(f"projects/{project}/eligible_offers/")
        assert found["counts"]["eligible"] == 3
        requester.post(f"projects/{project}/shortlist/", {"offer": str(self.cast.offer.uuid)})
        requester.post(f"projects/{project}/freeze_offers/")
        requester.post(f"projects/{project}/buy/")
        values = {"value_eur_ht": story.ESTIMATE, "homogeneous_eur_ht": "0"}
        choice = requester.post("route-choices/", {"project": project, "route": "adapted", **values})
        self.say["purchasing"].post(f"route-choices/{choice['id']}/confirm/")
        self.project = project

    def consultation(self) -> None:
        """Written, its key made and proved by three people, published."""
        requester, buyer = self.say["requester"], self.say["purchasing"]
        path = f"consultations/{requester.post('consultations/', {'project': self.project})['id']}/"
        content = {"description": "Une messagerie.", "criteria": story.CRITERIA, "lots": story.LOTS}
        requester.patch(path, content)
        emails = [member.user.email for member in self.cast.holders]
        buyer.post(f"{path}name-holders/", {"openers": emails[:2], "recovery": emails[2]})
        self.secrets = [holder.post(f"{path}take-secret/")["secret"] for holder in self.holders]
        for holder, secret in zip(self.holders, self.secrets, strict=True):
            holder.post(f"{path}rehearse/", {"secret": secret})
        buyer.post(f"{path}record-sending/", story.sent_notice())
        assert buyer.post(f"{path}publish/", {"attested": True})["state"] == "published"
        self.path = path

    def answer(self, supplier: str) -> None:
        seller, path = self.sell[supplier], self.path
        (lot,) = seller.get(path)["lots"]
        draft = seller.post("response-drafts/", {"consultation": self._consultation, "lot": 1})
        prices = [
            {"item": item["id"], "unit_price_eur_ht": story.PRICES[supplier]} for item in lot["price_items"]
        ]
        body = {"candidacy": "dc1", "not_excluded": True, "proposal": "Notre service.", "prices": prices}
        seller.patch(f"response-drafts/{draft['id']}/", body)
        files = {"file": SimpleUploadedFile("dc1.txt", b"DC1 rempli")}
        seller.send(f"response-drafts/{draft['id']}/files/", files)
        receipt = seller.post(f"response-drafts/{draft['id']}/deposit/")["receipt"]["receipt"]
        assert len(receipt["ciphertext_sha256"]) == 64

    @property
    def _consultation(self) -> str:
        return self.path.split("/")[1]

    def opening(self) -> None:
        """Two of the three secrets, once the deadline is past."""
        assert self.say["purchasing"].get("sealed-deposits/")["count"] == 0
        pass_deadline(Consultation.objects.get())
        for holder, secret in list(zip(self.holders, self.secrets, strict=True))[:2]:
            told = holder.post(f"{self.path}give-secret/", {"secret": secret})
        assert told["opened"] is True

    def evaluation(self) -> None:
        """Marked by the requester, shared, agreed, ranked: the price decides."""
        requester, buyer = self.say["requester"], self.say["purchasing"]
        people = [self.cast["requester"].user.email]
        made = buyer.post("evaluations/", {"consultation": self._consultation, "people": people})
        here = f"evaluations/{made['id']}/"
        criteria = [one["id"] for one in made["criteria"] if one["kind"] != "price"]
        marks = [
            {"response": one["response"], "value": "12.50", "reason": "Bien."} for one in made["responses"]
        ]
        requester.post(f"{here}declare-interest/", {"has_interest": False})
        for criterion in criteria:
            requester.post(f"{here}mark/", {"criterion": criterion, "marks": marks})
        requester.post(f"{here}give/")
        buyer.post(f"{here}open_consensus/")
        for criterion in criteria:
            buyer.post(f"{here}agree/", {"criterion": criterion, "marks": marks})
        ranked = buyer.post(f"{here}conclude/")["responses"]
        self.ranked = sorted(ranked, key=lambda one: one["rank"])

    def award(self) -> None:
        """To the best ranked: certificates, decision, letters, signature, notification."""
        buyer = self.say["purchasing"]
        body = {
            "consultation": self._consultation,
            "lot": 1,
            "response": self.ranked[0]["response"],
        }
        here = f"awards/{buyer.post('awards/', {**body, 'reason': 'La mieux classée.'})['id']}/"
        for kind in ("tax", "social"):
            self.sell[story.WINNER].send(
                f"{here}certificates/", {"kind": kind, "file": story.certificate(kind)}
            )
        buyer.post(f"{here}decide/", {"checked": True})
        buyer.post(f"{here}send_letters/", {})
        buyer.post(f"{here}sign/", {})
        dates = {"starts_on": story.today(), "ends_on": story.in_days(400)}
        notified = buyer.post(f"{here}notify/", {**dates, "attested": True})
        assert self.sell[story.SUPPLIERS[1]].get("rejection-letters/")["count"] == 1
        self.vehicle = str(notified["vehicle"])

    def order(self) -> None:
        """Under the award; advised, approved, committed, sent, acknowledged: its contract."""
        say, requester = self.say, self.say["requester"]
        terms = {
            "project": self.project, "offer": str(self.cast.offer.uuid), "plan": "standard",
            "lines": [{"price_line": "poste", "quantity": story.SEATS}],
            "vehicle": self.vehicle, "budget_line": "Action 01",
            "starts_on": story.today(), "ends_on": story.in_days(364), "supplier_vat_regime": "normal",
        }  # fmt: skip
        order = f"orders/{requester.post('orders/', terms)['id']}/"
        requester.post(f"{order}request_opinions/")
        advise(say, {"order": order.split("/")[1]})
        say["approver"].post(f"{order}approve/")
        say["finance"].post(f"{order}commit/", {"commitment_number": "1400000042"})
        requester.post(f"{order}send/")
        self.sell[story.WINNER].post(f"{order}acknowledge/")
        (contract,) = requester.get("contracts/")["results"]
        self.contract = str(contract["id"])

    def statement(self) -> None:
        """Of the first day; attested by who asked, certified by finance."""
        body = {"contract": self.contract, "starts_on": story.today(), "ends_on": story.today()}
        rows = [{"component": "poste", "quantity": story.SEATS}]
        made = self.sell[story.WINNER].post("usage-statements/", {**body, "rows": rows})
        here = f"usage-statements/{made['id']}/"
        self.sell[story.WINNER].post(f"{here}submit/")
        self.say["requester"].post(f"{here}attest/", {"service_done_on": story.today()})
        Caller(client_for_token(self.cast.certifier)).post(f"{here}certify/")
        self.stated = str(made["id"])

    def invoice(self) -> None:
        """Matched three ways, accepted, its account confirmed by another person, paid."""
        seller, finance = self.sell[story.WINNER], self.say["finance"]
        line = {
            "label": "Poste", "order_line": 1, "quantity": story.SEATS, "unit_price_eur_ht": "10",
            "total_eur_ht": "100.00", "vat_rate": "20",
        }  # fmt: skip
        body = {
            "contract": self.contract, "statement": self.stated, "supplier_number": "F-1", "iban": IBAN,
            "issued_on": story.today(), "lines": [line], "total_eur_ht": "100.00", "vat_eur": "20.00",
            "total_eur_ttc": "120.00",
        }  # fmt: skip
        made = seller.post("invoices/", body)
        assert made["state"] == "matched"
        here = f"invoices/{made['id']}/"
        finance.post(f"{here}accept/")
        self.say["purchasing"].post(f"{here}confirm-account/", {"checked_how": "Rappel"})
        paid = {"amount_eur_ttc": "120.00", "paid_on": story.today(), "reference": "M-1"}
        assert finance.post(f"{here}pay/", paid)["left_eur_ttc"] == "0.00"

    def loss(self) -> None:
        curator = self.say["curator"]
        (mark,) = curator.get(f"trust-marks/?offer={self.cast.offer.uuid}")["results"]
        act = {"issuer": "ANSSI", "act_reference": "Acte fictif 1", "act_date": story.today()}
        curator.post(f"trust-marks/{mark['id']}/withdraw/", {**act, "reason": "Essai."})
        work()

    def exit(self) -> None:
        """Opened on the review of the loss; notice, export received with its hash, erasure, certificate."""
        requester = self.say["requester"]
        (review,) = requester.get("contract-reviews/")["results"]
        assert requester.get(f"contract-reviews/{review['id']}/moving/")["replacements"]
        made = requester.post("exit-plans/", {"contract": self.contract, "reason": "Perte"})
        here = f"exit-plans/{made['id']}/"
        requester.post(f"{here}give_notice/", {"given_on": story.today()})
        asked = requester.post(f"{here}request-export/", {"label": "Boîtes", "format": "MBOX"})
        receipt = {
            "export": asked["exports"][0]["id"],
            "received_on": story.today(),
            "sha256": story.EXPORT_HASH,
        }
        requester.post(f"{here}receive-export/", receipt)
        requester.post(f"{here}record-erasure/", {"erased_on": story.today(), "reference": "ATT-1"})
        assert requester.post(f"{here}close/")["state"] == "closed"

    def publication(self) -> None:
        """The draft that the notification left, completed, read again, published."""
        buyer = self.say["purchasing"]
        (draft,) = buyer.get("publications/")["results"]
        here = f"publications/{draft['id']}/"
        buyer.patch(here, story.published_answers())
        buyer.post(f"{here}review/", {"attested": True})
        buyer.post(f"{here}publish/")
