from django import forms

from marketplace.ui.forms import MarketForm


class ProblemForm(MarketForm):
    text = forms.CharField(
        label="Que s’est-il passé\u202f?",
        help_text="Ce que vous faisiez, attendiez et avez vu. N’écrivez aucune donnée sensible.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    page = forms.CharField(label="Adresse de la page", max_length=300, required=False)
    email = forms.EmailField(
        label="Votre adresse électronique",
        help_text="Pour vous répondre. Exemple\u00a0: nom@ministere.example",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
