"""What is asked of the buyer for one contract: one table for the form, the API and the list of what lacks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from procurement.publication import words


class Kind(Enum):
    TEXT = "text"
    LONG = "long"
    ONE = "one"
    MANY = "many"
    YES_NO = "yes_no"
    NUMBER = "number"
    SHARE = "share"
    AMOUNT = "amount"
    DAY = "day"
    HOLDERS = "holders"


@dataclass(frozen=True, slots=True)
class Field:
    """`decp`: where the official object holds it, empty when it is not of that object. `noun`: the label
    of the answer, where `label` is a question."""

    name: str
    label: str
    kind: Kind
    decp: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    required: bool = True
    longest: int = 100
    noun: str = ""

    @property
    def shown(self) -> str:
        return self.noun or self.label


FIELDS = (
    Field(
        "reference",
        "Numéro du marché",
        Kind.TEXT,
        "id",
        help="Votre numéro interne, 16 caractères au plus, sans espace ni ponctuation autre que - et _.",
        longest=16,
    ),
    Field(
        "object",
        "Objet",
        Kind.LONG,
        "objet",
        help="Ce texte sera public : ni secret, ni nom de personne, ni adresse électronique.",
        longest=1000,
    ),
    Field("nature", "Nature", Kind.ONE, "nature", words.NATURES),
    Field(
        "cpv",
        "Code CPV principal",
        Kind.TEXT,
        "codeCPV",
        help="8 chiffres, comme 72416000 (fournisseurs de services applicatifs).",
        longest=10,
    ),
    Field(
        "procedure",
        "Procédure",
        Kind.ONE,
        "procedure",
        words.PROCEDURES,
    ),
    Field("techniques", "Techniques d’achat", Kind.MANY, "techniques", words.TECHNIQUES),
    Field(
        "execution_modes",
        "Modalités d’exécution",
        Kind.MANY,
        "modalitesExecution",
        words.EXECUTION_MODES,
    ),
    Field(
        "framework_id",
        "Numéro de l’accord-cadre",
        Kind.TEXT,
        "idAccordCadre",
        help="Pour un marché subséquent seulement.",
        required=False,
        longest=16,
    ),
    Field(
        "offers_received",
        "Nombre d’offres reçues",
        Kind.NUMBER,
        "offresRecues",
        help="Offres irrégulières, inacceptables, inappropriées et anormalement basses comprises.",
    ),
    Field(
        "holders",
        "Titulaires",
        Kind.HOLDERS,
        "titulaires",
        help=f"Un par ligne : le type ({', '.join(words.HOLDER_SCHEMES)}) puis l’identifiant.",
        longest=600,
    ),
    Field(
        "holder_is_person",
        "Un titulaire est-il une personne physique\u00a0?",
        Kind.YES_NO,
        help="Entrepreneur individuel : son nom ne sera pas publié, son identifiant l’est.",
        noun="Titulaire personne physique",
    ),
    Field("grouping", "Groupement d’opérateurs", Kind.ONE, "typeGroupementOperateurs", words.GROUPINGS),
    Field(
        "subcontracting",
        "Une sous-traitance a-t-elle été déclarée à la notification\u00a0?",
        Kind.YES_NO,
        "sousTraitanceDeclaree",
        noun="Sous-traitance déclarée",
    ),
    Field(
        "notified_on",
        "Date de notification",
        Kind.DAY,
        "dateNotification",
        help="Le jour où le titulaire a reçu la notification.",
    ),
    Field(
        "duration_months",
        "Durée, en mois",
        Kind.NUMBER,
        "dureeMois",
        help="Reconductions et tranches optionnelles comprises, arrondie au mois supérieur.",
    ),
    Field("place_kind", "Lieu d’exécution : type de code", Kind.ONE, "lieuExecution", words.PLACE_KINDS),
    Field(
        "place_code",
        "Lieu d’exécution : code",
        Kind.TEXT,
        "lieuExecution",
        help="Par exemple 75 pour le département de Paris, FR pour le pays.",
        longest=10,
    ),
    Field(
        "amount_eur_ht",
        "Montant, en euros HT",
        Kind.AMOUNT,
        "montant",
        help="Forfaitaire, ou le maximum estimé.",
    ),
    Field("price_form", "Forme du prix", Kind.ONE, "formePrix", words.PRICE_FORMS),
    Field("price_types", "Types de prix", Kind.MANY, "typesPrix", words.PRICE_TYPES),
    Field(
        "advance",
        "Une avance est-elle accordée\u00a0?",
        Kind.YES_NO,
        "attributionAvance",
        noun="Avance accordée",
    ),
    Field(
        "advance_rate",
        "Taux de l’avance, en %",
        Kind.SHARE,
        "tauxAvance",
        help="Laissez vide s’il n’est pas connu.",
        required=False,
    ),
    Field("ccag", "CCAG de référence", Kind.ONE, "ccag", words.CCAG),
    Field(
        "innovative",
        "Le marché est-il innovant\u00a0?",
        Kind.YES_NO,
        "marcheInnovant",
        noun="Marché innovant",
    ),
    Field("social", "Considérations sociales", Kind.MANY, "considerationsSociales", words.SOCIAL),
    Field(
        "environmental",
        "Considérations environnementales",
        Kind.MANY,
        "considerationsEnvironnementales",
        words.ENVIRONMENTAL,
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
