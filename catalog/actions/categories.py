"""The curators' tree of categories: adding, renaming, moving, merging, retiring.

Every writer holds one lock to the end of its transaction: two moves that are each sound and together make
a circle, or a fourth level, wait for one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.text import slugify

from catalog.abilities import catalog_abilities
from catalog.enums import CategoryState
from catalog.models import Category, MissingNeed, Offer, OfferSearchRow
from catalog.models.category import MOST_LEVELS
from marketplace.accounts.abilities import require
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

BATCH = 500
LAST = 32_000
TOO_DEEP = f"L’arbre a {MOST_LEVELS} niveaux au plus. Choisissez une catégorie placée plus haut."
UNDER = "Celle qui reçoit ses offres est au-dessous d’elle. Choisissez-en une autre."
NOT_EMPTY = "Cette catégorie n’est pas vide. Choisissez celle qui reçoit ses offres."
CIRCLE = "Cette catégorie est au-dessous de celle que vous déplacez. Choisissez-en une autre."


def lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.categories'))")


def add(*, actor: Actor, label: str, parent: Category | None = None, position: int | None = None) -> Category:
    """Last of its parent unless told otherwise. Raises NotAllowed, RuleBroken."""
    require(catalog_abilities(actor), "curate")
    with transaction.atomic():
        lock_tree()
        above = _open(parent, field="parent")
        made = Category(code=_free_code(label), label=label, parent=above, is_curated=True)
        made.position = _last(above) if position is None else position
        made.level = _level_under(above, height=1)
        _check_label(made)
        made.save()
        made.journal_creation(
            actor=actor, detail={"code": made.code, "label": label, "parent": str(above or "")}
        )
    return made


def edit(category: Category, *, actor: Actor, expected_version: int | None = None, **values: Any) -> Category:
    """`label`, `parent` (None: the first level), `position`. Its offers, and the categories under it, follow.

    Raises NotAllowed, RuleBroken, VersionStale.
    """
    require(catalog_abilities(actor), "curate")
    with transaction.atomic():
        lock_tree()
        category.refresh_from_db()
        before = (category.label, str(category.parent or ""))

        def apply(row: Category) -> None:
            row.label, row.position = values.get("label", row.label), values.get("position", row.position)
            row.is_curated = True
            _place(row, values.get("parent", row.parent))
            _check_label(row)

        after = (values.get("label", before[0]), str(values.get("parent", category.parent) or ""))
        detail = {"label": [before[0], after[0]], "parent": [before[1], after[1]]}
        category.touch("edit", actor=actor, apply=apply, expected_version=expected_version, detail=detail)
        _set_levels(category)
        if category.label != before[0]:
            _refresh(Offer.objects.filter(category=category))
    return category


def retire(
    category: Category,
    *,
    actor: Actor,
    into: Category | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> Category:
    """Its offers and the categories under it go to `into`; its code leads there for ever (merging).

    Frozen versions keep the code they were written with. Raises NotAllowed, MoveRefused, VersionStale, and
    RuleBroken: something would go nowhere, or `into` is itself, under it, retired, or too deep.
    """
    require(catalog_abilities(actor), "curate")
    with transaction.atomic():
        lock_tree()
        category.refresh_from_db()
        category.check_move("retire")
        target = _open(into, field="into")
        if target is not None and target.pk in _branch(category):
            raise RuleBroken("category_circle", UNDER, field="into")
        moved = list(Offer.objects.filter(category=category).values_list("pk", flat=True))
        children = list(category.children.filter(state=CategoryState.OPEN))
        if target is not None:
            _hand_over(category, target, offers=moved, children=children)
        elif moved or children or category.absorbed.exists():
            raise RuleBroken("category_not_empty", NOT_EMPTY, field="into")

        def apply(row: Category) -> None:
            row.merged_into, row.is_curated = target, True

        detail = {"into": str(target or ""), "offers": len(moved), "categories": len(children)}
        given: dict[str, Any] = {"reason": reason, "expected_version": expected_version, "detail": detail}
        category.perform("retire", actor=actor, apply=apply, **given)
        _refresh(Offer.objects.filter(pk__in=moved))
    return category


def _hand_over(category: Category, target: Category, *, offers: list[int], children: list[Category]) -> None:
    for child in children:
        _place(child, target)
        _check_label(child)
        child.save()
        _set_levels(child)
    Offer.objects.filter(pk__in=offers).update(category=target)
    MissingNeed.objects.filter(category=category).update(category=target)
    category.absorbed.update(merged_into=target)


def _open(given: Category | None, *, field: str) -> Category | None:
    """As it is under the lock. Raises RuleBroken once retired."""
    if given is None:
        return None
    found = Category.objects.select_related("parent__parent").get(pk=given.pk)
    if found.state != CategoryState.OPEN:
        raise RuleBroken(
            "category_retired", f"« {found} » est retirée. Choisissez-en une autre.", field=field
        )
    return found


def _place(category: Category, parent: Category | None) -> None:
    above = _open(parent, field="parent")
    branch = _branch(category)
    if above is not None and above.pk in branch:
        raise RuleBroken("category_circle", CIRCLE, field="parent")
    height = max(branch.values()) - category.level + 1
    category.parent, category.level = above, _level_under(above, height=height)


def _level_under(above: Category | None, *, height: int) -> int:
    level = 1 if above is None else above.level + 1
    if level + height - 1 > MOST_LEVELS:
        raise RuleBroken("category_too_deep", TOO_DEEP, field="parent")
    return level


def _branch(category: Category) -> dict[int, int]:
    """Key → level of the category and of what is under it, as stored. One query a level."""
    found: dict[int, int] = {}
    level = {category.pk: category.level}
    while level:
        found |= level
        rows = Category.objects.filter(parent__in=level, state=CategoryState.OPEN)
        level = dict(rows.exclude(pk__in=found).values_list("pk", "level"))
    return found


def _set_levels(category: Category) -> None:
    """Of what is under it, once it has its own."""
    for child in category.children.filter(state=CategoryState.OPEN):
        if child.level != category.level + 1:
            child.level = category.level + 1
            child.save(update_fields=["level"])
        _set_levels(child)


def _check_label(category: Category) -> None:
    same = Category.objects.open().filter(parent=category.parent, label__iexact=category.label)
    if same.exclude(pk=category.pk).exists():
        raise RuleBroken(
            "label_taken",
            f"« {category.label} » existe déjà à cet endroit. Choisissez un autre nom, ou fusionnez-les.",
            field="label",
        )


def _free_code(label: str) -> str:
    """Made once, kept for ever: a new name does not change it."""
    start = slugify(label)[:50] or "categorie"
    taken = set(Category.objects.filter(code__startswith=start).values_list("code", flat=True))
    number = 2
    code = start
    while code in taken:
        code, number = f"{start}-{number}", number + 1
    return code


def _last(parent: Category | None) -> int:
    last = (
        Category.objects.filter(parent=parent)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    return min(LAST, (last or 0) + 1)


def _refresh(offers: Any) -> None:
    """The word of the category stands on the cards and in the text that is searched."""
    keys = list(offers.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        OfferSearchRow.objects.refresh(keys[start : start + BATCH])
