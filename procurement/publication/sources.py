"""From our rows to the facts of a publication and back to JSON: what is held here, and where it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from procurement.budgets.amounts import committed_amounts
from procurement.consultations.enums import ConsultationKind, CriterionKind
from procurement.models import Award
from procurement.publication import judging, words
from procurement.publication.facts import Buyer, Holder, MarketFacts
from procurement.publication.fields import BY_NAME, Kind

if TYPE_CHECKING:
    from catalog.models import Supplier
    from procurement.models import Consultation, Contract, Order, Publication, PurchasingVehicle

# Value of a field, and the sentence that says where it was read.
Held = dict[str, tuple[Any, str]]


def held_of_contract(contract: Contract) -> Held:
    """What an order without a vehicle says of the contract that it is. The rest is asked of the buyer."""
    order = contract.order
    told: Held = {
        "object": (contract.offer.name, "nom de l’offre commandée, à préciser"),
        "amount_eur_ht": (committed_amounts(order).ht, _amount_said(order)),
        "duration_months": (
            months_between(contract.starts_on, contract.ends_on),
            "dates du contrat, reconductions non comprises",
        ),
    }
    if order.project.cpv:
        told["cpv"] = (order.project.cpv, f"projet {order.project.number}")
    if order.answered_at is not None:
        day = timezone.localdate(order.answered_at)
        told["notified_on"] = (day, "accusé de réception du fournisseur")
    return told | _number(order.sent_number or "") | _holder(contract.supplier)


def _amount_said(order: Order) -> str:
    """An order paid by usage is published for its maximum, as DECP asks."""
    what = "total" if order.maximum_eur_ht is None else "maximum"
    return f"{what} du bon de commande {order.sent_number}"


def held_of_vehicle(vehicle: PurchasingVehicle) -> Held:
    """What a contract of the administration's own says when it was registered as a vehicle."""
    told: Held = {
        "object": (vehicle.title, "objet du support d’achat"),
        "duration_months": (months_between(vehicle.starts_on, vehicle.ends_on), "dates du support d’achat"),
    }
    if vehicle.maximum_eur_ht is not None:
        told["amount_eur_ht"] = (vehicle.maximum_eur_ht, "maximum du support d’achat")
    return told | _number(vehicle.reference) | _holders(vehicle.known_holders) | _awarded(award_of(vehicle))


def award_of(vehicle: PurchasingVehicle | None) -> Award | None:
    """The award of this place that made it; None for a contract passed elsewhere. One query."""
    if vehicle is None:
        return None
    return Award.objects.for_pages().filter(vehicle=vehicle).first()


def procedure_of(consultation: Consultation) -> str:
    """In the words of DECP; empty for a kind that leaves the question to the buyer."""
    if consultation.kind == ConsultationKind.ADAPTED:
        return words.PROCEDURES[0]
    if consultation.kind != ConsultationKind.FORMALISED:
        return ""
    return words.PROCEDURES[2 if consultation.is_restricted else 1]


def _awarded(award: Award | None) -> Held:
    """What the consultation says of its own contract."""
    if award is None:
        return {}
    consultation, where = award.consultation, f"consultation {award.consultation.number}"
    told: Held = {"offers_received": (_received(award), f"ouverture, {where}")}
    if consultation.project.cpv:
        told["cpv"] = (consultation.project.cpv, f"projet {consultation.project.number}")
    if award.notified_on is not None:
        told["notified_on"] = (award.notified_on, f"notification, {award.number}")
    if procedure := procedure_of(consultation):
        told["procedure"] = (procedure, where)
    if consultation.kind == ConsultationKind.SPECIFIC:
        told["techniques"] = ((words.TECHNIQUES[3],), where)
    kinds = {one.kind for one in consultation.criteria.all()}
    if CriterionKind.ENVIRONMENT in kinds:
        told["environmental"] = ((words.ENVIRONMENTAL[1],), f"critères, {where}")
    if CriterionKind.SOCIAL in kinds:
        told["social"] = ((words.SOCIAL[1],), f"critères, {where}")
    return told


def _received(award: Award) -> int:
    """Responses of the lot, those set aside too, as the format counts them."""
    return award.lot.deposits.filter(opened__isnull=False).count()


def months_between(first: dt.date, last: dt.date) -> int:
    """Both days included, rounded up to the whole month, as DECP asks."""
    after = last + dt.timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return max(1, months + (after.day > first.day))


def _number(text: str) -> Held:
    facts = MarketFacts(buyer=Buyer("", ""), reference=text)
    refused = judging.refusals(facts, today=dt.date.max)
    return {"reference": (text, "numéro tenu ici")} if text and "reference" not in refused else {}


def _holders(suppliers: list[Supplier]) -> Held:
    """Of all of them, or of none where one has no identifier that DECP knows."""
    found = [_holder(one) for one in suppliers]
    if not found or not all(found):
        return {}
    told = tuple(each["holders"][0][0] for each in found)
    return {"holders": (told, "fiche du fournisseur" if len(told) == 1 else "fiches des fournisseurs")}


def _holder(supplier: Supplier) -> Held:
    holders = holders_of(supplier)
    return {"holders": (holders, "fiche du fournisseur")} if holders else {}


def holders_of(supplier: Supplier) -> tuple[Holder, ...]:
    """By an identifier that DECP knows; a SIREN alone is not one. Empty: none is known."""
    organisation = supplier.organisation
    known = [(supplier.identifier_scheme, supplier.identifier)]
    if organisation is not None:
        known.insert(0, (organisation.identifier_scheme, organisation.identifier))
    for scheme, identifier in known:
        if identifier and scheme in words.HOLDER_SCHEMES:
            return (Holder(scheme, identifier),)
    return ()


def encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the row keeps them; what is unknown is left out."""
    return {name: _plain(value) for name, value in values.items() if value not in (None, "", [], ())}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Holder):
        return {"scheme": value.scheme, "id": value.identifier}
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def decoded(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The row's answers as the facts take them."""
    return {name: _read(BY_NAME[name].kind, value) for name, value in answers.items() if name in BY_NAME}


def _read(kind: Kind, value: Any) -> Any:
    if kind in (Kind.AMOUNT, Kind.SHARE):
        return Decimal(value)
    if kind is Kind.DAY:
        return dt.date.fromisoformat(value)
    if kind is Kind.HOLDERS:
        return tuple(Holder(each["scheme"], each["id"]) for each in value)
    return tuple(value) if kind is Kind.MANY else value


def facts_of(publication: Publication, answers: Mapping[str, Any] | None = None) -> MarketFacts:
    """Of its answers, or of those given. Needs `for_pages` at hand, else up to four queries."""
    told = decoded(publication.answers if answers is None else answers)
    buyer = Buyer(publication.buyer_siret, publication.buyer.name)
    facts = MarketFacts(buyer=buyer, **told)
    return replace(facts, holders=named(facts.holders, suppliers_of(publication)))


def suppliers_of(publication: Publication) -> list[Supplier]:
    """Of the contract, or those that hold the vehicle; at most one query."""
    if publication.contract is not None:
        return [publication.contract.supplier]
    return publication.vehicle.known_holders if publication.vehicle is not None else []


def named(holders: tuple[Holder, ...], suppliers: list[Supplier]) -> tuple[Holder, ...]:
    """With the supplier's legal name on each holder that it is; the others' names are not known here."""
    names: dict[str, str] = {}
    for one in suppliers:
        keys = [one.identifier, *([one.organisation.identifier] if one.organisation is not None else [])]
        names |= dict.fromkeys((key for key in keys if key), one.legal_name or one.name)
    return tuple(replace(each, name=_name_of(each, names)) for each in holders)


def _name_of(holder: Holder, names: Mapping[str, str]) -> str:
    return names.get(holder.identifier) or names.get(holder.identifier[:9]) or holder.name
