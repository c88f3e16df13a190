"""Addresses of the programmes, included in those of qualification (same namespace)."""

from django.urls import path, register_converter

from qualification.programmes.views import (
    applications,
    moves,
    project_acts,
    projects,
    public,
    steering,
    tremplin,
)


class CallNumber:
    regex = r"APC-\d{4}-\d{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ApplicationNumber(CallNumber):
    regex = r"CAN-\d{4}-\d{4,9}"


class ProposalNumber(CallNumber):
    regex = r"GRP-\d{4}-\d{4,9}"


register_converter(ProposalNumber, "proposal")
register_converter(CallNumber, "call")
register_converter(ApplicationNumber, "application")

urlpatterns = [
    path("programmes/", public.programme_list, name="programmes"),
    path("programmes/candidatures/", applications.index, name="programme_applications"),
    path("programmes/appels/<call:number>/", public.call, name="programme_call"),
    path("programmes/appels/<call:number>/candidater/", applications.new, name="programme_apply"),
    path("programmes/appels/<call:number>/groupement/", projects.new, name="project_new"),
    path("programmes/appels/<call:number>/besoins/", projects.need_new, name="programme_call_need"),
    path("programmes/projets/", projects.index, name="project_proposals"),
    path("programmes/projets/<proposal:number>/", projects.show, name="project_proposal"),
    path("programmes/projets/<proposal:number>/modifier/", projects.edit, name="project_edit"),
    path("programmes/projets/<proposal:number>/recepisse/", projects.receipt, name="project_receipt"),
    path("programmes/projets/<proposal:number>/inviter/", project_acts.invite, name="project_invite"),
    path("programmes/projets/<proposal:number>/repondre/", project_acts.answer, name="project_answer"),
    path(
        "programmes/projets/<proposal:number>/demonstrateur/",
        project_acts.demonstrator,
        name="project_demonstrator",
    ),
    path("programmes/projets/<proposal:number>/resultat/", project_acts.evaluate, name="project_evaluate"),
    path("programmes/projets/<proposal:number>/<slug:words>/", project_acts.move, name="project_move"),
    path("programmes/appels/<call:number>/<slug:words>/", steering.call_move, name="programme_call_move"),
    path("programmes/candidatures/<application:number>/", applications.show, name="programme_application"),
    path(
        "programmes/candidatures/<application:number>/modifier/",
        applications.edit,
        name="programme_application_edit",
    ),
    path(
        "programmes/candidatures/<application:number>/recepisse/",
        applications.receipt,
        name="programme_receipt",
    ),
    path("programmes/candidatures/<application:number>/aide/", applications.find_help, name="programme_help"),
    path("programmes/candidatures/<application:number>/jalons/", moves.milestone, name="programme_milestone"),
    path("programmes/candidatures/<application:number>/rapports/", moves.report, name="programme_report"),
    path("programmes/candidatures/<application:number>/<slug:words>/", moves.move, name="programme_move"),
    path("programmes/<slug:code>/", public.programme, name="programme"),
    path("tremplin/", tremplin.show, name="tremplin"),
    path("tremplin/<slug:code>/", tremplin.mark, name="tremplin_step"),
    path("pilotage/programmes/", steering.dashboard, name="programmes_dashboard"),
    path("pilotage/programmes/candidatures.<slug:kind>", steering.table, name="programmes_table"),
    path("pilotage/programmes/appels/nouveau/", steering.new_call, name="programme_call_new"),
]
