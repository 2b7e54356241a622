"""The documentation pages; their script and style come from a package beside us, never from a public CDN.

Public CDNs are slow or blocked where the users of this service are.
"""

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

router = APIRouter(include_in_schema=False)

_PACKAGE = "fastapi_offline"
_KINDS = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'"

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>医保个人账户模拟 API · yibao-balance</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="contract"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# The online validator of Swagger UI would tell a foreign host of every visit.
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#contract",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null
});
"""


@router.get("/")
async def home() -> RedirectResponse:
    """The way to the documentation."""
    return RedirectResponse("docs")


@router.get("/docs")
async def docs() -> HTMLResponse:
    """The documentation of the contract, to read and to try."""
    return HTMLResponse(_PAGE, headers={"content-security-policy": _POLICY})


@router.get("/docs/start.js")
async def start() -> Response:
    """What starts the page: a file of its own, so that no script stands inside the page."""
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
async def asset(request: Request, name: str) -> Response:
    """The script or style of the page, compressed once."""
    if name not in _KINDS:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=86400", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(_compressed(name), 200, {**headers, "content-encoding": "gzip"}, _KINDS[name])
    return Response(_bytes(name), 200, headers, _KINDS[name])


@cache
def _bytes(name: str) -> bytes:
    # Looked up, not imported: only the files beside the package are wanted.
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(_PACKAGE)
    return (Path(found.origin).parent / "static" / name).read_bytes()


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_bytes(name), mtime=0)
