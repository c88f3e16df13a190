"""Addresses of the negotiation, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.negotiation import views

urlpatterns = [
    path("commandes/<slug:number>/contre-proposition/", views.counter_propose, name="counter_propose"),
    path("contre-propositions/<slug:number>/", views.counter_proposal_page, name="counter_proposal"),
    path(
        "contre-propositions/<slug:number>/<slug:slug>/",
        views.counter_proposal_move,
        name="counter_proposal_move",
    ),
    path("prix-prives/", views.private_price_list, name="private_prices"),
    path("prix-prives/donner/", views.private_price_give, name="private_price_give"),
    path("prix-prives/<slug:number>/", views.private_price_page, name="private_price"),
    path("prix-prives/<slug:number>/retirer/", views.private_price_withdraw, name="private_price_withdraw"),
]
