"""Which columns each register has. `name` is that of its releases."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.enums import Scheme


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, date, status. A column that is not `required` may be absent from the file."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    most: int = 200


@dataclass(frozen=True, slots=True)
class Register:
    """`decision` says what a row's number is: the only thing that links a row to a mark."""

    code: str
    name: str
    label: str
    issuer: str
    scheme: Scheme
    decision: str
    columns: tuple[Column, ...]

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


_SHARED = (
    Column("service", "Service", required=True),
    Column("provider", "Prestataire", required=True),
    Column("decision", "Numéro", required=True, most=60),
    Column("status", "Statut", kind="status", required=True),
    Column("valid_from", "Début", kind="date"),
    Column("valid_until", "Fin", kind="date"),
    Column("perimeter", "Périmètre", most=500),
)
REGISTERS: dict[str, Register] = {
    register.code: register
    for register in (
        Register(
            "anssi",
            "anssi_register",
            "Catalogue de l’ANSSI (SecNumCloud)",
            "ANSSI",
            Scheme.SECNUMCLOUD,
            "Numéro de décision",
            (*_SHARED, Column("milestone", "Jalon", most=4), Column("referential", "Référentiel", most=20)),
        ),
        Register(
            "hds",
            "hds_register",
            "Liste des hébergeurs certifiés HDS",
            "Agence du numérique en santé",
            Scheme.HDS,
            "Numéro de certificat",
            (
                *_SHARED,
                Column("activities", "Activités", most=60),
                Column("body", "Organisme certificateur", most=120),
            ),
        ),
    )
}
