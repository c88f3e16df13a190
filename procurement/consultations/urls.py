"""Addresses of consultations, included in those of procurement (same namespace)."""

from django.urls import path, register_converter

from procurement.consultations.notices import views as notices
from procurement.consultations.views import acts, keys, opening, questions, responses, show, writing


class ConsultationNumber:
    regex = r"CNS-\d{4}-\d{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ConsultationNumber, "consultation")
ONE = "consultations/<consultation:number>/"

urlpatterns = [
    path("consultations/", show.index, name="consultations"),
    path(ONE, show.show, name="consultation"),
    path(f"{ONE}documents/<uuid:uuid>/", show.document, name="consultation_document"),
    path("projets/<slug:number>/consulter/", writing.begin, name="consultation_begin"),
    path(f"{ONE}modifier/", writing.edit, name="consultation_edit"),
    path(f"{ONE}criteres/", writing.criteria, name="consultation_criteria"),
    path(f"{ONE}lots/", writing.lots, name="consultation_lots"),
    path(f"{ONE}lots/<int:lot>/prix/", writing.prices, name="consultation_prices"),
    path(f"{ONE}avis/", notices.show, name="consultation_notice"),
    path(f"{ONE}avis/enregistrer/", notices.record, name="consultation_notice_record"),
    path(f"{ONE}avis/contenu.<slug:form>", notices.content, name="consultation_notice_content"),
    path(f"{ONE}invites/", writing.invited, name="consultation_invited"),
    path(f"{ONE}documents/", writing.add_document, name="consultation_add_document"),
    path(f"{ONE}cle/", keys.show, name="consultation_key"),
    path(f"{ONE}cle/nommer/", keys.name, name="consultation_holders"),
    path(f"{ONE}cle/secret/", keys.take, name="consultation_secret"),
    path(f"{ONE}cle/essai/", keys.rehearse, name="consultation_rehearse"),
    path(f"{ONE}cle/remplacer/<int:position>/", keys.replace, name="consultation_replace"),
    path(f"{ONE}questions/", questions.ask, name="consultation_ask"),
    path(f"{ONE}questions/<uuid:uuid>/", questions.answer, name="consultation_answer"),
    path(f"{ONE}reponse/", responses.index, name="consultation_responses"),
    path(f"{ONE}reponse/<int:lot>/", responses.edit, name="response_edit"),
    path(f"{ONE}reponse/<int:lot>/commencer/", responses.begin, name="response_begin"),
    path(f"{ONE}reponse/<int:lot>/fichiers/", responses.add_file, name="response_add_file"),
    path(f"{ONE}reponse/<int:lot>/fichiers/<slug:file>/", responses.remove_file, name="response_remove_file"),
    path(f"{ONE}reponse/<int:lot>/remettre/", responses.deposit, name="response_deposit"),
    path(f"{ONE}reponse/<int:lot>/detruire/", responses.drop, name="response_drop"),
    path(f"{ONE}accuses/<uuid:uuid>/", responses.receipt, name="deposit_receipt"),
    path(f"{ONE}ouverture/", opening.show, name="consultation_opening"),
    path(f"{ONE}ouverture/proces-verbal/", opening.record, name="opening_record"),
    path(f"{ONE}ouverture/reponses/<uuid:uuid>/", opening.response, name="opened_response"),
    path(f"{ONE}ouverture/fichiers/<uuid:uuid>/", opening.file, name="opened_file"),
    path(f"{ONE}<slug:words>/", acts.act, name="consultation_act"),
]
