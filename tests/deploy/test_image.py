"""The image's recipe is clean, takes only what exists, and runs as nobody in particular."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
CONTAINERIGNORE = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def instructions(name: str) -> list[list[str]]:
    lines = RECIPE.replace("\\\n", " ").splitlines()
    return [line.split()[1:] for line in lines if line.split()[:1] == [name]]


def copied_from_the_checkout() -> list[str]:
    plain = [words for words in instructions("COPY") if not words[0].startswith("--")]
    return [source for words in plain for source in words[:-1]]


def test_the_recipe_is_clean() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_every_file_the_recipe_copies_exists_and_is_let_in() -> None:
    sources = copied_from_the_checkout()
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in CONTAINERIGNORE, source


def test_the_last_stage_is_unprivileged_and_starts_the_service() -> None:
    assert instructions("USER") == [["10001:10001"]]
    assert instructions("ENTRYPOINT") == [['["python",', '"-m",', '"service.main"]']]


def test_both_stages_stand_on_one_base_with_a_fixed_tag() -> None:
    bases = {words[0] for words in instructions("FROM")}
    [base] = bases
    assert base.partition(":")[2] not in {"", "latest"}
