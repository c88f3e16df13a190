"""What an import must not do, and what a module must not say. `bin/check` also runs import-linter."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.habits.sources import ROOT, product_files

# Not a floor of the house but its frame: it names every app, or stands before Django.
FRAME = {
    "marketplace.settings",
    "marketplace.urls",
    "marketplace.wsgi",
    "marketplace.web_worker",
    "marketplace.celery",
    "marketplace.redis_transport",
    "marketplace.site",
}


def contract() -> list[str]:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(options["tool"]["importlinter"]["contracts"][0]["layers"])


def test_arrows_run_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


def test_every_module_has_its_floor() -> None:
    named = {name.strip() for layer in contract() for name in layer.split(":")}
    there = {
        f"marketplace.{path.stem}"
        for path in (ROOT / "marketplace").iterdir()
        if path.name != "__init__.py" and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert there - FRAME - named == set()
    assert named - there - {"catalog", "qualification", "procurement", "marketplace.site"} == set()


def test_only_the_workflow_writes_a_state() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in product_files()
        if path != Path("marketplace/workflow.py") and path != Path("marketplace/leases.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if _writes_state(node)
    ]
    assert not found


def _writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    else:
        return False
    names = [leaf for target in targets for leaf in ast.walk(target)]
    return any(isinstance(leaf, ast.Attribute) and leaf.attr == "state" and _is_store(leaf) for leaf in names)


def _is_store(leaf: ast.Attribute) -> bool:
    return isinstance(leaf.ctx, ast.Store)


def test_no_signal_carries_a_rule_and_no_admin_exists() -> None:
    banned = ("django.db.models.signals", "django.contrib.admin", "django.dispatch")
    found = [
        f"{path}:{node.lineno} {name}"
        for path in product_files()
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name.startswith(banned)
    ]
    assert not found


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_nothing_of_the_product_imports_the_bench_or_the_tests() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in product_files()
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name.split(".")[0] in {"bench", "tests"}
    ]
    assert not found


def test_serializers_ask_no_query() -> None:
    """Queries belong to the viewset's queryset; a serializer reads what was fetched."""
    found = [
        f"{path}:{node.lineno} .{node.attr}"
        for path in product_files()
        if path.stem.startswith("serializers") or "serializers" in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"filter", "exclude", "aggregate", "annotate", "count"}
    ]
    assert not found
