"""The address of supplier diversity, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.diversity import views

urlpatterns = [path("achat/diversite/", views.diversity, name="diversity")]
