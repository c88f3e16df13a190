"""Files up to 400 lines, functions up to 40, templates up to 120: what fits in a reader's head."""

import ast

import pytest

from tests.habits.sources import product_files, templates, test_files

MOST_LINES, MOST_FUNCTION, MOST_TEMPLATE = 400, 40, 120


def test_files_are_short() -> None:
    too_long = {
        str(path): count
        for path in [*product_files(), *test_files()]
        if (count := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not too_long


def test_templates_are_short() -> None:
    too_long = {
        str(path): count
        for path in templates()
        if (count := len(path.read_text().splitlines())) > MOST_TEMPLATE
    }
    assert not too_long


def test_functions_are_short() -> None:
    too_long = [
        f"{path}:{node.lineno} {node.name} {length}"
        for path in [*product_files(), *test_files()]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_FUNCTION
    ]
    assert not too_long


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc", "manager2"])
def test_no_file_is_a_drawer(word: str) -> None:
    assert not [str(path) for path in product_files() if path.stem == word]
