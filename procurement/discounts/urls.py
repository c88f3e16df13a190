"""Addresses of the discounts of a purchasing vehicle."""

from django.urls import path

from procurement.discounts import views

urlpatterns = [
    path("supports-d-achat/<slug:number>/remises/ajouter/", views.add, name="discount_add"),
    path("supports-d-achat/<slug:number>/remises/<uuid:uuid>/terminer/", views.end, name="discount_end"),
]
