"""An application's first tables, created with the models rendered once.

Django renders a model again, and every model related to it, after each operation of a migration. With two
hundred related models that is nine tenths of the time a new database takes.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """`operations` as one, each applied from the state before them all to the state after them all: changes
    of fields and constraints that do not build on one another."""

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # What is not rendered is not rendered again: the next one who asks for `apps` renders all, once.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} changes together"


class CreateModels(Together):
    """Their models may refer to one another in any order, circles included.

    Constraints and indexes go in each model's options.
    """

    def __init__(self, operations: Sequence[CreateModel]) -> None:
        super().__init__(operations)

    def describe(self) -> str:
        return f"Create {len(self.operations)} models"
