"""Routes open to a purchase on a date, those that are not, and why. Pure.

A vehicle that exists comes first: it asks for no new competition. Thresholds are compared with the whole
value and the homogeneous needs of twelve months; what is not known leaves a route « à vérifier », never open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from marketplace.ui.typography import euros
from procurement.enums_orders import VehicleKind
from procurement.routes.amounts import Amount, amount_on, duties_on
from procurement.routes.facts import PurchaseFacts, VehicleSeen
from procurement.routes.notices import Publicity, delay_on, publicity_due
from procurement.routes.results import (
    ADAPTED,
    CLOSED,
    DISPENSE,
    FORMALISED,
    INNOVATIVE,
    INTERNAL,
    OPEN,
    TO_CHECK,
    VEHICLE,
    Route,
    RouteResult,
)

STATE_KINDS = ("state", "state_operator")
STANDSTILL = "Attendre 11 jours entre l’envoi des lettres de rejet et la signature (article R2182-1)."
NOT_HELD = "Aucun texte n’est tenu ici pour cette date et ce type d’administration."
UNCOUNTED = (
    "Les besoins homogènes des douze mois ne sont pas comptés. Additionnez-les : un besoin découpé pour "
    "rester sous un seuil est un fractionnement, que le code interdit."
)


def pick(facts: PurchaseFacts, *, on: dt.date) -> RouteResult:
    """Every route with its standing; those that need no competition first."""
    routes = (
        *_internal(facts),
        *_vehicles(facts),
        _dispense(facts, on=on),
        *_innovative(facts, on=on),
        _adapted(facts, on=on),
        _formalised(facts, on=on),
    )
    return RouteResult(
        on=on, counted_eur_ht=facts.counted_eur_ht, routes=routes, warnings=tuple(_warnings(facts, on=on))
    )


def _internal(facts: PurchaseFacts) -> Iterator[Route]:
    if facts.buyer_kind not in STATE_KINDS:
        return
    yield Route(
        code=INTERNAL,
        standing=TO_CHECK,
        reason="Un cloud interne de l’État se prend par convention, sans marché, s’il convient au besoin.",
        source="Circulaire n° 6404/SG du 31 mai 2023, règle R6",
        steps=("Signer une convention avec le service qui l’exploite.", "Suivre la refacturation."),
    )


def _vehicles(facts: PurchaseFacts) -> Iterator[Route]:
    for vehicle in facts.vehicles or ():
        standing, reason = _room(vehicle, facts.value_eur_ht)
        yield Route(
            code=VEHICLE,
            vehicle=vehicle.number,
            vehicle_title=f"{vehicle.title} ({vehicle.holder_name})",
            lot=vehicle.lot,
            standing=standing,
            reason=reason,
            source=_VEHICLE_SOURCES[vehicle.kind],
            steps=_vehicle_steps(vehicle),
        )


def _room(vehicle: VehicleSeen, value_eur_ht: Decimal) -> tuple[str, str]:
    """Whether the need fits in what is left. What is worth more without tax than what is left with tax is
    worth more with tax too; the other way round, the VAT is not known yet."""
    if vehicle.left_eur is None:
        return TO_CHECK, "Le support est ouvert ; ce qui reste de son maximum n’est pas connu ici."
    left, value = euros(vehicle.left_eur, tax=vehicle.basis), euros(value_eur_ht, tax="HT")
    if vehicle.left_eur < value_eur_ht:
        return CLOSED, f"Il reste {left} sur ce support, pour un besoin de {value}."
    if vehicle.basis == "HT":
        return OPEN, f"Le support est ouvert et il y reste {left}."
    return TO_CHECK, (
        f"Le support est ouvert et il y reste {left} ; le besoin est de {value} : comparez avec sa TVA."
    )


_VEHICLE_SOURCES = {
    VehicleKind.CENTRAL_PURCHASING: "Centrale d’achat, articles L2113-2 à L2113-5",
    VehicleKind.FRAMEWORK: "Accord-cadre, articles L2125-1 et R2162-1 et suivants",
    VehicleKind.OWN_CONTRACT: "Marché de l’administration",
    VehicleKind.DYNAMIC: "Système d’acquisition dynamique, articles R2162-37 à R2162-51",
}


def _vehicle_steps(vehicle: VehicleSeen) -> tuple[str, ...]:
    if vehicle.kind == VehicleKind.CENTRAL_PURCHASING:
        return ("Commander à la centrale : elle a mené la mise en concurrence.",)
    if vehicle.kind == VehicleKind.FRAMEWORK:
        return (
            "Commander par bon de commande si l’accord-cadre fixe toutes les conditions ; sinon, remettre en "
            "concurrence les titulaires du lot (marché subséquent, article R2162-10).",
        )
    if vehicle.kind == VehicleKind.DYNAMIC:
        return (
            "Inviter tous les fournisseurs admis à remettre une offre (marché spécifique).",
            "Répondre aux candidatures reçues entre-temps dans leur délai (article R2162-45).",
        )
    return ("Commander dans les limites du marché.",)


def _dispense(facts: PurchaseFacts, *, on: dt.date) -> Route:
    held = amount_on("dispense", kind=facts.buyer_kind, on=on)
    steps = (
        "Choisir une offre qui répond bien au besoin, employer bien les deniers publics, "
        "et ne pas contracter toujours avec le même fournisseur.",
        "Garder la trace de ce choix.",
    )
    return _below(DISPENSE, held, facts=facts, steps=steps)


def _innovative(facts: PurchaseFacts, *, on: dt.date) -> Iterator[Route]:
    if facts.is_innovative is False:
        return
    held = amount_on("innovative", kind=facts.buyer_kind, on=on)
    steps = ("Établir en quoi la solution est nouvelle ou sensiblement améliorée.",)
    route = _below(INNOVATIVE, held, facts=facts, steps=steps)
    if route.standing == OPEN and facts.is_innovative is None:
        yield Route(
            code=INNOVATIVE,
            standing=TO_CHECK,
            reason=f"{route.reason} On ne sait pas si la solution est innovante.",
            source=route.source,
            steps=steps,
        )
    else:
        yield route


def _below(code: str, held: Amount | None, *, facts: PurchaseFacts, steps: tuple[str, ...]) -> Route:
    """Open strictly under the amount, once homogeneous needs are counted."""
    if held is None:
        return Route(code=code, standing=TO_CHECK, reason=NOT_HELD, source="")
    counted, limit = euros(facts.counted_eur_ht, tax="HT"), euros(held.least, tax="HT")
    if facts.counted_eur_ht >= held.least:
        reason = f"Le besoin compté ({counted}) atteint {limit}."
        return Route(code=code, standing=CLOSED, reason=reason, source=held.source)
    reason = f"Le besoin compté ({counted}) reste sous {limit}."
    if facts.homogeneous_eur_ht is None:
        reason += " Les besoins homogènes des douze mois restent à compter."
        return Route(code=code, standing=TO_CHECK, reason=reason, source=held.source, steps=steps)
    return Route(code=code, standing=OPEN, reason=reason, source=held.source, steps=steps)


def _adapted(facts: PurchaseFacts, *, on: dt.date) -> Route:
    held = amount_on("formalised", kind=facts.buyer_kind, on=on)
    if held is None:
        return Route(code=ADAPTED, standing=TO_CHECK, reason=NOT_HELD, source="")
    steps = tuple(_publicity(facts, on=on)) + _common_steps(on)
    publicity = tuple(one.any_of for one in _notices(ADAPTED, facts, on=on))
    counted, limit = euros(facts.counted_eur_ht, tax="HT"), _limit(held)
    if facts.counted_eur_ht >= held.most:
        reason = f"Le besoin compté ({counted}) atteint le seuil européen ({limit})."
        return Route(code=ADAPTED, standing=CLOSED, reason=reason, source=held.source)
    if facts.counted_eur_ht >= held.least:
        reason = f"Le besoin compté ({counted}) dépend du seuil qui s’applique à vous ({limit})."
        return Route(
            code=ADAPTED,
            standing=TO_CHECK,
            reason=reason,
            source=held.source,
            steps=steps,
            publicity=publicity,
        )
    if facts.homogeneous_eur_ht is None:
        reason = f"Sous le seuil européen ({limit}), si les besoins homogènes n’y portent pas le total."
        return Route(
            code=ADAPTED,
            standing=TO_CHECK,
            reason=reason,
            source=held.source,
            steps=steps,
            publicity=publicity,
        )
    reason = f"Le besoin compté ({counted}) reste sous le seuil européen ({limit})."
    return Route(
        code=ADAPTED, standing=OPEN, reason=reason, source=held.source, steps=steps, publicity=publicity
    )


def _formalised(facts: PurchaseFacts, *, on: dt.date) -> Route:
    """Always open: nobody is refused more publicity than the law asks."""
    held = amount_on("formalised", kind=facts.buyer_kind, on=on)
    due = held is not None and facts.counted_eur_ht >= held.most
    reason = "Elle est due : le seuil européen est atteint." if due else "Elle est possible à tout montant."
    notices, delay = _notices(FORMALISED, facts, on=on), delay_on(FORMALISED, on)
    steps = (
        "Publier sur le profil d’acheteur.",
        *(f"{one.text} ({one.source})" for one in notices),
        *([delay.told] if delay is not None else []),
        *_common_steps(on),
        STANDSTILL,
    )
    return Route(
        code=FORMALISED,
        standing=OPEN,
        reason=reason,
        source=held.source if held else NOT_HELD,
        steps=steps,
        publicity=tuple(one.any_of for one in notices),
    )


def _notices(code: str, facts: PurchaseFacts, *, on: dt.date) -> tuple[Publicity, ...]:
    """The codes of these routes are those of their consultations."""
    return publicity_due(kind=code, buyer_kind=facts.buyer_kind, counted_eur_ht=facts.counted_eur_ht, on=on)


def _publicity(facts: PurchaseFacts, *, on: dt.date) -> Iterator[str]:
    kind, value = facts.buyer_kind, facts.counted_eur_ht
    profile = amount_on("buyer_profile", kind=kind, on=on)
    if profile is None or value >= profile.least:
        since = f" (à partir de {euros(profile.least, tax='HT')}, article R2132-2)" if profile else ""
        yield f"Publier les documents et recevoir les réponses sur le profil d’acheteur{since}."
    boamp = amount_on("boamp", kind=kind, on=on)
    if boamp is None or value >= boamp.least:
        since = f" (à partir de {euros(boamp.least, tax='HT')})" if boamp else ""
        yield f"Publier un avis au BOAMP ou dans un journal d’annonces légales{since}."
    else:
        yield "Choisir une publicité adaptée au montant et à l’objet."


def _common_steps(on: dt.date) -> tuple[str, ...]:
    return tuple(f"{duty.text} ({duty.source})" for duty in duties_on(on))


def _warnings(facts: PurchaseFacts, *, on: dt.date) -> Iterator[str]:
    if facts.homogeneous_eur_ht is None:
        yield UNCOUNTED
    yield from _about_known(facts)
    if _is_split(facts, on=on):
        others = euros(facts.counted_eur_ht - facts.value_eur_ht, tax="HT")
        alone = euros(facts.value_eur_ht, tax="HT")
        yield (
            f"Seul, le besoin ({alone}) resterait sous un seuil ; avec les besoins homogènes ({others}), "
            "il l’atteint. C’est le total qui compte."
        )
    decp = amount_on("decp", kind=facts.buyer_kind, on=on)
    if decp is not None and facts.value_eur_ht >= decp.least:
        yield (
            f"À partir de {euros(decp.least, tax='HT')}, les données essentielles du marché se publient "
            "dans les deux mois de la notification."
        )
    for code in ("innovative", "formalised"):
        held = amount_on(code, kind=facts.buyer_kind, on=on)
        if held is not None and held.confidence == "C":
            yield f"Point incertain : {held.source}. Faites-le confirmer par votre service achats."


def _about_known(facts: PurchaseFacts) -> Iterator[str]:
    """What the marketplace knows of needs alike, where nobody counted them or fewer were counted."""
    if not facts.known_eur_ht:
        return
    known = f"{euros(facts.known_eur_ht, tax='HT')} de besoins de la même famille (« {facts.family} »)"
    if facts.homogeneous_eur_ht is None:
        yield f"La place de marché connaît {known} : ils sont comptés ici en attendant votre chiffre."
    elif facts.known_eur_ht > facts.homogeneous_eur_ht:
        yield (
            f"Vous comptez {euros(facts.homogeneous_eur_ht, tax='HT')} d’autres besoins, et la place "
            f"de marché en connaît : {known}. Comptez-les, ou dites au service achats en quoi ils "
            "diffèrent : un besoin découpé pour rester sous un seuil est un fractionnement, que le code "
            "interdit."
        )


def _is_split(facts: PurchaseFacts, *, on: dt.date) -> bool:
    for code in ("dispense", "formalised"):
        held = amount_on(code, kind=facts.buyer_kind, on=on)
        if held is not None and facts.value_eur_ht < held.least <= facts.counted_eur_ht:
            return True
    return False


def _limit(held: Amount) -> str:
    if held.least == held.most:
        return euros(held.least, tax="HT")
    return f"{euros(held.least, tax='HT')} ou {euros(held.most, tax='HT')}"
