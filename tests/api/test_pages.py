import re

import pytest

from tests.api.asking import Client

FOREIGN = re.compile(rb"""(?:src=|href=|url\(|@import)\s*["']?(?:https?:)?//""", re.IGNORECASE)


def test_the_page_names_only_files_that_are_served_here(client: Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert any(name.endswith(".js") for name in named)
    assert any(name.endswith(".css") for name in named)
    for name in named:
        assert name.startswith("data:") or client.get(f"/{name}").status_code == 200, name


def test_nothing_that_is_loaded_comes_from_a_foreign_host(client: Client) -> None:
    for address in ("/docs", "/docs/start.js", "/docs/swagger-ui.css"):
        assert FOREIGN.search(client.get(address).content) is None, address
    assert "http" not in client.get("/docs").text + client.get("/docs/start.js").text
    assert "validatorUrl: null" in client.get("/docs/start.js").text


def test_the_browser_is_told_to_load_nothing_from_elsewhere(client: Client) -> None:
    policy = client.get("/docs").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css"])
def test_files_are_the_same_compressed_or_not(client: Client, name: str) -> None:
    plain = client.get(f"/docs/{name}", headers={"accept-encoding": "identity"})
    packed = client.get(f"/docs/{name}", headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) * 2 < len(plain.content)


def test_other_files_of_the_package_are_not_served(client: Client) -> None:
    for name in ("../__init__.py", "%2e%2e%2fcore.py", "redoc.standalone.js", ""):
        assert client.get(f"/docs/{name}").status_code == 404


def test_the_way_in_leads_to_the_documentation(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 307
    assert response.headers["location"] == "docs"
