"""Whatever the contract allows, and what it does not, is answered as the contract says; never by a 500."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from service.api.openapi import FILE
from tests.contract.conftest import Administered

CONFIG = schemathesis.Config.from_dict({"generation": {"mode": "all"}})
contract = schemathesis.openapi.from_path(FILE, config=CONFIG)
governed = contract.include(path_regex="^/v1/(policies|audit)")

# A question of the right shape may still ask for what nobody has published, or leave out what rules need.
NOT_HELD: Any = [positive_data_acceptance]
BOUNDED = settings(
    max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@contract.parametrize()
@BOUNDED
def test_every_answer_is_one_that_the_contract_declares(case: Case[Any], served: str) -> None:
    case.call_and_validate(base_url=served, excluded_checks=NOT_HELD)


@governed.parametrize()
@BOUNDED
def test_whoever_administers_is_answered_as_declared_too(case: Case[Any], administered: Administered) -> None:
    case.call_and_validate(
        base_url=administered.address, headers={"X-API-Key": administered.key}, excluded_checks=NOT_HELD
    )
