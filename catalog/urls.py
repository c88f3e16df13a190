from django.urls import path

from catalog.views import (
    authoring,
    claims,
    compare,
    curation,
    declarations,
    exports,
    moderation,
    moves,
    plans,
    search,
    sheet,
    suppliers,
)

app_name = "catalog"
OFFER = "offres/<int:number>-<slug:slug>/"
EDIT = f"{OFFER}modifier/"
MARK = "pilotage/qualifications/<uuid:uuid>/"

urlpatterns = [
    path("offres/", search.offers, name="offers"),
    path("offres/filtres/", search.filters, name="filters"),
    path("offres/resultats.<slug:kind>", exports.offers, name="offers_export"),
    path("offres/comparer/", compare.comparison, name="compare"),
    path("offres/comparer/tableau.csv", compare.comparison_csv, name="compare_csv"),
    path("offres/nouvelle/", authoring.create, name="create"),
    path("offres/<int:number>/", sheet.by_number, name="offer_by_number"),
    path(OFFER, sheet.sheet, name="offer"),
    path(f"{OFFER}pile/", sheet.stack, name="stack"),
    path(f"{OFFER}historique/", sheet.history, name="history"),
    path(f"{OFFER}prix/", sheet.prices, name="prices"),
    path(f"{OFFER}versions/<int:version>/", sheet.version, name="version"),
    path(f"{OFFER}apercu/", sheet.preview, name="preview"),
    path(f"{OFFER}revendiquer/", claims.claim, name="claim"),
    path(f"{OFFER}suspendre/", moves.suspend, name="suspend"),
    path(f"{OFFER}lever/", moves.lift, name="lift"),
    path(f"{OFFER}retirer/", moves.withdraw, name="withdraw"),
    path(f"{OFFER}supprimer/", moves.remove, name="remove"),
    path(f"{OFFER}proposer/", authoring.propose, name="propose"),
    path(f"{OFFER}preuves/<uuid:mark>/", plans.evidence, name="evidence"),
    path(EDIT, authoring.edit, name="edit"),
    path(f"{EDIT}prix/", plans.edit_plans, name="edit_plans"),
    path(f"{EDIT}qualifications/", plans.edit_marks, name="edit_marks"),
    path(f"{EDIT}qualifications/<uuid:mark>/", declarations.edit_mark, name="edit_mark"),
    path(f"{EDIT}qualifications/<uuid:mark>/retirer/", declarations.retract_mark, name="retract_mark"),
    path(f"{EDIT}pile/", plans.edit_stack, name="edit_stack"),
    path(f"{EDIT}<slug:name>/", authoring.edit_section, name="edit_section"),
    path("mes-offres/", authoring.my_offers, name="my_offers"),
    path("fournisseurs/", suppliers.suppliers, name="suppliers"),
    path("fournisseurs/<int:number>-<slug:slug>/", suppliers.supplier, name="supplier"),
    path("pilotage/qualifications/", curation.mark_list, name="mark_list"),
    path(MARK, curation.mark_page, name="mark"),
    path(f"{MARK}signaler/", curation.report, name="report"),
    path(f"{MARK}<slug:words>/", curation.record, name="record"),
    path("pilotage/revendications/", claims.claim_list, name="claim_list"),
    path("pilotage/revendications/<uuid:uuid>/", claims.claim_page, name="claim_page"),
    path("pilotage/moderation/", moderation.review_list, name="review_list"),
    path("pilotage/moderation/<uuid:uuid>/", moderation.review_page, name="review_page"),
]
