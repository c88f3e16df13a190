"""Views for tests only: all components with plainly fictitious facts, a long form, every refusal."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.utils import timezone

from marketplace.errors import (
    Gone,
    MoveRefused,
    NotAllowed,
    NotVisible,
    RuleBroken,
    TooManyTries,
    VersionMissing,
    VersionStale,
)
from marketplace.ui import badges
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Bar, StackLayer, Step, TimelineFact
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once


class LongForm(MarketForm):
    name = forms.CharField(label="Nom de l’offre", max_length=80, help_text="Le nom public.")
    model = forms.ChoiceField(
        label="Modèle", widget=forms.RadioSelect, choices=[("iaas", "Infrastructure"), ("saas", "Logiciel")]
    )
    regions = forms.MultipleChoiceField(
        label="Régions",
        help_text="Plusieurs réponses possibles.",
        widget=forms.CheckboxSelectMultiple,
        choices=[("fr", "France"), ("de", "Allemagne")],
    )
    size = forms.ChoiceField(label="Taille", required=False, choices=[("", "Choisir"), ("pme", "PME")])
    start = forms.DateField(label="Début", required=False)
    description = forms.CharField(label="Description", widget=forms.Textarea, max_length=2000)
    plan = forms.FileField(label="Plan", required=False, help_text="PDF de 10\u00a0Mo au plus.")
    agreed = forms.BooleanField(label="Je certifie ces réponses")


PAGE = """{% extends "base.html" %}{% load market %}
{% block title %}Formulaire long{% endblock %}
{% block content %}<h1>Formulaire long</h1>{% error_summary form %}
<form method="post" novalidate enctype="multipart/form-data">{% market_form form %}
<button class="fr-btn">Enregistrer et continuer</button></form>{% endblock %}"""

GALLERY = """{% extends "base.html" %}{% load market %}
{% block title %}Galerie{% endblock %}
{% block content %}<h1>Galerie</h1>
{% lasting_alert "warning" "Qualification suspendue" "Vérifiez l’effet : contrats et projets." %}
<h2>Badges</h2>
{% for kind, states in tables %}<h3>{{ kind }}</h3><ul class="market-inline">
{% for state in states %}<li>{% badge kind state scheme="secnumcloud" %}</li>{% endfor %}</ul>{% endfor %}
<p>{% badge "obligation" "not_required" %}</p>
<h2>Ce qui est prouvé</h2>{% for mark in marks %}{% mark_line mark %}{% endfor %}
<h2>Sur quoi l’offre repose</h2>
{% stack_picture layers conclusion=conclusion %}
<h2>Historique</h2>{% trust_timeline facts %}
<h2>Étapes</h2>{% parcours steps label="Étapes du bon de commande" %}
<h2>Barres</h2>{% bars rows caption="Offres selon leur statut" unit="offres" %}
<h2>Tables</h2>
{% fr_table caption="Lignes du bon de commande" stacked=True %}<thead><tr><th scope="col">Ligne</th>
<th scope="col">Quantité</th><th scope="col">Montant</th></tr></thead><tbody><tr><th scope="row">Poste</th>
<td data-label="Quantité" class="market-number">{{ 1200|number_fr }}</td>
<td data-label="Montant" class="market-number">{{ money|eur_ht }}</td></tr></tbody>{% endfr_table %}
{% fr_table caption="Large" %}<thead><tr>
{% for n in wide %}<th scope="col">Colonne numéro {{ n }}</th>{% endfor %}</tr></thead>
<tbody><tr>{% for n in wide %}<td>{{ money|unit_eur_ht }}</td>{% endfor %}</tr></tbody>{% endfr_table %}
{% download "/essai/" "Télécharger le bon de commande" format="PDF" size=84211 %}
{% market_pagination page %}
{% panels "essai.place" page %}
{% endblock %}"""


def _answer(request: HttpRequest, source: str, context: dict, status: int = 200) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(context, request), status=status)


DAY = dt.date(2026, 11, 1)
LAYERS = [
    StackLayer("software", "Parapheur Exemple", "France", "non qualifié", inherits=False),
    StackLayer("platform", "", inherits=False),
    StackLayer(
        "infrastructure", "Nuage Exemple à nom fort long", "France, Ouest", "suspendue", "/", True, True
    ),
    StackLayer("data_centre", "Salle Exemple", "France", "certifiée HDS"),
]
STEPS = [
    Step("Rédigé", "done", "fait le 2 mars"),
    Step(
        "Avis",
        "current",
        "en cours",
        children=(Step("RSSI", "done", "favorable"), Step("DPO", "todo", "attendu")),
    ),
    Step("Refusé", "refused", "refusé le 4 mars\u00a0: motif"),
    Step("Approbation", "todo", "à venir", url="/"),
]


def components(request: HttpRequest) -> HttpResponse:
    context = {
        "breadcrumb_data": breadcrumb(("Offres", "/offres/"), current="Galerie"),
        "tables": [(kind, list(states)) for kind, states in badges.TABLES.items()],
        "marks": [mark("in_force", "declared"), mark("suspended", "register")],
        "layers": LAYERS,
        "conclusion": "Ce logiciel n’est pas qualifié. Il repose sur une infrastructure qualifiée.",
        "facts": [
            TimelineFact(DAY, "Qualification accordée", "catalogue de l’ANSSI", origin="register"),
            TimelineFact(timezone.now(), "Qualification suspendue", origin="verified"),
            TimelineFact(dt.date(2099, 1, 1), "Fin de validité"),
            TimelineFact(None, "Annonce", corrects="date erronée"),
        ],
        "steps": STEPS,
        "rows": [Bar("En vigueur", 12, url="/offres/"), Bar("Inconnu", None), Bar("Aucune", 0)],
        "money": Decimal("12345.6"),
        "wide": range(14),
        "page": Paginator(range(200), 10).page(5),
    }
    return _answer(request, GALLERY, context)


def mark(status: str, origin: str) -> SimpleNamespace:
    return SimpleNamespace(
        scheme="secnumcloud",
        status=status,
        origin=origin,
        scope="Stockage objet",
        decision_number="2026-000",
        valid_until=dt.date(2028, 5, 12),
        source="catalogue de l’ANSSI",
        source_url="",
        read_on=dt.date(2026, 9, 15),
    )


CALLS: list[str] = []


@login_required
@once
def long_form(request: HttpRequest) -> HttpResponse:
    form = LongForm.of(request)
    if request.method == "POST" and form.is_valid():
        CALLS.append(form.cleaned_data["name"])
        return HttpResponseRedirect(f"/essai/fait/?fois={len(CALLS)}")
    return _answer(request, PAGE, {"form": form}, status=400 if form.is_bound else 200)


def done(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fait")


REFUSALS = {
    "400": RuleBroken("end_before_start", "La date de fin précède le début : corrigez.", field="end"),
    "403": NotAllowed("role_needed", "Vous n’avez pas le droit de faire cela. Rôle nécessaire : valideur."),
    "denied": PermissionDenied("Réservé à l’assistance."),
    "404": NotVisible(),
    "http404": Http404("secret detail"),
    "409": MoveRefused("wrong_state", "Déjà approuvé à 10 h 04."),
    "410": Gone("removed", "Offre retirée.", on=dt.date(2026, 10, 2), reason="à la demande du fournisseur"),
    "412": VersionStale(current=3),
    "428": VersionMissing(),
    "429": TooManyTries("locked", "Trop d’essais. Réessayez à 10 h 15."),
    "500": RuntimeError("secret detail"),
}


def refusal(request: HttpRequest, code: str) -> HttpResponse:
    raise REFUSALS[code]
