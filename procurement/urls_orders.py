"""Addresses of purchasing; included by procurement/urls.py (numbers are public numbers)."""

from django.urls import path

from procurement.amendments.urls import urlpatterns as amendment_patterns
from procurement.approval.urls import urlpatterns as approval_patterns
from procurement.budgets.urls import urlpatterns as budget_patterns
from procurement.discounts.urls import urlpatterns as discount_patterns
from procurement.exit.urls import urlpatterns as exit_patterns
from procurement.invoicing.urls import urlpatterns as invoice_patterns
from procurement.negotiation.urls import urlpatterns as negotiation_patterns
from procurement.peers import views as peers
from procurement.publication import views as publications
from procurement.publication import views_open as open_publications
from procurement.register.urls import urlpatterns as register_patterns
from procurement.statements.urls import urlpatterns as statement_patterns
from procurement.views import (
    contracts,
    order_moves,
    order_opinions,
    order_writing,
    orders,
    vehicle_edit,
    vehicle_lots,
    vehicles,
)
from procurement.voices import move_pages as voice_moves
from procurement.voices import views as voices

urlpatterns = [
    *budget_patterns,
    *approval_patterns,
    *amendment_patterns,
    *negotiation_patterns,
    *statement_patterns,
    *register_patterns,
    *invoice_patterns,
    *exit_patterns,
    *discount_patterns,
    path("commandes/", orders.order_list, name="orders"),
    path("commandes/<slug:number>/", orders.order_page, name="order"),
    path("commandes/<slug:number>/document/", orders.order_document, name="order_document"),
    path("commandes/<slug:number>/ubl/", orders.order_ubl, name="order_ubl"),
    path("commandes/<slug:number>/message/", orders.order_message, name="order_message"),
    path("commandes/<slug:number>/avis/<slug:kind>/", order_opinions.order_opinion, name="order_opinion"),
    path("commandes/<slug:number>/<slug:slug>/", order_moves.order_move, name="order_move"),
    path("contrats/", contracts.contract_list, name="contracts"),
    path("contrats/<slug:number>/", contracts.contract_page, name="contract"),
    path("contrats/<slug:number>/reexamens/<uuid:uuid>/", contracts.review_decide, name="contract_review"),
    path("contrats/<slug:number>/<slug:slug>/", contracts.contract_move, name="contract_move"),
    path("offres/<int:number>-<slug:slug>/avis/", voices.offer_reviews, name="offer_reviews"),
    path("offres/<int:number>-<slug:slug>/avis/donner/", voices.review_write, name="review_write"),
    path("avis/<uuid:uuid>/", voices.user_review, name="user_review"),
    path("avis/<uuid:uuid>/modifier/", voices.review_revise, name="review_revise"),
    path("avis/<uuid:uuid>/<slug:words>/", voice_moves.review_act, name="review_act"),
    path("pilotage/avis/", voices.moderated, name="moderated_reviews"),
    path("offres/<int:number>-<slug:slug>/pairs/accepter/", peers.peer_consent, name="peer_consent"),
    path("pairs/", peers.peer_list, name="peers"),
    path("pairs/<uuid:uuid>/ecrire/", peers.peer_write, name="peer_write"),
    path("pairs/<uuid:uuid>/retirer/", peers.peer_withdraw, name="peer_withdraw"),
    path("pairs/messages/<uuid:uuid>/", peers.peer_message, name="peer_message"),
    path("pairs/messages/<uuid:uuid>/<slug:words>/", peers.peer_message_act, name="peer_message_act"),
    path("publications/", publications.publication_list, name="publications"),
    path("publications/preparer/", publications.publication_create, name="publication_create"),
    path("publications/<slug:number>/", publications.publication_page, name="publication"),
    path("publications/<slug:number>/completer/", publications.publication_edit, name="publication_edit"),
    path("publications/<slug:number>/<slug:words>/", publications.publication_act, name="publication_act"),
    path("donnees/marches/", open_publications.open_contracts, name="open_contracts"),
    path("donnees/marches/<slug:ocid>/", open_publications.open_contract, name="open_contract"),
    path("supports-d-achat/", vehicles.vehicle_list, name="vehicles"),
    path("supports-d-achat/creer/", vehicles.vehicle_create, name="vehicle_create"),
    path("supports-d-achat/<slug:number>/", vehicles.vehicle_page, name="vehicle"),
    path("supports-d-achat/<slug:number>/modifier/", vehicle_edit.edit, name="vehicle_edit"),
    path("supports-d-achat/<slug:number>/lots/ajouter/", vehicle_lots.add, name="vehicle_lot_add"),
    path("supports-d-achat/<slug:number>/lots/<int:lot>/", vehicle_lots.edit, name="vehicle_lot_edit"),
    path("projets/<slug:number>/commander/", order_writing.order_create, name="order_create"),
    path(
        "projets/<slug:number>/commander/<slug:order_number>/recalculer/",
        order_writing.order_reprice,
        name="order_reprice",
    ),
    path(
        "projets/<slug:number>/commander/<slug:order_number>/<slug:slug>/",
        order_writing.order_step,
        name="order_step",
    ),
]
