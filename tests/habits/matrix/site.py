from tests.habits.matrix.rows import EVERYBODY, SIGNED_IN, Row

ROWS = {
    "GET site:home": Row(EVERYBODY),
    "GET site:desk": Row(SIGNED_IN),
    "GET site:help": Row(EVERYBODY),
    "GET site:doctrine": Row(EVERYBODY),
    "GET site:accessibility": Row(EVERYBODY),
    "GET site:legal": Row(EVERYBODY),
    "GET site:personal_data": Row(EVERYBODY),
    "GET site:cookies": Row(EVERYBODY),
    "GET site:site_map": Row(EVERYBODY),
    "GET site:report": Row(EVERYBODY),
    "GET site:security_txt": Row(EVERYBODY),
    "GET health:livez": Row(EVERYBODY),
    "GET health:readyz": Row(EVERYBODY, may_be_down=True),
}
