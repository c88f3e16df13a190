"""Every page of the purchase: the doctrine and the need here, orders and contracts in urls_orders."""

from importlib.util import find_spec

from django.urls import URLPattern, path

from procurement.awards.urls import urlpatterns as award_patterns
from procurement.candidates.urls import urlpatterns as candidate_patterns
from procurement.compliance.urls import urlpatterns as compliance_patterns
from procurement.consultations.urls import urlpatterns as consultation_patterns
from procurement.controls.urls import urlpatterns as control_patterns
from procurement.conventions.urls import urlpatterns as convention_patterns
from procurement.derogations import views as derogations
from procurement.diversity.urls import urlpatterns as diversity_patterns
from procurement.dynamic.urls import urlpatterns as dynamic_patterns
from procurement.evaluation.urls import urlpatterns as evaluation_patterns
from procurement.groups.urls import urlpatterns as group_patterns
from procurement.routes import project_pages as project_routes
from procurement.routes import views as routes
from procurement.views import assessments, doctrine, eligibility, need, project_parts, projects

if find_spec("procurement.urls_orders") is not None:
    from procurement.urls_orders import urlpatterns as order_patterns
else:
    order_patterns = []

app_name = "procurement"
urlpatterns: list[URLPattern] = [
    path("doctrine/essayer/", doctrine.try_doctrine, name="try_doctrine"),
    path("achat/voies/", routes.routes, name="routes"),
    path("projets/", projects.projects, name="projects"),
    path("projets/nouveau/", projects.create, name="project_create"),
    path("projets/ajouter/", eligibility.add_offers, name="add_offers"),
    path("projets/<slug:number>/", projects.project, name="project"),
    path("projets/<slug:number>/modifier/", projects.edit, name="project_edit"),
    path("projets/<slug:number>/exigences/", projects.requirements, name="project_requirements"),
    path("projets/<slug:number>/copier/", project_parts.copy, name="project_copy"),
    path("projets/<slug:number>/documents/joindre/", project_parts.document_add, name="project_document_add"),
    path("projets/<slug:number>/documents/<uuid:uuid>/", project_parts.document, name="project_document"),
    path(
        "projets/<slug:number>/justificatifs/etablir/", project_parts.proof_issue, name="search_proof_issue"
    ),
    path(
        "projets/<slug:number>/justificatifs/<slug:proof_number>/", project_parts.proof, name="search_proof"
    ),
    path("projets/<slug:number>/auteurs/", projects.authors, name="project_authors"),
    path("projets/<slug:number>/abandonner/", projects.abandon, name="project_abandon"),
    path("projets/<slug:number>/etape/<slug:name>/", projects.move, name="project_move"),
    path("projets/<slug:number>/analyse/", assessments.dialogue, name="project_assessment"),
    path("projets/<slug:number>/analyse/demander/", assessments.ask, name="assessment_ask"),
    path("projets/<slug:number>/analyse/reprendre/", assessments.resume, name="assessment_resume"),
    path("projets/<slug:number>/analyse/refaire/", assessments.restart, name="assessment_restart"),
    path("projets/<slug:number>/analyse/avis/<slug:kind>/", assessments.advise, name="assessment_advise"),
    path("projets/<slug:number>/analyse/decider/", assessments.decide, name="assessment_decide"),
    path("projets/<slug:number>/analyse/renvoyer/", assessments.send_back, name="assessment_send_back"),
    path("projets/<slug:number>/offres/", eligibility.offers, name="project_offers"),
    path("projets/<slug:number>/offres/garder/", eligibility.keep, name="project_keep"),
    path("projets/<slug:number>/preselection/", eligibility.shortlist, name="project_shortlist"),
    path("projets/<slug:number>/preselection/figer/", eligibility.freeze, name="project_freeze"),
    path("projets/<slug:number>/besoin/", need.project_need, name="project_need"),
    path("projets/<slug:number>/voie/", project_routes.route, name="project_route"),
    path("projets/<slug:number>/voie/choisir/", project_routes.choose, name="route_choose"),
    path("projets/<slug:number>/voie/confirmer/", project_routes.confirm, name="route_confirm"),
    path("projets/<slug:number>/voie/refuser/", project_routes.refuse, name="route_refuse"),
    path("projets/<slug:number>/derogation/", derogations.derogation, name="derogation"),
    path("projets/<slug:number>/derogation/demander/", derogations.ask, name="derogation_ask"),
    path(
        "projets/<slug:number>/derogation/actes/<uuid:uuid>/document/",
        derogations.document,
        name="derogation_document",
    ),
    path("projets/<slug:number>/derogation/<slug:words>/", derogations.act, name="derogation_act"),
    # Before those of consultations, whose last address takes any word.
    *evaluation_patterns,
    *convention_patterns,
    *control_patterns,
    *compliance_patterns,
    *diversity_patterns,
    *award_patterns,
    *group_patterns,
    *candidate_patterns,
    *dynamic_patterns,
    *consultation_patterns,
    *order_patterns,
]
