from tests.habits.matrix.rows import EVERYBODY, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "GET api:root": Row(EVERYBODY),
    "GET api:me": Row(SIGNED_IN),
    "GET api:schema": Row(EVERYBODY),
    "GET api-docs": Row(EVERYBODY),
}
