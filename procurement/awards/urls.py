"""Addresses of awards, included in those of procurement (same namespace), before `<words>/`."""

from django.urls import path

from procurement.awards.views import acts, ending, show
from procurement.consultations.urls import ONE

AWARD = "attributions/<slug:number>/"

urlpatterns = [
    path(f"{ONE}attribution/", show.index, name="awards"),
    path(f"{ONE}attribution/lots/<int:lot>/", show.propose, name="award_propose"),
    path(f"{ONE}lots/<int:lot>/terminer/", ending.end, name="lot_end"),
    path(f"{ONE}lettres/<uuid:uuid>/", show.letter, name="rejection_letter"),
    path(AWARD, show.show, name="award"),
    path(f"{AWARD}certificats/", acts.add_certificate, name="award_add_certificate"),
    path(f"{AWARD}certificats/<uuid:uuid>/", show.certificate, name="award_certificate"),
    path(f"{AWARD}<slug:words>/", acts.act, name="award_act"),
]
