"""The compose file, without an engine: its schema, then what we promise about it."""

import re
from pathlib import Path

import pytest
import yaml
from compose_spec.models import ComposeSpecification
from pydantic import ValidationError

from marketplace.settings.broker import QUEUES
from marketplace.settings.refusals import REQUIRED

HOME = Path(__file__).resolve().parents[2]
TEXT = (HOME / "docker-compose.yml").read_text()
OURS = ("migrate", "web", "worker-quick", "worker-slow", "beat")


@pytest.fixture
def compose():
    return yaml.safe_load(TEXT)


def lost_keys(document, understood, path=""):
    """The specification's models drop what they do not know: what is missing afterwards was unknown."""
    for key, value in document.items():
        if key.startswith("x-"):
            continue
        if key not in understood:
            yield f"{path}{key}"
        elif isinstance(value, dict) and isinstance(understood[key], dict):
            yield from lost_keys(value, understood[key], f"{path}{key}.")


def unknown_keys(document):
    understood = ComposeSpecification.model_validate(document)
    return list(lost_keys(document, understood.model_dump(by_alias=True, exclude_unset=True)))


def test_it_follows_the_compose_specification(compose):
    assert unknown_keys(compose) == []


def test_the_specification_used_refuses_what_is_not_in_it(compose):
    compose["services"]["web"]["healtcheck"] = {}
    compose["services"]["web"]["healthcheck"]["retry"] = 3
    assert unknown_keys(compose) == ["services.web.healthcheck.retry", "services.web.healtcheck"]
    compose["services"]["web"]["read_only"] = {"a": 1}
    with pytest.raises(ValidationError, match="read_only"):
        ComposeSpecification.model_validate(compose)


def test_its_services(compose):
    assert set(compose["services"]) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("service", OURS)
def test_our_containers_have_no_privilege(compose, service):
    facts = compose["services"][service]
    assert facts["read_only"] is True
    assert facts["cap_drop"] == ["ALL"]
    assert facts["security_opt"] == ["no-new-privileges:true"]


def test_only_the_migration_knows_the_owner(compose):
    holders = [
        name for name, facts in compose["services"].items() if "DATABASE_OWNER_URL" in facts["environment"]
    ]
    assert holders == ["migrate"]


def test_nothing_starts_before_its_database_is_migrated(compose):
    for service in ("web", "worker-quick", "worker-slow", "beat"):
        assert compose["services"][service]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert compose["services"]["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_web_postgres_and_redis_have_health_checks(compose):
    for service in ("web", "postgres", "redis"):
        assert compose["services"][service]["healthcheck"]["test"]


def test_every_queue_has_a_worker(compose):
    served = {
        queue
        for name in ("worker-quick", "worker-slow")
        for queue in compose["services"][name]["command"][-1].split(",")
    }
    assert served == set(QUEUES)


def test_every_required_variable_is_given(compose):
    assert set(REQUIRED) <= set(compose["services"]["web"]["environment"])


def test_every_secret_comes_from_the_environment_and_is_compulsory():
    secrets = set(re.findall(r"\$\{(\w*(?:PASSWORD|KEYS?)\b)([^}]*)\}", TEXT))
    assert {name for name, _ in secrets} >= {"SECRET_KEY", "MASTER_KEYS", "OWNER_PASSWORD", "REDIS_PASSWORD"}
    assert {rest for _, rest in secrets} == {":?"}
    assert re.findall(r"(?i)(?:password|key)\w*: *['\"]?[a-z0-9]{6,}", TEXT) == []


def test_the_volumes_are_declared(compose):
    named = {
        volume.split(":", 1)[0]
        for facts in compose["services"].values()
        for volume in facts.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == set(compose["volumes"])
    for facts in compose["services"].values():
        for volume in facts.get("volumes", []):
            if volume.startswith("./"):
                assert (HOME / volume.split(":", 1)[0]).is_file()
