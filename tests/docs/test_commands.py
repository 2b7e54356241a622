"""The commands by which the README administers are run, on a real Postgres."""

import pytest

from service.store.audit import __main__ as audit
from service.store.keys import __main__ as keys
from tests.docs.reading import CHINESE, README, commands

MODULES = {"service.store.keys": keys.main, "service.store.audit": audit.main}


def administering() -> list[list[str]]:
    """The commands of both modules, each from its module on."""
    called = [command[2:] for command in commands(README) if command[1:2] == ["-m"]]
    return [command for command in called if command[0] in MODULES]


def test_both_pages_show_the_same_commands() -> None:
    assert commands(README) == commands(CHINESE)


def test_every_command_that_administers_does_what_the_page_says(
    catalogue_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", catalogue_url)
    told = administering()
    assert {command[1] for command in told} == {"issue", "list", "rotate", "revoke", "verify"}
    named = ""
    for module, *arguments in told:
        assert MODULES[module]([named if word == "ID" else word for word in arguments]) == 0
        printed = capsys.readouterr().out
        if arguments[0] == "list":
            named = printed.split()[0]
            assert len(printed.splitlines()) == len([each for each in told if each[1] == "issue"])
        assert printed.startswith(BEGINNINGS.get(arguments[0], named))


BEGINNINGS = {"issue": "ybk_", "rotate": "ybk_", "verify": "sound: "}
