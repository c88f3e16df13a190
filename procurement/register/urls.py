"""Addresses of the register of contracts, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.register import views

urlpatterns = [
    path("contrats/agenda/", views.calendar_links, name="calendar_links"),
    path("contrats/agenda/revoquer/", views.calendar_revoke, name="calendar_revoke"),
    path("agenda/<str:secret>.ics", views.calendar_feed, name="calendar"),
    path("contrats/<slug:number>/responsables/", views.owners, name="contract_owners"),
]
