"""The parts of `make run` that other checkouts and deaths put to the test."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marketplace.devtools import run, running, supervisor
from marketplace.devtools.postgres import ClusterFailed
from marketplace.devtools.supervisor import Child, stop_all

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_var(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "VAR", tmp_path)
    monkeypatch.setattr(running, "VAR", tmp_path)
    monkeypatch.setattr(running, "RUN_FILE", tmp_path / "run.json")
    monkeypatch.setattr(running, "LOCK_FILE", tmp_path / "run.lock")


def test_two_checkouts_that_start_together_take_two_ports(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    with run._open_door() as first, run._open_door() as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_a_port_asked_for_and_taken_is_refused(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    with run._open_door() as first:
        monkeypatch.setenv("PORT", str(first.getsockname()[1]))
        with pytest.raises(ClusterFailed, match="is taken"):
            run._open_door()


def test_one_runner_a_checkout():
    lock = running.take_run_lock()
    assert running.take_run_lock() is None
    assert running.runner_pid() == os.getpid()
    lock.release()
    assert running.runner_pid() is None


def test_a_command_borrows_the_addresses_unless_it_has_its_own(monkeypatch):
    values = {"DATABASE_URL": "postgresql://lent", "CELERY_BROKER_URL": "pgmq://lent"}
    running.RUN_FILE.write_text(json.dumps({"environment": values}))
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "postgresql://own"})
    running.lend_environment()
    assert os.environ == {"DATABASE_URL": "postgresql://own"}
    monkeypatch.setattr(os, "environ", {})
    running.lend_environment()
    assert os.environ == values


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_dead_child_comes_back_after_its_delay_and_its_lines_are_kept(capsys):
    child = Child("one", [sys.executable, "-c", "print('ERROR: bad'); print('quiet')"], dict(os.environ))
    child._delay = 0.1
    child.start()
    child.process.wait()
    child.keep_alive()
    assert child.process is None, "not at once"
    assert child._delay == pytest.approx(0.2), "the next delay is longer"
    wait_until(lambda: (child.keep_alive(), child.process)[1] is not None)
    stop_all([child])
    assert "quiet" in child.log.read_text()
    assert child.log.stat().st_mode & 0o777 == 0o600
    shown = capsys.readouterr().out
    assert "one   | ERROR: bad" in shown
    assert "quiet" not in shown


def test_stopping_kills_what_does_not_listen(monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.5)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = Child("deaf", [sys.executable, "-c", deaf], dict(os.environ))
    child.start()
    wait_until(lambda: child.log.exists() and "deaf" in child.log.read_text())
    process = child.process
    stop_all([child])
    assert process.returncode == -9


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("bootstrap", HOME / "bin" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("VENV", "FRESH", "OLD"):
        monkeypatch.setattr(module, name, tmp_path / name)
    return module


def test_a_half_made_environment_is_not_believed(bootstrap):
    (bootstrap.VENV / "bin").mkdir(parents=True)
    (bootstrap.VENV / "bin" / "python").touch()
    assert bootstrap.stamp_of(bootstrap.VENV) == ""
    (bootstrap.VENV / "stamp").write_text(bootstrap.stamp("dev"))
    assert bootstrap.stamp_of(bootstrap.VENV) in bootstrap.stamps_that_suit("local")
    (bootstrap.VENV / "stamp").write_text(bootstrap.stamp("local"))
    assert bootstrap.stamp_of(bootstrap.VENV) not in bootstrap.stamps_that_suit("dev")


def test_without_venv_nor_pip_one_sentence_names_the_package(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "works", lambda command: False)
    with pytest.raises(SystemExit, match="apt-get install -y python3-venv"):
        bootstrap.make_venv()
    assert not bootstrap.FRESH.exists()


def test_caches_go_under_var_without_a_home(bootstrap, monkeypatch):
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    monkeypatch.setenv("HOME", "")
    assert bootstrap.environment()["UV_CACHE_DIR"].endswith("var/cache/uv")


def test_without_python_one_sentence_names_the_package(tmp_path):
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name))
    ended = subprocess.run(
        [str(tmp_path / "sh"), str(HOME / "bin" / "bootstrap"), "local"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "apt-get install -y python3 python3-venv" in ended.stderr
