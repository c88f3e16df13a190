"""Addresses of the amendments, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.amendments import views

urlpatterns = [
    path("contrats/<slug:number>/avenants/ecrire/", views.amendment_write, name="amendment_write"),
    path("avenants/<slug:number>/", views.amendment_page, name="amendment"),
    path("avenants/<slug:number>/<slug:slug>/", views.amendment_move, name="amendment_move"),
]
