"""The words and colours of every state shown as a badge (screens.md §3): one table, read by all pages."""

from dataclasses import dataclass

from marketplace.ui.badge import QUESTION, Badge

# « {scheme} » is replaced by the scheme's name; F/M forms follow the noun of the scheme.
MARK: dict[str, Badge] = {
    "in_force": Badge("{scheme} en vigueur", "success"),
    "expiring": Badge("{scheme} expire bientôt", "warning"),
    "renewal_pending": Badge("{scheme} : renouvellement en cours", "info"),
    "in_progress": Badge("{scheme} en préparation", "info no-icon"),
    "announced": Badge("{scheme} annoncé{e}"),
    "suspended": Badge("{scheme} suspendu{e}", "error"),
    "expired": Badge("{scheme} expiré{e}", "error"),
    "withdrawn": Badge("{scheme} retiré{e}", "error"),
    "abandoned": Badge("{scheme} abandonné{e}"),
    "unknown": Badge("{scheme} : inconnu", icon=QUESTION),
    "none": Badge("{scheme} : aucune"),
    "not_applicable": Badge("{scheme} : sans objet"),
}
CHECK = {
    "pass": Badge("Conforme", "success"),
    "warn": Badge("À surveiller", "warning"),
    "fail": Badge("Non conforme", "error"),
    "unknown": Badge("Non vérifié", icon=QUESTION),
    "due": Badge("À faire"),
    "running": Badge("En cours", "info no-icon"),
    "dead": Badge("Non vérifié", icon=QUESTION),
}
OBLIGATION = {
    "required": Badge("Obligatoire", "purple-glycine"),
    "recommended": Badge("Recommandé", "blue-cumulus"),
    "unknown": Badge("Non conclu", icon=QUESTION),
}
OFFER = {
    "unclaimed": Badge("Fiche publique"),
    "draft": Badge("Brouillon", "info no-icon"),
    "listed": Badge("Référencée", "success"),
    "suspended": Badge("Référencement suspendu", "error"),
    "withdrawn": Badge("Retirée", "error"),
    "removed": Badge("Supprimée", "error"),
}
DOSSIER = {
    "draft": Badge("Brouillon"),
    "submitted": Badge("Envoyé", "info no-icon"),
    "checking": Badge("Contrôles en cours", "info no-icon"),
    "instruction": Badge("En instruction", "info no-icon"),
    "corrections_requested": Badge("Corrections demandées", "warning"),
    "proposed": Badge("Décision proposée", "info no-icon"),
    "listed": Badge("Référencée", "success"),
    "listed_with_reserves": Badge("Référencée avec réserves", "warning"),
    "refused": Badge("Refusé", "error"),
    "decided": Badge("Décidé", "info no-icon"),
    "appealed": Badge("Recours en cours", "info no-icon"),
}
FINDING = {
    "conform": Badge("Conforme", "success"),
    "conform_with_reserve": Badge("Conforme avec réserve", "warning"),
    "not_conform": Badge("Non conforme", "error"),
    "not_applicable": Badge("Sans objet"),
}
DISPUTE = {
    "lodged": Badge("En attente de réponse", "info no-icon"),
    "upheld": Badge("Contestation retenue", "success"),
    "rejected": Badge("Contestation rejetée"),
}
PROJECT = {
    "draft": Badge("Brouillon"),
    "assessed": Badge("Analysé", "info no-icon"),
    "sourcing": Badge("Choix des offres", "info no-icon"),
    "buying": Badge("Achat en cours", "info no-icon"),
    "running": Badge("En service", "success"),
    "closed": Badge("Clos"),
    "abandoned": Badge("Abandonné"),
}
ORDER = {
    "draft": Badge("Brouillon"),
    "awaiting_opinions": Badge("Avis attendus", "info no-icon"),
    "awaiting_approval": Badge("Approbation attendue", "info no-icon"),
    "approved": Badge("Approuvé", "info no-icon"),
    "committed": Badge("Engagé", "info no-icon"),
    "sent": Badge("Envoyé", "info no-icon"),
    "acknowledged": Badge("Réception accusée", "success"),
    "refused": Badge("Refusé par le fournisseur", "error"),
    "rejected": Badge("Non approuvé", "error"),
    "cancelled": Badge("Annulé", "error"),
    "replaced": Badge("Remplacé"),
}
COUNTER_PROPOSAL = {
    "proposed": Badge("À décider", "info no-icon"),
    "accepted": Badge("Acceptée", "success"),
    "refused": Badge("Refusée", "error"),
    "withdrawn": Badge("Retirée"),
    "lapsed": Badge("Sans objet"),
}
PRIVATE_PRICE = {
    "given": Badge("Valable", "success"),
    "to_come": Badge("À venir", "info no-icon"),
    "expired": Badge("Expiré", "error"),
    "withdrawn": Badge("Retiré"),
}
BUDGET = {
    "open": Badge("Ouvert", "success"),
    "closed": Badge("Clos"),
}
AMENDMENT = {
    "proposed": Badge("À approuver", "info no-icon"),
    "approved": Badge("Approuvé", "success"),
    "refused": Badge("Refusé", "error"),
    "withdrawn": Badge("Retiré"),
}
STATEMENT = {
    "draft": Badge("Brouillon"),
    "submitted": Badge("À attester", "info no-icon"),
    "attested": Badge("À certifier", "info no-icon"),
    "certified": Badge("Service fait certifié", "success"),
    "refused": Badge("Refusé", "error"),
    "replaced": Badge("Remplacé"),
    "withdrawn": Badge("Retiré"),
}
INVOICE = {
    "received": Badge("À vérifier", "info no-icon"),
    "matched": Badge("Rapprochée", "success"),
    "disputed": Badge("En litige", "warning"),
    "accepted": Badge("Acceptée, à payer", "info"),
    "paid": Badge("Payée", "success"),
    "rejected": Badge("Rejetée", "error"),
    "cancelled": Badge("Annulée par avoir"),
    "credited": Badge("Avoir déduit"),
}
EXIT = {
    "preparing": Badge("En préparation", "info no-icon"),
    "running": Badge("Sortie en cours", "warning"),
    "closed": Badge("Clos", "success"),
    "abandoned": Badge("Abandonné"),
}
CONVENTION = {
    "draft": Badge("Brouillon"),
    "signed": Badge("Signature attendue", "info no-icon"),
    "in_force": Badge("En vigueur", "success"),
    "ended": Badge("Terminée"),
    "abandoned": Badge("Abandonnée"),
}
ADMISSION = {"asked": Badge("À évaluer", "info no-icon"), "admitted": Badge("Admise", "success")}
ADMISSION |= {"refused": Badge("Refusée", "error"), "withdrawn": Badge("Retirée"), "ended": Badge("Terminée")}
CANDIDATE = {"given": Badge("Remise", "info no-icon"), "selected": Badge("Retenue", "success")}
CANDIDATE |= {"rejected": Badge("Non retenue", "error"), "withdrawn": Badge("Retirée")}
CONTROL_FILE = {
    "prepared": Badge("En préparation", "info no-icon"),
    "sent": Badge("Transmis", "info no-icon"),
    "acknowledged": Badge("Réception accusée", "info no-icon"),
    "answered": Badge("Avis rendu", "success"),
    "withdrawn": Badge("Retiré"),
}
GROUP_PURCHASE = {
    "forming": Badge("En formation", "info no-icon"),
    "signing": Badge("Signatures attendues", "info no-icon"),
    "signed": Badge("Convention signée", "success"),
    "dissolved": Badge("Dissous"),
}
CONTRACT = {
    "upcoming": Badge("À venir", "info no-icon"),
    "active": Badge("En cours", "success"),
    "ending": Badge("Fin proche", "warning"),
    "ended": Badge("Terminé"),
    "terminated": Badge("Résilié", "error"),
}
OPINION = {
    "favourable": Badge("Avis favorable", "success"),
    "reserved": Badge("Favorable avec réserves", "warning"),
    "favourable_with_reserves": Badge("Favorable avec réserves", "warning"),
    "unfavourable": Badge("Avis défavorable", "error"),
    "requested": Badge("Avis attendu", "info no-icon"),
    "awaited": Badge("Avis attendu", "info no-icon"),
}
REVIEW = {
    "open": Badge("Réexamen ouvert", "warning"),
    "closed": Badge("Réexamen clos"),
}
ORGANISATION = {
    "pending": Badge("À vérifier", "warning"),
    "verified": Badge("Vérifiée", "success"),
    "rejected": Badge("Refusée", "error"),
    "closed": Badge("Fermée"),
}
NEED = {
    "open": Badge("Ouvert", "info no-icon"),
    "answered": Badge("Répondu", "info no-icon"),
    "covered": Badge("Couvert", "success"),
    "dismissed": Badge("Écarté"),
    "merged": Badge("Fusionné"),
}
COLLECTION = {
    "draft": Badge("Brouillon"),
    "published": Badge("Publiée", "success"),
    "archived": Badge("Archivée"),
}
USER_REVIEW = {
    "published": Badge("Publié", "success"),
    "hidden": Badge("Masqué pour un motif légal", "error"),
    "contested": Badge("Masqué, contesté", "warning"),
    "upheld": Badge("Masqué, contestation rejetée", "error"),
}
PEER_MESSAGE = {
    "sent": Badge("En attente de réponse", "info no-icon"),
    "answered": Badge("Répondu", "success"),
    "declined": Badge("Décliné"),
    "lapsed": Badge("Sans suite : accord retiré"),
}
DEROGATION = {
    "asked": Badge("Demandée", "info no-icon"),
    "minister_signed": Badge("Signée par le ministre", "info no-icon"),
    "prime_minister_validated": Badge("Validée", "info no-icon"),
    "active": Badge("En vigueur", "success"),
    "expiring": Badge("Expire bientôt", "warning"),
    "expired": Badge("Expirée", "error"),
    "refused": Badge("Refusée", "error"),
}
PUBLICATION = {
    "draft": Badge("Brouillon"),
    "reviewed": Badge("Relu, à publier", "info no-icon"),
    "published": Badge("Publié", "success"),
    "elsewhere": Badge("Publié ailleurs"),
    "dropped": Badge("Écarté"),
    "late": Badge("En retard", "error"),
}
PROGRAMME_CALL = {
    "draft": Badge("Brouillon"),
    "upcoming": Badge("À venir", "info no-icon"),
    "open": Badge("Ouvert", "success"),
    "closed": Badge("Clos"),
    "cancelled": Badge("Annulé", "error"),
}
CONSULTATION = {"draft": Badge("Brouillon"), "keys_proved": Badge("Prête à publier", "info no-icon")}
CONSULTATION |= {"candidatures": Badge("Candidatures", "success"), "published": Badge("Ouverte", "success")}
CONSULTATION |= {
    "closed": Badge("Close"),
    "opened": Badge("Réponses ouvertes", "info no-icon"),
    "awarded": Badge("Attribuée", "success"),
    "sans_suite": Badge("Sans suite", "error"),
    "infructueux": Badge("Infructueuse", "error"),
    "withdrawn": Badge("Abandonnée", "error"),
}
AWARD = {
    "proposed": Badge("Certificats demandés", "info no-icon"),
    "decided": Badge("Attribution décidée", "info no-icon"),
    "letters_sent": Badge("Lettres envoyées", "info no-icon"),
    "signed": Badge("Signée", "success"),
    "notified": Badge("Notifiée", "success"),
    "dropped": Badge("Abandonnée", "error"),
}
EVALUATION = {
    "marking": Badge("Notes séparées", "info no-icon"),
    "consensus": Badge("Mise en commun", "info no-icon"),
    "evaluated": Badge("Évaluée", "success"),
}
PROGRAMME_APPLICATION = {
    "draft": Badge("Brouillon"),
    "sent": Badge("Envoyée", "info no-icon"),
    "selected": Badge("Retenue", "success"),
    "waitlisted": Badge("Sur liste complémentaire", "info no-icon"),
    "rejected": Badge("Non retenue"),
    "withdrawn": Badge("Retirée"),
}
PROJECT_PROPOSAL = {
    "draft": Badge("Brouillon"),
    "sent": Badge("Envoyé", "info no-icon"),
    "selected": Badge("Retenu", "success"),
    "rejected": Badge("Non retenu"),
    "withdrawn": Badge("Retiré"),
}
TARGET = {
    "met": Badge("Atteint", "success"),
    "partly": Badge("Atteint en partie", "warning"),
    "not_met": Badge("Non atteint", "error"),
    "not_shown": Badge("Non montré", icon=QUESTION),
}
CONDITION = {
    "pass": Badge("Remplie", "success"),
    "fail": Badge("Non remplie", "error"),
    "unknown": Badge("À préciser", icon=QUESTION),
}
DRILL = {
    "announced": Badge("Annoncé", "info no-icon"),
    "sent": Badge("Message parti", "info no-icon"),
    "answered": Badge("Réponse dans le délai", "success"),
    "answered_late": Badge("Réponse hors délai", "warning"),
    "unanswered": Badge("Sans réponse", "error"),
    "not_sent": Badge("Message non parti", icon=QUESTION),
    "cancelled": Badge("Annulé"),
}
SCAN = {
    "unscanned": Badge("Non analysé", icon=QUESTION),
    "waiting": Badge("En attente", "info no-icon"),
    "clean": Badge("Sain", "success"),
    "infected": Badge("Refusé", "error"),
}
TABLES: dict[str, dict[str, Badge]] = {
    "mark": MARK,
    "check": CHECK,
    "obligation": OBLIGATION,
    "offer": OFFER,
    "dossier": DOSSIER,
    "finding": FINDING,
    "dispute": DISPUTE,
    "project": PROJECT,
    "order": ORDER,
    "counter_proposal": COUNTER_PROPOSAL,
    "private_price": PRIVATE_PRICE,
    "amendment": AMENDMENT,
    "group_purchase": GROUP_PURCHASE,
    "convention": CONVENTION,
    "control_file": CONTROL_FILE,
    "admission": ADMISSION,
    "candidate": CANDIDATE,
    "budget": BUDGET,
    "statement": STATEMENT,
    "invoice": INVOICE,
    "exit": EXIT,
    "contract": CONTRACT,
    "opinion": OPINION,
    "review": REVIEW,
    "organisation": ORGANISATION,
    "need": NEED,
    "collection": COLLECTION,
    "user_review": USER_REVIEW,
    "peer_message": PEER_MESSAGE,
    "derogation": DEROGATION,
    "publication": PUBLICATION,
    "consultation": CONSULTATION,
    "evaluation": EVALUATION,
    "award": AWARD,
    "programme_call": PROGRAMME_CALL,
    "programme_application": PROGRAMME_APPLICATION,
    "condition": CONDITION,
    "project_proposal": PROJECT_PROPOSAL,
    "target": TARGET,
    "drill": DRILL,
    "scan": SCAN,
}

# Name on screen, and the ending of participles: « HDS » is a certification, Gaia-X a label.
SCHEMES: dict[str, tuple[str, str]] = {
    "secnumcloud": ("SecNumCloud", "e"),
    "hds": ("HDS", "e"),
    "iso27001": ("ISO 27001", "e"),
    "iso_27001": ("ISO 27001", "e"),
    "gaiax": ("Gaia-X", ""),
    "gaia_x": ("Gaia-X", ""),
    "rgs": ("RGS", "e"),
    "eidas": ("eIDAS", "e"),
    "cspn": ("CSPN", "e"),
    "c5": ("C5", "e"),
    "pci_dss": ("PCI DSS", "e"),
}


def badge_for(
    kind: str, state: str | None, *, label: str = "", scheme: str = "", name: str = "", declared: bool = False
) -> Badge:
    """The badge of ``state``; an unlisted state is a plain badge carrying ``label`` (else its code).

    ``declared`` greys a mark known from its supplier only: never green (screens.md §3).
    """
    known = TABLES.get(kind, {}).get(state or "unknown")
    if known is None:
        return Badge(label or str(state or "Inconnu"))
    if kind != "mark":
        return Badge(label, known.tone, known.icon) if label else known
    listed, ending = SCHEMES.get(scheme, ("", "e"))
    text = known.text.replace(" :", "\u00a0:").format(scheme=name or listed or "Qualification", e=ending)
    if declared and known.tone in {"success", "warning"}:
        return Badge(f"{text} selon le fournisseur")
    return Badge(text, known.tone, known.icon)


@dataclass(frozen=True, slots=True)
class Origin:
    label: str
    icon: str
    meaning: str


ORIGINS: dict[str, Origin] = {
    "declared": Origin("Déclaré par le fournisseur", "fr-icon-user-line", "Nous ne l’avons pas vérifié."),
    "register": Origin(
        "Constaté au registre",
        "fr-icon-government-line",
        "Lu dans le registre de l’organisme, à la date dite.",
    ),
    "verified": Origin(
        "Vérifié par nos contrôles",
        "fr-icon-search-line",
        "Contrôlé par nous, preuve à l’appui, au jour dit.",
    ),
    "third_party": Origin(
        "Délivré par un tiers", "fr-icon-award-line", "Attesté par l’organisme qui le délivre."
    ),
}
