"""French words for the codes of an event: the object's, the act's, the states'."""

from functools import lru_cache

from django.apps import apps
from django.db import models

from marketplace.workflow import Stateful

OBJECTS = {
    "accounts.user": "Personne",
    "accounts.organisation": "Organisation",
    "accounts.membership": "Membre",
    "accounts.rolegrant": "Rôle",
    "accounts.invitation": "Invitation",
    "accounts.apitoken": "Jeton d’API",
    "accounts.serviceaccount": "Compte de service",
    "accounts.publicemaildomain": "Domaine public",
    "catalog.supplier": "Fournisseur",
    "catalog.offer": "Offre",
    "catalog.offerversion": "Version d’offre",
    "catalog.offerclaim": "Revendication",
    "catalog.priceoutlier": "Prix loin des autres",
    "catalog.duplicatepair": "Doublon probable",
    "catalog.offerhandover": "Transfert d’offre",
    "catalog.category": "Catégorie",
    "catalog.collection": "Sélection",
    "catalog.curatedoffer": "Offre retenue",
    "catalog.versionreview": "Modification à modérer",
    "catalog.trustmark": "Qualification",
    "qualification.dossier": "Dossier",
    "qualification.checkrun": "Contrôle",
    "qualification.correctionrequest": "Demande de correction",
    "qualification.finding": "Constat",
    "qualification.proposal": "Proposition",
    "qualification.decision": "Décision",
    "procurement.project": "Projet",
    "procurement.assessment": "Analyse de sensibilité",
    "procurement.opinion": "Avis",
    "procurement.eligibilitylist": "Présélection",
    "procurement.purchasingvehicle": "Support d’achat",
    "procurement.order": "Bon de commande",
    "procurement.contract": "Marché ou contrat",
    "procurement.contractreview": "Réexamen de contrat",
    "procurement.publication": "Publication d’un marché",
    "procurement.consultation": "Consultation",
    "procurement.dynamicsystem": "Système d’acquisition dynamique",
    "procurement.admission": "Candidature à un système",
    "procurement.lotoutcome": "Lot terminé sans attribution",
    "procurement.supplieraccount": "Compte d’un fournisseur",
    "procurement.sealeddeposit": "Dépôt scellé",
    "procurement.peerconsent": "Accord de mise en relation",
    "procurement.peermessage": "Message entre pairs",
    "files.storedfile": "Fichier",
}
ACTS = {
    "create": "Créer",
    "grant": "Donner un rôle",
    "confirm": "Confirmer un rôle",
    "revoke": "Retirer",
    "join": "Rejoindre",
    "end": "Quitter",
    "erase": "Effacer",
    "rename": "Changer de nom",
    "unlock": "Débloquer la connexion",
    "list": "Inscrire un domaine",
    "unlist": "Retirer un domaine",
    "close": "Fermer",
    "destroy_drafts": "Détruire les brouillons non remis",
    "end_lot": "Terminer un lot sans attribution",
    "add_lot": "Ajouter un lot",
    "edit_lot": "Modifier un lot",
    "give": "Donner un avis",
    "take": "Prendre le dossier",
    "version_proposed": "Proposer une version",
    "version_online": "Mettre une version en ligne",
    "leave_need": "Quitter le besoin",
    "answers_corrected": "Corriger la fiche en ligne",
    "flag_status_loss": "Signaler un statut perdu",
    "open_review": "Ouvrir un réexamen",
    "move_last_day": "Changer le dernier jour",
    "sign_step": "Signer une étape",
    "decide_review": "Décider du réexamen",
    "freeze": "Figer la liste",
    "modify": "Publier une modification",
    "late": "Signaler un retard",
    "hand_over": "Changer de fournisseur",
    "follow_offer": "Suivre l’offre chez son nouveau fournisseur",
    "put_question": "Poser une question",
    "answer_question": "Répondre à une question",
    "deposit": "Déposer une réponse",
    "name_holders": "Nommer qui tient la clé",
    "replace_holder": "Remplacer qui tient la clé",
    "take_secret": "Prendre son secret",
    "make_key": "Faire la clé",
    "rehearse": "Éprouver son secret",
    "use_key": "Mettre une clé en service",
    "give_secret": "Donner son secret",
    "opening_refused": "Ouverture refusée",
    "add_document": "Joindre un document",
    "announce": "Publier un avis de modification",
    "extend": "Reporter la clôture",
    "declare_facts": "Déclarer ce qu’est l’entreprise",
    "compare": "Comparer la facture",
    "take_credit": "Déduire un avoir",
    "pay": "Enregistrer un paiement",
    "set_service_day": "Corriger la date d’exécution",
    "follow_service": "Suivre la date du service fait",
    "enter_account": "Saisir un compte à payer",
    "confirm_account": "Confirmer un compte à payer",
}
STATE_FIELDS = ("status", "verdict")


@lru_cache(maxsize=256)
def _model(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def object_word(object_type: str) -> str:
    model = _model(object_type)
    known = OBJECTS.get(object_type)
    if known or model is None:
        return known or object_type
    return str(model._meta.verbose_name).capitalize()


def act_word(object_type: str, what: str) -> str:
    """The label of the move, else our word for the act, else its code."""
    # A trust mark has moves and a status without being Stateful: its status is the last of its facts.
    move = getattr(_model(object_type), "MOVES", {}).get(what)
    return (move.label if move is not None else "") or ACTS.get(what, what)


def state_word(object_type: str, state: str) -> str:
    model = _model(object_type)
    if model is not None and issubclass(model, Stateful):
        return model.state_label(state)
    if object_type == "accounts.rolegrant":
        from marketplace.accounts.enums import Role

        return dict(Role.choices).get(state, state)
    return _words_of(model).get(state, state) if model is not None else state


def _words_of(model: type[models.Model]) -> dict[str, str]:
    """A trust mark's statuses, an avis's verdicts: what these models have for states."""
    for field in model._meta.concrete_fields:
        if field.name in STATE_FIELDS and field.choices:
            return {str(code): str(label) for code, label in field.flatchoices}
    return {}
