"""A question file with an error is named at start, and nothing of it is loaded."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from catalog.questions.engine import sections
from catalog.questions.reading import QuestionFileError


@register()
def question_files(app_configs: Any = None, **options: Any) -> list[Error]:
    """One error a fault; `manage.py` refuses to start on them."""
    try:
        sections()
    except QuestionFileError as error:
        return [Error(fault, id="catalog.E001") for fault in error.faults]
    return []
