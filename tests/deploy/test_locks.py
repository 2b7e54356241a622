"""The locks pin everything by hash, satisfy pyproject.toml, and name no machine or registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEV = PROJECT["dependency-groups"]["dev"]
WANTED = {"requirements.lock": RUNTIME, "requirements-dev.lock": RUNTIME + DEV}


def entries(lock: str) -> list[str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    without_comments = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    return without_comments.replace("\\\n", " ").splitlines()


def pins(lock: str) -> dict[str, str]:
    requirements = [Requirement(entry.partition(" --hash")[0]) for entry in entries(lock)]
    return {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in requirements}


@pytest.mark.parametrize("lock", WANTED)
def test_every_entry_is_an_exact_version_with_its_hashes(lock: str) -> None:
    for entry in entries(lock):
        assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", entry), (
            entry
        )


@pytest.mark.parametrize("lock", WANTED)
def test_no_lock_names_a_host_a_path_or_an_option(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(?!-hash=)|^\s*--(?!hash=)|@", text, flags=re.MULTILINE)


@pytest.mark.parametrize("lock", WANTED)
def test_the_lock_satisfies_what_the_project_asks_for(lock: str) -> None:
    locked = pins(lock)
    for wanted in map(Requirement, WANTED[lock]):
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), wanted


def test_tests_run_on_the_versions_that_are_served() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
