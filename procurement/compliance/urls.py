"""Addresses of what a project records of its AIPD and homologation."""

from django.urls import path

from procurement.compliance import views

urlpatterns = [
    path("projets/<slug:number>/conformite/<uuid:uuid>/", views.paper, name="compliance_paper"),
    path("projets/<slug:number>/conformite/<slug:words>/", views.record_page, name="compliance_record"),
]
