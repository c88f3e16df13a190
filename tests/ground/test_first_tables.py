import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from marketplace.first_tables import CreateModels


def circle() -> CreateModels:
    """A hen that names its last egg, an egg that names its hen, one egg of a hen a day."""
    key = ("id", models.BigAutoField(primary_key=True))
    once = models.UniqueConstraint(fields=("hen", "day"), name="egg_once_a_day")
    return CreateModels(
        operations=[
            CreateModel("Hen", [key, ("last", models.ForeignKey("trial.Egg", models.PROTECT, null=True))]),
            CreateModel(
                "Egg",
                [key, ("hen", models.ForeignKey("trial.Hen", models.PROTECT)), ("day", models.DateField())],
                options={"constraints": [once]},
            ),
        ]
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rendered", [True, False])
def test_models_of_a_circle_are_created_at_once_and_taken_back(rendered: bool) -> None:
    operation, before = circle(), ProjectState()
    if rendered:
        assert before.apps
    after = before.clone()
    operation.state_forwards("trial", after)
    with connection.schema_editor(atomic=True) as editor:
        operation.database_forwards("trial", editor, before, after)
    with connection.cursor() as cursor:
        kept = connection.introspection.get_constraints(cursor, "trial_egg")
        last = connection.introspection.get_relations(cursor, "trial_hen")
    with connection.schema_editor(atomic=True) as editor:
        operation.database_backwards("trial", editor, after, before)
    assert kept["egg_once_a_day"]["unique"]
    assert last == {"last_id": ("id", "trial_egg")}
    assert not {"trial_hen", "trial_egg"} & set(connection.introspection.table_names())


@pytest.mark.django_db
def test_a_database_of_another_edition_is_refused_with_its_remedy() -> None:
    MigrationRecorder(connection).record_applied("catalog", "0042_unheard_of")
    with pytest.raises(CommandError, match=r"catalog\.0042_unheard_of.*make reset"):
        call_command("prepare_database")
