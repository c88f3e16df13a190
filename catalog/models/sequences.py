from django.db.models import BigIntegerField, Func, Value


class NextValue(Func):
    """The next value of a database sequence: public numbers that are not the key, without a lock."""

    function = "nextval"
    output_field = BigIntegerField()

    def __init__(self, sequence: object, **extra: object) -> None:
        super().__init__(sequence if hasattr(sequence, "resolve_expression") else Value(sequence), **extra)
