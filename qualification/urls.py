from functools import partial

from django.urls import URLPattern, path, register_converter

from qualification.drills.urls import urlpatterns as drill_paths
from qualification.programmes.urls import urlpatterns as programme_paths
from qualification.releases.urls import urlpatterns as release_paths
from qualification.steps import SLUGS
from qualification.views import (
    applicability,
    confirmed,
    coverage,
    discussion,
    disputes,
    dossiers,
    durations,
    evidence,
    gaiax,
    handing_out,
    instruction,
    labels,
    moves,
    quotes,
    redaction,
    schemes,
    signed,
    watch,
    work,
)


class DossierNumber:
    regex = r"DOS-\d{4}-\d{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class DisputeNumber(DossierNumber):
    regex = r"CON-\d{4}-\d{4,9}"


class LabelLevel(DossierNumber):
    regex = "SC|L1|L2|L3"


class RequirementCode(DossierNumber):
    """« 5.1.a », « P1.1.3 », « identity »."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"


class EvidenceNumber(DossierNumber):
    regex = r"PRV-\d{4}-\d{4,9}"


class EditionKey(DossierNumber):
    """« secnumcloud-3.2 », « gaiax-24.11-L3 »."""

    regex = r"[a-z0-9][A-Za-z0-9.-]{2,60}"


register_converter(DossierNumber, "dossier")
register_converter(LabelLevel, "label_level")
register_converter(EditionKey, "edition")
register_converter(DisputeNumber, "dispute")
register_converter(EvidenceNumber, "evidence")
register_converter(RequirementCode, "requirement")

app_name = "qualification"
LABELS = "offres/<int:number>-<slug:slug>/labels-gaia-x/"


def move_paths() -> list[URLPattern]:
    return [
        path(f"dossiers/<dossier:number>/{SLUGS[name]}/", partial(moves.move, name=name), name=name)
        for name in moves.PAGES
    ]


urlpatterns = [
    path("dossiers/", dossiers.index, name="dossiers"),
    path("dossiers/nouveau/", dossiers.new, name="new_dossier"),
    path("dossiers/<dossier:number>/", dossiers.show, name="dossier"),
    path("dossiers/<dossier:number>/avancement/", dossiers.checks_progress, name="checks_progress"),
    path("dossiers/<dossier:number>/controles/<slug:code>/", dossiers.check, name="check"),
    path("dossiers/<dossier:number>/controles/<slug:code>/contester/", disputes.lodge, name="lodge_dispute"),
    path("dossiers/<dossier:number>/contestations/<dispute:dispute>/", disputes.show, name="dispute"),
    path(
        "dossiers/<dossier:number>/contestations/<dispute:dispute>/piece/", disputes.file, name="dispute_file"
    ),
    path("dossiers/<dossier:number>/decision/", dossiers.decision, name="decision"),
    path(
        "dossiers/<dossier:number>/decision/<slug:stage>/lettre/",
        dossiers.decision_letter,
        name="decision_letter",
    ),
    path("dossiers/<dossier:number>/prendre/", instruction.take, name="take"),
    path("dossiers/<dossier:number>/lien/", instruction.declare_interest, name="declare_interest"),
    path("dossiers/<dossier:number>/constats/", instruction.findings, name="findings"),
    path("dossiers/<dossier:number>/constats/<slug:code>/", instruction.finding, name="finding"),
    path("dossiers/<dossier:number>/echanges/<requirement:code>/", discussion.discussion, name="discussion"),
    *move_paths(),
    path("mes-preuves/", evidence.index, name="evidence_list"),
    path("mes-preuves/ajouter/", evidence.new, name="new_evidence"),
    path("preuves/<evidence:number>/", evidence.show, name="evidence"),
    path("preuves/<evidence:number>/fichier/", evidence.file, name="evidence_file"),
    path("decisions/", redaction.published, name="published"),
    path("decisions/<uuid:uuid>/copie/", redaction.public_copy, name="public_copy"),
    path("decisions/preuves/<uuid:uuid>/copie/", handing_out.evidence_copy, name="evidence_copy"),
    path("dossiers/<dossier:number>/decision/<slug:stage>/publier/", redaction.redact, name="redact"),
    path(
        "dossiers/<dossier:number>/decision/<slug:stage>/preuves/<evidence:evidence>/communiquer/",
        handing_out.hand_out,
        name="hand_out",
    ),
    path("durees/", durations.durations, name="durations"),
    path("durees/fichier.<slug:kind>", durations.durations_file, name="durations_file"),
    path("referentiels/", schemes.scheme_list, name="schemes"),
    path("referentiels/<edition:key>/", schemes.scheme, name="scheme"),
    path(
        "referentiels/<edition:key>/changements/<edition:other>/",
        schemes.scheme_difference,
        name="scheme_difference",
    ),
    path("mes-offres/<int:number>/couverture/", coverage.coverage, name="coverage"),
    path("mes-offres/<int:number>/couverture/devis/", quotes.quotes, name="quotes"),
    path(
        "mes-offres/<int:number>/couverture/preuves.<slug:kind>",
        coverage.coverage_file,
        name="coverage_file",
    ),
    path(
        "mes-offres/<int:number>/couverture/<edition:key>/applicabilite/",
        applicability.statement,
        name="applicability",
    ),
    path(
        "mes-offres/<int:number>/couverture/<edition:key>/applicabilite/<requirement:code>/",
        applicability.line,
        name="applicability_line",
    ),
    path(
        "mes-offres/<int:number>/couverture/<edition:key>/", coverage.scheme_coverage, name="scheme_coverage"
    ),
    path(LABELS, labels.labels, name="labels"),
    path(f"{LABELS}<label_level:level>/", labels.level, name="label_level"),
    path(".well-known/did.json", signed.did_json, name="did_json"),
    path("contextes/constats-v1.jsonld", signed.own_context, name="own_context"),
    path("titres/<uuid:uuid>/", signed.signed_finding, name="signed_finding"),
    path("titres/<uuid:uuid>.jwt", signed.signed_jwt, name="signed_jwt"),
    path("titres/<uuid:uuid>/revoquer/", signed.revoke, name="revoke_signed"),
    path("titres/statuts/<slug:purpose>/<int:number>", signed.status_list, name="status_list"),
    path("mes-offres/<int:number>/titres/", signed.offer_titles, name="offer_titles"),
    path("mes-offres/<int:number>/titres/description.json", signed.draft_file, name="draft_file"),
    path("mes-offres/<int:number>/titres/detacher/", gaiax.detach, name="gaiax_detach"),
    *drill_paths,
    path("controles/<int:number>/", watch.offer_checks, name="offer_checks"),
    path("controles/<int:number>/<slug:code>/", watch.offer_check, name="offer_check"),
    path("dossiers/<dossier:number>/controles/<slug:code>/ecart/", confirmed.ask_waiver, name="ask_waiver"),
    path("ecarts/<uuid:uuid>/", confirmed.waiver, name="waiver"),
    path("pilotage/rattachements/", confirmed.links, name="register_links"),
    path("pilotage/rattachements/nouveau/", confirmed.ask_link, name="ask_link"),
    path("pilotage/rattachements/<uuid:uuid>/", confirmed.link, name="register_link"),
    path("pilotage/travaux/", work.queues, name="work"),
    path("pilotage/travaux/relancer/<uuid:uuid>/", work.retry, name="work_retry"),
    path("pilotage/travaux/<str:queue>/pause/", work.pause_queue, name="work_pause"),
    path("pilotage/travaux/<str:queue>/reprise/", work.resume_queue, name="work_resume"),
    path("pilotage/alertes/", watch.alerts, name="check_alerts"),
    path("pilotage/alertes/<uuid:uuid>/", watch.alert, name="check_alert"),
    path("gaia-x/verifier/", gaiax.verify, name="gaiax_verify"),
    path("gaia-x/verifications/<uuid:uuid>/", gaiax.show, name="gaiax_verification"),
    path("gaia-x/verifications/<uuid:uuid>/rattacher/", gaiax.attach, name="gaiax_attach"),
    path("gaia-x/verifications/<uuid:uuid>/signer/", gaiax.sign, name="sign_verification"),
    path("pilotage/instruction/", instruction.queue, name="queue"),
    path("pilotage/decisions/", instruction.to_decide, name="to_decide"),
    *programme_paths,
    *release_paths,
]
