"""The manifests render, are valid without a server, and keep the promises a cluster relies on."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
TARGETS = ["base", *sorted(f"overlays/{path.name}" for path in (ROOT / "k8s/overlays").iterdir())]
ALL = [*TARGETS, "operator"]
VERSIONS = ["1.31", "1.34", "1.37"]

Manifest = dict[str, Any]


@cache
def render(target: str) -> list[Manifest]:
    kubectl = Path(sys.executable).with_name("kubectl")
    command = [str(kubectl), "kustomize", str(ROOT / "k8s" / target)]
    rendered = subprocess.run(command, capture_output=True, text=True, check=False)
    assert rendered.returncode == 0, rendered.stderr
    assert not rendered.stderr, rendered.stderr
    return list(yaml.safe_load_all(rendered.stdout))


def only(target: str, kind: str) -> Manifest:
    [found] = [manifest for manifest in render(target) if manifest["kind"] == kind]
    return found


def pods(target: str) -> Iterator[Manifest]:
    for manifest in render(target):
        match manifest["kind"]:
            case "Deployment" | "Job":
                yield manifest["spec"]["template"]["spec"]
            case "Pod":
                yield manifest["spec"]
            case _:
                pass


def containers(target: str) -> Iterator[Manifest]:
    for pod in pods(target):
        yield from [*pod["containers"], *pod.get("initContainers", [])]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("target", ALL)
def test_every_target_is_valid_down_to_its_field_names(target: str, version: str) -> None:
    for manifest in render(target):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_a_misspelt_field_is_refused() -> None:
    deployment = {**only("base", "Deployment")}
    deployment["spec"] = {**deployment["spec"], "replica": 2}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, VERSIONS[-1], strict=True)


@pytest.mark.parametrize("target", ALL)
def test_every_pod_is_locked_down(target: str) -> None:
    for pod in pods(target):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(target):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]


def addresses(containers: list[Manifest]) -> list[dict[str, tuple[str, bool]]]:
    """For each container, which secret every address of the database comes from, and whether it may lack."""
    named = []
    for container in containers:
        entries = {entry["name"]: entry["valueFrom"]["secretKeyRef"] for entry in container["env"]}
        assert {entry["key"] for entry in entries.values()} == {"url"}
        named.append({name: (entry["name"], entry.get("optional", False)) for name, entry in entries.items()})
    return named


@pytest.mark.parametrize("target", ALL)
def test_no_secret_is_kept_here(target: str) -> None:
    assert "Secret" not in {manifest["kind"] for manifest in render(target)}


@pytest.mark.parametrize("target", TARGETS)
def test_the_service_reads_and_may_administer_but_never_owns_the_tables(target: str) -> None:
    pod = only(target, "Deployment")["spec"]["template"]["spec"]
    assert addresses(pod["containers"]) == [
        {
            "DATABASE_URL": ("yibao-balance-read", False),
            "DATABASE_ADMIN_URL": ("yibao-balance-administer", True),
        }
    ]


def test_whoever_migrates_or_makes_keys_owns_the_tables() -> None:
    owner = {"DATABASE_URL": ("yibao-balance-migrate", False)}
    job = only("base", "Job")["spec"]["template"]["spec"]
    assert addresses([*job["initContainers"], *job["containers"]]) == [owner, owner]
    assert addresses(only("operator", "Pod")["spec"]["containers"]) == [owner]


@pytest.mark.parametrize("target", TARGETS)
def test_the_operators_pod_is_no_part_of_a_deployment_and_gets_no_requests(target: str) -> None:
    assert "Pod" not in {manifest["kind"] for manifest in render(target)}
    wanted = only(target, "Service")["spec"]["selector"].items()
    assert not wanted <= only("operator", "Pod")["metadata"]["labels"].items()


@pytest.mark.parametrize("target", TARGETS)
def test_requests_reach_the_service_pods_and_never_the_migration(target: str) -> None:
    wanted = only(target, "Service")["spec"]["selector"].items()
    assert wanted <= only(target, "Deployment")["spec"]["template"]["metadata"]["labels"].items()
    assert not wanted <= only(target, "Job")["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize("target", ALL)
def test_every_image_has_a_fixed_tag(target: str) -> None:
    tags = {container["image"].rpartition(":")[2] for container in containers(target)}
    assert len(tags) == 1
    assert tags.isdisjoint({"", "latest"})


@pytest.mark.parametrize("target", TARGETS)
def test_the_settings_agree_with_the_port_that_is_probed(target: str) -> None:
    [container] = only(target, "Deployment")["spec"]["template"]["spec"]["containers"]
    [port] = container["ports"]
    settings = only(target, "ConfigMap")
    assert settings["data"]["PORT"] == str(port["containerPort"])
    assert settings["data"]["HOST"] == "0.0.0.0"
    assert container["envFrom"] == [{"configMapRef": {"name": settings["metadata"]["name"]}}]
    for probe, path in {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}.items():
        assert container[f"{probe}Probe"]["httpGet"] == {"path": path, "port": port["name"]}
