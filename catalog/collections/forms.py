"""Writing a collection, then its offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from catalog.models import CollectionEntry, Offer
from marketplace.ui.forms import MarketForm

UNKNOWN_OFFER = "Aucune offre en ligne ne porte ce numéro. Relisez-le dans son adresse."


class CollectionForm(MarketForm):
    title = forms.CharField(label="Titre", max_length=120)
    intro = forms.CharField(
        label="Introduction",
        help_text="Pour qui, pour quel besoin, comment les offres ont été choisies.",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    query = forms.CharField(
        label="Recherche à suivre",
        help_text="Laissez vide pour choisir les offres une à une. Sinon, copiez ce qui suit « ? » dans "
        "l’adresse d’une recherche : la sélection montre ce qu’elle trouve, chaque jour.",
        max_length=8000,
        required=False,
    )
    starts_on = forms.DateField(
        label="Visible à partir du",
        help_text="Vide : le jour de la publication. Exemple : 03/03/2027",
        required=False,
    )
    ends_on = forms.DateField(
        label="Jusqu’au", help_text="Ce jour compris. Vide : sans fin prévue.", required=False
    )

    def clean_query(self) -> str:
        """A whole address may be pasted: what follows « ? » is kept."""
        given: str = self.cleaned_data["query"]
        return given.rpartition("?")[2].strip()


class EntriesForm(MarketForm):
    """One rank, one reason and one box an offer; then the one that is added."""

    add = forms.IntegerField(
        label="Numéro de l’offre à ajouter",
        help_text="Celui de son adresse : /offres/12-…",
        min_value=1,
        required=False,
    )
    add_why = forms.CharField(label="Pourquoi cette offre", max_length=500, required=False)

    def __init__(self, *args: Any, entries: Sequence[CollectionEntry], **options: Any) -> None:
        self.entries = entries
        self.base_fields = {**dict(self._made()), **type(self).base_fields}
        super().__init__(*args, **options)
        self.added: Offer | None = None

    def _made(self) -> Iterator[tuple[str, forms.Field]]:
        for entry in self.entries:
            name = entry.offer.name
            yield (
                f"rank-{entry.pk}",
                forms.IntegerField(
                    label=f"Rang de « {name} »", min_value=1, max_value=999, initial=entry.position
                ),
            )
            yield (
                f"why-{entry.pk}",
                forms.CharField(label=f"Pourquoi « {name} »", max_length=500, initial=entry.why),
            )
            yield (
                f"drop-{entry.pk}",
                forms.BooleanField(label=f"Retirer « {name} »", required=False),
            )

    @property
    def blocks(self) -> list[tuple[CollectionEntry, list[forms.BoundField]]]:
        return [
            (entry, [self[f"{part}-{entry.pk}"] for part in ("rank", "why", "drop")])
            for entry in self.entries
        ]

    def clean_add(self) -> int | None:
        number: int | None = self.cleaned_data["add"]
        if number is not None:
            found = Offer.objects.public().filter(number=number) if number < 2**31 else None
            self.added = found.first() if found is not None else None
            if self.added is None:
                raise forms.ValidationError(UNKNOWN_OFFER)
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.added is not None and not cleaned.get("add_why"):
            self.add_error("add_why", "Dites en un mot pourquoi cette offre est choisie.")
        return cleaned

    def offers(self) -> list[tuple[Offer, str]]:
        """Call after is_valid()."""
        given = self.cleaned_data
        kept = [entry for entry in self.entries if not given[f"drop-{entry.pk}"]]
        kept.sort(key=lambda entry: (given[f"rank-{entry.pk}"], entry.position))
        found = [(entry.offer, given[f"why-{entry.pk}"]) for entry in kept]
        return [*found, (self.added, given["add_why"])] if self.added is not None else found
