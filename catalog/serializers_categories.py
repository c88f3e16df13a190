"""Categories in JSON: a flat list in which each one names the one above it."""

from __future__ import annotations

from rest_framework import serializers

from catalog.models import Category
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class CategorySerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    parent = serializers.SlugRelatedField[Category](
        slug_field="code", read_only=True, allow_null=True, help_text="Code de la catégorie au-dessus."
    )
    path = serializers.SerializerMethodField(help_text="Noms, du premier niveau au sien.")
    replaced_by = serializers.SlugRelatedField[Category](
        source="merged_into",
        slug_field="code",
        read_only=True,
        allow_null=True,
        help_text="Celle à laquelle mène désormais son code, une fois retirée.",
    )

    class Meta:
        model = Category
        fields = (
            "id", "code", "label", "parent", "path", "level", "position", "state", "state_since", "version",
            "replaced_by",
        )  # fmt: skip
        read_only_fields = fields

    def get_path(self, category: Category) -> list[str]:
        return [above.label for above in (*category.ancestors, category)]


def _open_category() -> serializers.SlugRelatedField[Category]:
    return serializers.SlugRelatedField(
        slug_field="code", queryset=Category.objects.open(), required=False, allow_null=True
    )


class CategoryInput(StrictSerializer):
    label = serializers.CharField(max_length=120)
    parent = _open_category()
    position = serializers.IntegerField(min_value=0, max_value=32_000, required=False)


class RetireCategoryInput(StrictSerializer):
    into = _open_category()
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
