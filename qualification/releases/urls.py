"""Addresses of the Gaia-X releases, included in those of qualification (same namespace)."""

from django.urls import path

from qualification.releases import views

urlpatterns = [
    path("pilotage/gaia-x/", views.release_list, name="gaiax_releases"),
    path("pilotage/gaia-x/versions/projet/", views.release, name="gaiax_own_release"),
    path("pilotage/gaia-x/versions/<uuid:uuid>/", views.release, name="gaiax_release"),
    path("pilotage/gaia-x/apercus/<uuid:uuid>/", views.trial, name="gaiax_trial"),
]
