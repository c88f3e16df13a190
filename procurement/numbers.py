"""Series of this app's public numbers that are not made where the row is."""

from marketplace.numbering import next_number


def vehicle_number() -> str:
    return next_number("SUP")
