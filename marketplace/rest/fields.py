"""Fields of inputs that several apps share."""

from typing import Any

from rest_framework import serializers


class CodeField(serializers.ChoiceField):
    """One of our codes, in any case: « IaaS » is read as `iaas`, and answered so."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            data = {str(code).casefold(): code for code in self.choices}.get(data.strip().casefold(), data)
        return super().to_internal_value(data)
