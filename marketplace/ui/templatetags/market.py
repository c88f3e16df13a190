"""The components of every page: ``{% load market %}``.

Text (filters)
    {{ d|date_fr }} « 3 mars 2027 » in <time>      {{ d|datetime_fr }}   {{ d|date_short }} « 03/03/2027 »
    {{ d|days_until }} « dans 5 jours », « en retard de 2 jours »
    {{ m|eur_ht }} {{ m|eur_ttc }} {{ m|eur }} {{ m|eur_in:basis }} {{ m|unit_eur_ht }} (2 to 6 decimals)
    {{ n|number_fr }}
    {{ message|typo }} spaces of French punctuation (already done for messages, errors, alerts)
    {{ x|unknown }} None or "" → « Inconnu »       {{ octets|size_fr }}   {{ n|plural_fr:"offre,offres" }}
States and trust
    {% badge "order" order.state %}   kinds: mark check obligation offer dossier finding project
        order contract opinion review organisation dispute
        options label= scheme= name= small=True declared=True
    {% origin_tag mark.origin %}      {% mark_line mark %} badge + origin + sentence (needs the attributes
        of catalog TrustMark: scheme name status origin scope decision_number valid_until source read_on)
Pictures, each with its text twin
    {% stack_picture layers conclusion="…" %} layers: StackLayer    {% trust_timeline facts %} TimelineFact
    {% parcours steps label="Étapes de la commande" %} Step     {% bars rows caption="…" unit="offres" %} Bar
Blocks
    {% fr_table caption="…" stacked=True %}<thead>…</thead><tbody>…</tbody>{% endfr_table %}
        (row headers: <th scope="row">; with stacked, each <td data-label="Limite">)
    {% lasting_alert "warning" "Title" "text" %} (no role; for what has just happened use messages)
    {% download url "Télécharger le bon de commande" format="PDF" size=84211 %}
    {% market_pagination page %} (Django Page, or number/total_pages; keeps the query string)
    {% panels "offer.actions" offer %} what upper apps add to this page (marketplace.ui.panels)
Forms (views: form = MyForm.of(request), decorated by marketplace.ui.once.once)
    {% error_summary form %} just after the h1     {% market_form form %} fields + csrf + once token
    {% market_field form.name %} one field                  {% once_token %} alone, for forms without fields
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, Textarea
from django.forms.formsets import BaseFormSet
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from marketplace.ui import badges, drafts, drawings, once, pagination, typography
from marketplace.ui import panels as panel_registry
from marketplace.ui.stack_falls import stack_frame

register = template.Library()
FORMS = (BaseForm, BaseFormSet)


@register.filter
def date_fr(value: dt.date | None) -> str:
    if value is None:
        return typography.UNKNOWN
    day = typography.local(value)
    stamp = day.date() if isinstance(day, dt.datetime) else day
    return format_html('<time datetime="{}">{}</time>', stamp.isoformat(), _with_sup(value))


def _with_sup(value: dt.date) -> SafeString:
    text = typography.date_text(value)
    if text.startswith("1er"):
        return format_html("1<sup>er</sup>{}", text[3:])
    return format_html("{}", text)


@register.filter
def datetime_fr(value: dt.datetime | None) -> str:
    if value is None:
        return typography.UNKNOWN
    at = typography.time_text(value)
    return format_html(
        '<time datetime="{}">{} à{}{}</time>', value.isoformat(), _with_sup(value), typography.NBSP, at
    )


@register.filter
def date_short(value: dt.date | None) -> str:
    if value is None:
        return typography.UNKNOWN
    day = typography.local(value)
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), day.strftime("%d/%m/%Y"))


@register.filter
def at(values: Mapping[str, object] | None, key: str) -> object:
    """The value of a name in a mapping; None without it."""
    return values.get(key) if values else None


@register.filter
def days_until(value: dt.date | None) -> str:
    if value is None:
        return typography.UNKNOWN
    day = typography.local(value)
    return typography.days_text(
        ((day.date() if isinstance(day, dt.datetime) else day) - timezone.localdate()).days
    )


@register.filter
def eur(value: object) -> str:
    return typography.euros(value)


@register.filter
def eur_ht(value: object) -> str:
    return typography.euros(value, tax="HT")


@register.filter
def eur_ttc(value: object) -> str:
    return typography.euros(value, tax="TTC")


@register.filter
def eur_in(value: object, basis: str) -> str:
    """An amount in the basis of its ceiling, HT or TTC."""
    return typography.euros(value, tax=basis)


@register.filter
def unit_eur_ht(value: object) -> str:
    return typography.euros(value, tax="HT", unit_price=True)


@register.filter
def number_fr(value: object) -> str:
    return typography.number_text(value)


@register.filter
def size_fr(octets: int | None) -> str:
    return typography.size_text(octets)


@register.filter
def plural_fr(count: int | None, forms: str) -> str:
    one, many = forms.split(",")
    return typography.plural(count, one=one, many=many)


@register.filter
def typo(text: object) -> str:
    """A message of ours with French spacing; keeps a safe string safe."""
    shown = typography.french(str(text))
    return mark_safe(shown) if isinstance(text, SafeString) else shown  # noqa: S308 -- it was safe before


@register.filter
def unknown(value: Any) -> Any:
    return typography.UNKNOWN if value is None or value == "" else value


@register.inclusion_tag("components/badge.html")
def badge(
    kind: str,
    state: str | None,
    label: str = "",
    scheme: str = "",
    name: str = "",
    small: bool = False,
    declared: bool = False,
) -> dict[str, Any]:
    if kind == "obligation" and state == "not_required":
        return {"words": "Non requis par R9 selon vos réponses"}
    shown = badges.badge_for(kind, state, label=label, scheme=scheme, name=name, declared=declared)
    return {"badge": shown, "small": small}


@register.inclusion_tag("components/origin_tag.html")
def origin_tag(origin: str) -> dict[str, Any]:
    return {"origin": badges.ORIGINS.get(origin), "code": origin}


@register.inclusion_tag("components/mark_line.html")
def mark_line(mark: Any, status: str = "", undermined_by: Any = None) -> dict[str, Any]:
    """``status``: the effective one when the caller knows it (expiring, suspended below…)."""
    return {
        "mark": mark,
        "name": getattr(mark, "name", "") or badges.SCHEMES.get(mark.scheme, (mark.scheme, ""))[0],
        "status": status or mark.status,
        "declared": mark.origin == "declared",
        "origin": badges.ORIGINS.get(mark.origin),
        "undermined_by": undermined_by,
    }


@register.inclusion_tag("components/stack_picture.html")
def stack_picture(
    layers: Sequence[drawings.StackLayer], conclusion: str, ident: str = "pile"
) -> dict[str, Any]:
    boxes = drawings.stack_boxes(layers)
    return {
        "layers": layers,
        "boxes": boxes,
        "frame": stack_frame(boxes),
        "height": drawings.stack_height(layers),
        "conclusion": conclusion,
        "ident": ident,
    }


@register.inclusion_tag("components/trust_timeline.html")
def trust_timeline(
    facts: Sequence[drawings.TimelineFact], label: str = "Historique des faits"
) -> dict[str, Any]:
    today = timezone.localdate()
    return {"points": drawings.timeline_points(facts, today=today), "label": label, "today": today}


@register.inclusion_tag("components/parcours.html")
def parcours(steps: Sequence[drawings.Step], label: str = "Étapes") -> dict[str, Any]:
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/bars.html")
def bars(
    rows: Iterable[drawings.Bar], caption: str, unit: str = "", first: str = "Statut", ident: str = "barres"
) -> dict[str, Any]:
    listed = list(rows)
    chart = drawings.bar_chart(listed, unit=unit)
    return {"chart": chart, "rows": listed, "caption": caption, "unit": unit, "first": first, "ident": ident}


@register.inclusion_tag("components/mark_bars.html")
def mark_bars(groups: Sequence[drawings.MarkGroup], caption: str, ident: str = "notes") -> dict[str, Any]:
    """Marks by criterion; the responses of the first group are those of all."""
    suppliers = [label for label, _ in groups[0].marks] if groups else []
    return {
        "groups": groups,
        "chart": drawings.mark_chart(groups),
        "suppliers": suppliers,
        "caption": caption,
        "ident": ident,
    }


@register.simple_block_tag(end_name="endfr_table")
def fr_table(content: str, caption: str, stacked: bool = False, hide_caption: bool = False) -> str:
    """A DSFR table. ``stacked``: under md each row becomes a block, its cells named by data-label."""
    classes = "fr-table" + (" market-stacked" if stacked else "")
    classes += " fr-table--no-caption" if hide_caption else ""
    role = format_html(' role="{}"', "table") if stacked else ""
    # The scroll zone is named and reached by the keyboard; under md a stacked table never scrolls.
    focus = format_html(' tabindex="0" role="region" aria-label="{}"', caption)
    return format_html(
        '<div class="{}"><div class="fr-table__wrapper"><div class="fr-table__container"{}>'
        '<div class="fr-table__content"><table{}><caption>{}</caption>{}</table></div></div></div></div>',
        classes,
        focus,
        role,
        caption,
        mark_safe(content),  # noqa: S308 -- the block, rendered with escaping
    )


@register.inclusion_tag("components/lasting_alert.html")
def lasting_alert(kind: str, title: str, text: str = "", level: int = 2) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": typography.french(title),
        "text": typography.french(text),
        "tag": f"h{level}" if level else "p",
    }


@register.inclusion_tag("components/download.html")
def download(url: str, label: str, format: str = "", size: int | None = None) -> dict[str, Any]:
    parts = [format, typography.size_text(size) if size is not None else ""]
    return {"url": url, "label": label, "detail": ", ".join(part for part in parts if part)}


@register.simple_tag(takes_context=True)
def market_pagination(
    context: Context,
    page: Any,
    total_pages: int | None = None,
    parameter: str = "page",
    place: str = "",
    label: str = "",
) -> SafeString:
    """``page``: a Django Page, or the number of the page with ``total_pages``. A page with several lists
    gives each a ``parameter``, the id of its ``place`` and a ``label`` for its links."""
    number = page if isinstance(page, int) else page.number
    pages = total_pages if total_pages is not None else page.paginator.num_pages
    request = context.get("request")
    query = request.GET if request is not None else None
    return pagination.page_links(
        number, pages=pages, query=query, parameter=parameter, place=place, label=label
    )


@register.simple_tag(takes_context=True)
def panels(context: Context, place: str, subject: Any) -> str:
    return panel_registry.render(place, request=context.get("request"), subject=subject)


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    entries: list[dict[str, str]] = []
    for form in forms:
        entries += _errors_of(form)
    return {"entries": entries, "count": len(entries)}


def _errors_of(form: BaseForm | BaseFormSet) -> list[dict[str, str]]:
    if not form.is_bound:
        return []
    if isinstance(form, BaseFormSet):
        shared = [
            {"anchor": "", "message": typography.french(str(message))} for message in form.non_form_errors()
        ]
        return shared + [entry for child in form.forms for entry in _errors_of(child)]
    found = [
        {"anchor": "", "message": typography.french(str(message))} for message in form.non_field_errors()
    ]
    for name in form.fields:
        bound = form[name]
        anchor = getattr(bound, "anchor", bound.id_for_label)
        found += [{"anchor": anchor, "message": typography.french(str(message))} for message in bound.errors]
    return found


@register.inclusion_tag("components/form.html", takes_context=True)
def market_form(context: Context, form: BaseForm) -> dict[str, Any]:
    """All fields of a POST form, its CSRF token, its one-time token, and the text typed before an
    expired session. The <form> element and the button are the page's."""
    request = context.get("request")
    kept = drafts.restore(request, form=form) if request is not None else False
    return {
        "form": form,
        "fields": list(form.visible_fields()),
        "kept": kept,
        "session_minutes": _session_minutes(context, form),
        "csrf_token": context.get("csrf_token"),
        "typed_by": drafts.signature(request) if request is not None else "",
        "token": once.new_token(),
    }


def _session_minutes(context: Context, form: BaseForm) -> int:
    """Said on a long form of a signed-in person: one with a text area, or with five fields or more."""
    fields = form.visible_fields()
    long = len(fields) >= 5 or any(isinstance(field.field.widget, Textarea) for field in fields)
    return int(settings.SESSION_IDLE_MINUTES) if long and context.get("session_length") else 0


@register.simple_tag
def market_field(bound: BoundField) -> str:
    return bound.as_field_group()


@register.simple_tag
def once_token() -> str:
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, once.new_token())


@register.simple_tag(takes_context=True)
def typed_by(context: Context) -> str:
    """For a form written without `market_form`: its page restores `drafts.kept_for` itself."""
    request = context.get("request")
    who = drafts.signature(request) if request is not None else ""
    return format_html('<input type="hidden" name="{}" value="{}">', drafts.FIELD, who) if who else ""


@register.simple_tag(takes_context=True)
def error_title(context: Context) -> str:
    """« Erreur : » at the start of <title> when a form of the page was refused."""
    # By its type: `isinstance` would wake lazy values, and the CSRF token with a cookie for every visitor.
    forms = [value for layer in context.dicts for value in layer.values() if issubclass(type(value), FORMS)]
    refused = any(form.is_bound and form.errors and not form.is_valid() for form in forms)
    return f"Erreur{typography.NBSP}: " if refused or context.get("page_has_errors") else ""
