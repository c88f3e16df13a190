from collections.abc import Container

from django import template

register = template.Library()


@register.filter
def in_keys(value: object, known: Container[object]) -> bool:
    """Whether an offer is kept: `{{ offer.pk|in_keys:kept }}`."""
    return value in known
