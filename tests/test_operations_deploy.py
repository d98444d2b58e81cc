"""What docker-compose.yml promises: valid by the specification, pinned, watched, limited, and without a secret."""

from __future__ import annotations

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
import yaml

from directory.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
SCHEMA = Path(__file__).parent / "fixtures" / "deploy" / "compose-spec.json"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"web-1", "web-2", "scheduler", "worker"}
VARIABLE = re.compile(r"\$\{(\w+)")


def test_it_keeps_to_the_compose_specification() -> None:
    schema = orjson.loads(SCHEMA.read_bytes())
    assert [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(COMPOSE)] == []


def test_there_is_everything_one_host_needs_and_a_profile_of_three_nodes() -> None:
    assert set(SERVICES) == {
        "proxy", *OURS, "postgresql", "elasticsearch-1", "elasticsearch-2", "elasticsearch-3",
    }  # fmt: skip
    assert {name for name, service in SERVICES.items() if "cluster" in service.get("profiles", [])} == {
        "elasticsearch-2",
        "elasticsearch-3",
    }


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_pinned_watched_limited_and_started_again(name: str) -> None:
    service = SERVICES[name]
    assert re.search(r":\d+\.\d+[\w.-]*$", service["image"]), "a version to the number after the point"
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert service.get("read_only", False) is not name.startswith("elasticsearch")
    assert not service.get("privileged")


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if service.get("ports")} == {"proxy"}
    assert COMPOSE["networks"]["back"]["internal"]
    assert COMPOSE["networks"]["front"]["internal"]
    for name, service in SERVICES.items():
        if name.startswith(("elasticsearch", "postgresql")):
            assert service["networks"] == ["back"]


def test_no_secret_stands_in_the_file_and_none_has_a_default() -> None:
    for service in SERVICES.values():
        for name, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|DATABASE_URL|SMTP_URL", name):
                assert name.endswith("_FILE")
                assert str(value).startswith("/run/secrets/")
                assert str(value).rpartition("/")[2] in service["secrets"]
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_that_is_given_is_one_that_palpate_knows(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("")
    known = {f"PALPATE_{field.upper()}" for field in Settings.model_fields}
    given = {key: value for key, value in SERVICES[name]["environment"].items() if key.startswith("PALPATE_")}
    assert {key.removesuffix("_FILE") for key in given} <= known
    files = {key: str(secret) for key in given if key.endswith("_FILE")}
    assert load_settings({"PALPATE_SEARCH_FALLBACK": given["PALPATE_SEARCH_FALLBACK"], **files}, tmp_path / "none")


def test_whoever_depends_on_a_service_waits_until_it_is_well() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "profiles" not in SERVICES[other], "what is not always started cannot be waited for"


def test_the_cluster_names_every_node_in_every_place() -> None:
    nodes = [name for name in SERVICES if name.startswith("elasticsearch")]
    text = (ROOT / "deploy" / "cluster.env").read_text("utf-8")
    values = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    assert values["PALPATE_SEARCH_URL"] == ",".join(f"http://{node}:9200" for node in nodes)
    assert int(values["PALPATE_INDEX_REPLICAS"]) >= 1
    asked = set(VARIABLE.findall((ROOT / "docker-compose.yml").read_text("utf-8")))
    assert set(values) <= asked
    for node in nodes:
        assert SERVICES[node]["environment"]["discovery.seed_hosts"] == ",".join(nodes)
        assert SERVICES[node]["environment"]["node.name"] == node
    assert load_settings({"PALPATE_SEARCH_URL": values["PALPATE_SEARCH_URL"]}, ROOT / "none").search_url


def test_secrets_are_made_once_for_the_owner_alone_and_agree(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets"
    script.write_bytes((ROOT / "deploy" / "make-secrets").read_bytes())
    made = []
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
        made.append({path.name: path.read_text("ascii") for path in (tmp_path / "secrets").iterdir()})
    assert made[0] == made[1]
    assert set(made[0]) == set(COMPOSE["secrets"])
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert len(made[0]["session_secret"]) == 64
    assert made[0]["database_url"] == f"postgresql://palpate:{made[0]['postgres_password']}@postgresql:5432/palpate"


def test_the_proxy_keeps_what_is_counted_inside_and_asks_each_site_whether_it_is_ready() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
    assert "path /metrics" in caddy
    assert "health_uri /readyz" in caddy
    assert "\t\tfail_duration " not in caddy, "a visitor's oversized body would count against a site"
    for name in ("web-1", "web-2"):
        assert f"{name}:8000" in caddy
