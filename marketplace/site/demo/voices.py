"""What the demonstration's people say of a fictitious offer, and a search that one of them keeps."""

from __future__ import annotations

from catalog.models import Offer
from catalog.saved_searches import actions as saved_searches
from marketplace.site.demo.acting import act
from procurement.peers import actions as peers
from procurement.voices import actions as voices


def load_voices(offers: dict[str, Offer]) -> None:
    review = voices.write(
        offers["messagerie"],
        actor=act("prescripteur@ministere.example"),
        text="Avis fictif. Reprise des boîtes aux lettres en trois semaines. L’assistance répond, "
        "la documentation d’administration est incomplète.",
        ratings={
            "onboarding": "good",
            "availability": "very_good",
            "support": "good",
            "documentation": "poor",
        },
    )
    voices.reply(
        review,
        actor=act("responsable@logiciels.example"),
        text="Réponse fictive. La documentation d’administration est refaite, sa nouvelle édition suit.",
    )
    agreed = peers.consent(offers["messagerie"], actor=act("prescripteur@ministere.example"))
    peers.write(
        agreed,
        actor=act("prescripteur@agence.example"),
        text="Message fictif. Combien de jours la reprise des boîtes aux lettres "
        "a-t-elle demandé à vos équipes\u202f?",
    )
    saved_searches.save(
        actor=act("prescripteur@ministere.example"),
        name="Logiciels qualifiés SecNumCloud",
        query="model=saas&secnumcloud=in_force",
        is_shared=True,
    )
