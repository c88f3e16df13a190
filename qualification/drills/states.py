"""States of a drill and its moves, as data."""

from django.db import models

from marketplace.workflow import Move, moves


class DrillState(models.TextChoices):
    ANNOUNCED = "announced", "Annoncé"
    SENT = "sent", "Message parti"
    ANSWERED = "answered", "Réponse dans le délai"
    UNANSWERED = "unanswered", "Sans réponse"
    ANSWERED_LATE = "answered_late", "Réponse hors délai"
    NOT_SENT = "not_sent", "Message non parti"
    CANCELLED = "cancelled", "Annulé"


class AddressSource(models.TextChoices):
    ANSWERS = "answers", "Réponses de l’offre"
    SECURITY_TXT = "security_txt", "Fichier security.txt"


S = DrillState
DRILL_MOVES = moves(
    Move("send", frozenset({S.ANNOUNCED}), S.SENT, label="Envoyer le message"),
    Move("cancel", frozenset({S.ANNOUNCED}), S.CANCELLED, label="Annuler l’exercice"),
    Move("acknowledge", frozenset({S.SENT}), S.ANSWERED, label="Confirmer la réception"),
    Move("expire", frozenset({S.SENT}), S.UNANSWERED, label="Constater l’absence de réponse"),
    Move("acknowledge_late", frozenset({S.UNANSWERED}), S.ANSWERED_LATE, label="Confirmer hors délai"),
    # Our mail never left: it says nothing of the contact.
    Move("give_up", frozenset({S.SENT}), S.NOT_SENT, label="Constater que le message n’est pas parti"),
)
OPEN = (S.ANNOUNCED, S.SENT)
ANSWERED = (S.ANSWERED, S.ANSWERED_LATE)
# Those that say something of the contact.
CONCLUDED = (*ANSWERED, S.UNANSWERED)
