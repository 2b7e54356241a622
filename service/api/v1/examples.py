"""The examples of the contract: questions, and shortened answers to them; tests ask and compare."""

import json
from pathlib import Path
from typing import Any

ANSWERS: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
"""By operation; lists are cut to their first item."""

RETIREE: dict[str, Any] = {
    "id": "me",
    "birth_month": "1953-06",
    "sex": "female",
    "spells": [{"from": "2008-07", "status": "retired", "monthly_pension": "4200.00"}],
    "opening": {"current_year": "0.00", "prior_years": "1200.00"},
}
BALANCES: dict[str, Any] = {
    "area": "110000",
    "from": "2025-01",
    "to": "2025-12",
    "member": RETIREE,
    "expenses": [{"on": "2025-03-10", "category": "pharmacy", "amount": "86.50"}],
    "detail": "postings",
}
CREDITS: dict[str, Any] = {
    "area": "110000",
    "from": "2025-01",
    "to": "2025-03",
    "member": {"spells": [{"from": "2020-01", "status": "employed", "base": "9000.00"}]},
}
FAULTY: dict[str, Any] = {
    "type": "urn:yibao-balance:problem:invalid_request",
    "title": "请求有误",
    "status": 422,
    "detail": "发现 1 处错误。",
    "instance": "/v1/simulations/credits",
    "code": "invalid_request",
    "faults": [
        {
            "pointer": "/to",
            "code": "to_before_from",
            "text": "结束早于开始",
            "texts": {"zh": "结束早于开始", "en": "The end lies before the beginning."},
        }
    ],
}
