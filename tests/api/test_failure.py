import asyncio

import httpx
from fastapi import FastAPI

from service.api import problems
from service.api.v1.shown import Problem


def test_a_failure_of_the_service_is_a_problem_that_tells_nothing_of_its_inside() -> None:
    app = FastAPI()
    problems.add_handlers(app)

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError("a secret")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get("/broken")

    response = asyncio.run(ask())
    assert response.headers["content-type"] == "application/problem+json"
    assert Problem.model_validate_json(response.content).status == response.status_code == 500
    assert "secret" not in response.text
