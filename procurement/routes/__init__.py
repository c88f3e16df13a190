"""Which way a purchase may go: facts and a date in, routes with their text and what each asks out."""

from procurement.routes.facts import PurchaseFacts, VehicleSeen
from procurement.routes.picker import pick
from procurement.routes.results import Route, RouteResult

__all__ = ["PurchaseFacts", "Route", "RouteResult", "VehicleSeen", "pick"]
