"""Addresses of merged demand, included in those of procurement (same namespace)."""

from django.urls import path

from procurement.groups import views, views_shares

urlpatterns = [
    path("projets/<slug:number>/partage/", views_shares.project_share, name="project_share"),
    path("projets/<slug:number>/partage/proposer/", views_shares.share_propose, name="share_propose"),
    path("projets/<slug:number>/partage/<slug:slug>/", views_shares.share_act, name="share_act"),
    path("projets/<slug:number>/groupement/", views.group_create, name="group_create"),
    path("besoins-partages/", views_shares.shared_needs, name="shared_needs"),
    path("groupements/", views.groups, name="groups"),
    path("groupements/<slug:number>/", views.group, name="group"),
    path("groupements/<slug:number>/document/", views.group_document, name="group_document"),
    path("groupements/<slug:number>/inviter/<uuid:uuid>/", views.group_invite, name="group_invite"),
    path("groupements/<slug:number>/<slug:slug>/", views.group_act, name="group_act"),
]
