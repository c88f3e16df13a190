"""Addresses of the conventions, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.conventions import views

urlpatterns = [
    path("projets/<slug:number>/conventions/ecrire/", views.convention_write, name="convention_write"),
    path("conventions/<slug:number>/", views.convention_page, name="convention"),
    path("conventions/<slug:number>/document/", views.convention_document, name="convention_document"),
    path("conventions/<slug:number>/<slug:slug>/", views.convention_act, name="convention_act"),
]
