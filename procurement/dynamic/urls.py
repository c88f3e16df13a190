"""Addresses of dynamic purchasing systems, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.dynamic.views import admissions, systems

SYSTEM, ADMISSION = "systemes-d-acquisition/<slug:number>/", "candidatures/<slug:number>/"

urlpatterns = [
    path("systemes-d-acquisition/", systems.index, name="dynamic_systems"),
    path("systemes-d-acquisition/ouvrir/", systems.create, name="dynamic_system_create"),
    path(SYSTEM, systems.show, name="dynamic_system"),
    path(f"{SYSTEM}categories/", systems.categorise, name="dynamic_system_categories"),
    path(f"{SYSTEM}candidater/", systems.ask, name="admission_ask"),
    path(ADMISSION, admissions.show, name="admission"),
    path(f"{ADMISSION}pieces/", admissions.act, {"words": "pieces"}, name="admission_add_paper"),
    path(f"{ADMISSION}pieces/<uuid:uuid>/", admissions.paper, name="admission_paper"),
    path(f"{ADMISSION}<slug:words>/", admissions.act, name="admission_act"),
]
