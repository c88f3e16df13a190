"""Addresses of the chain and the delegations, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.approval import views

urlpatterns = [
    path("organisation/circuit-d-approbation/", views.chain_page, name="approval_chain"),
    path("organisation/circuit-d-approbation/modifier/", views.chain_new, name="approval_chain_new"),
    path("organisation/delegations-de-signature/", views.delegation_list, name="delegations"),
    path("organisation/delegations-de-signature/donner/", views.delegation_new, name="delegation_new"),
    path(
        "organisation/delegations-de-signature/<uuid:uuid>/retirer/",
        views.delegation_revoke,
        name="delegation_revoke",
    ),
]
