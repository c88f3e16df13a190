"""The code lists of DECP 2.0.3, in the words and the order of the official schema (2025-03-11)."""

from __future__ import annotations

NATURES = ("Marché", "Marché de partenariat", "Marché de défense ou de sécurité")
NO_TECHNIQUE = "Sans objet"
TECHNIQUES = (
    "Accord-cadre",
    "Concours",
    "Système de qualification",
    "Système d'acquisition dynamique",
    "Catalogue électronique",
    "Enchère électronique",
    NO_TECHNIQUE,
)
NO_MODE = "Sans objet"
EXECUTION_MODES = ("Tranches", "Bons de commande", "Marchés subséquents", NO_MODE)
CCAG = (
    "Travaux",
    "Maitrise d'œuvre",
    "Fournitures courantes et services",
    "Marchés industriels",
    "Prestations intellectuelles",
    "Techniques de l'information et de la communication",
    "Pas de CCAG",
)
ALONE = "Pas de groupement"
GROUPINGS = ("Conjoint", "Solidaire", ALONE)
NO_COMPETITION = "Marché passé sans publicité ni mise en concurrence préalable"
PROCEDURES = (
    "Procédure adaptée",
    "Appel d'offres ouvert",
    "Appel d'offres restreint",
    "Procédure avec négociation",
    NO_COMPETITION,
    "Dialogue compétitif",
)
PLACE_KINDS = (
    "Code postal",
    "Code commune",
    "Code arrondissement",
    "Code canton",
    "Code département",
    "Code région",
    "Code pays",
)
PRICE_FORMS = ("Unitaire", "Forfaitaire", "Mixte")
PRICE_TYPES = ("Définitif ferme", "Définitif actualisable", "Définitif révisable", "Provisoire")
HOLDER_SCHEMES = ("SIRET", "TVA", "TAHITI", "RIDET", "FRWF", "IREP", "HORS-UE")
NO_SOCIAL = "Pas de considération sociale"
SOCIAL = ("Clause sociale", "Critère social", "Marché réservé", NO_SOCIAL)
NO_ENVIRONMENTAL = "Pas de considération environnementale"
ENVIRONMENTAL = ("Clause environnementale", "Critère environnemental", NO_ENVIRONMENTAL)
# A list says one of these or the others, never both.
EXCLUSIVE = frozenset({NO_TECHNIQUE, NO_SOCIAL, NO_ENVIRONMENTAL})
