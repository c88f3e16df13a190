from tests.habits.matrix.rows import Row

ROWS: dict[str, Row] = {}
