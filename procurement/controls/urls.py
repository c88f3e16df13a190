"""Addresses of the control files, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.controls import views

urlpatterns = [
    path("projets/<slug:number>/controle/", views.project_control, name="project_control"),
    path("projets/<slug:number>/controle/<slug:kind>/", views.control_prepare, name="control_prepare"),
    path("controles/<slug:number>/", views.control_page, name="control_file"),
    path("controles/<slug:number>/pieces/<uuid:uuid>/", views.control_paper, name="control_paper"),
    path("controles/<slug:number>/<slug:slug>/", views.control_act, name="control_act"),
]
