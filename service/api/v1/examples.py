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
_BILL = {"total": "3000.00", "self_pay": "120.00", "setting": "outpatient", "tier": "three"}
_SON = {
    "birth_month": "1985-03",
    "sex": "male",
    "spells": [{"from": "2010-07", "status": "employed", "base": "9000.00"}],
}
FAMILY: dict[str, Any] = {
    "area": "110000",
    "from": "2025-01",
    "to": "2025-06",
    "members": [
        {**RETIREE, "id": "grandmother"},
        {**_SON, "id": "son", "opening": {"prior_years": "300.00"}},
        {
            "id": "daughter",
            "birth_month": "1988-09",
            "sex": "female",
            "spells": [{"from": "2012-07", "status": "employed", "base": "12000.00"}],
            "opening": {"prior_years": "5000.00"},
        },
    ],
    "links": [
        {"holder": "son", "beneficiary": "grandmother", "relation": "parent", "from": "2024-12-01"},
        {"holder": "daughter", "beneficiary": "grandmother", "relation": "parent", "from": "2024-12-01"},
    ],
    "expenses": [{"member": "grandmother", "on": "2025-03-10", "id": "knee", "bill": _BILL}],
    "detail": "years",
}
BILL: dict[str, Any] = {
    "area": "110000",
    "on": "2025-03-10",
    "member": RETIREE,
    "bill": _BILL,
    "family": [{"relation": "parent", "member": {**_SON, "id": "son", "opening": {"prior_years": "300.00"}}}],
}
CLOSURE: dict[str, Any] = {
    "area": "310000",
    "on": "2025-10-20",
    "reason": "transfer_out",
    "from": "2025-07",
    "member": {
        "birth_month": "1985-03",
        "spells": [{"from": "2019-01", "to": "2025-10", "status": "employed", "base": "9000.00"}],
        "opening": {"current_year": "0.00", "prior_years": "3000.00"},
    },
}
COMPARISON: dict[str, Any] = {
    "baseline": {"area": "110000", "from": "2025-01", "to": "2025-03", "member": RETIREE},
    "scenarios": [
        {"id": "nothing deducted", "overrides": {"deductions": []}},
        {"id": "in Guangzhou", "area": "440100"},
    ],
}
DIAGNOSIS: dict[str, Any] = {
    "area": "110000",
    "from": "2025-01",
    "to": "2025-12",
    "member": RETIREE,
    "observed": {
        "on": "2025-12-31",
        "balance": "2404.14",
        "postings": [
            {"on": "2025-12-05", "kind": "credit", "amount": "107.00", "text": "个人账户划入"},
            {"on": "2025-12-03", "kind": "payment", "amount": "-86.50", "text": "药店消费"},
        ],
        "wanted": {"category": "fitness", "amount": "300.00"},
    },
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
_SOURCE = {"title": "演练用文件，不是真实政策", "publisher": "契约示例", "grade": "C"}
DRAFTED: dict[str, Any] = {
    "document": {
        "area": "990001",
        "name": {"zh": "示例市", "en": "Example City"},
        "effective": {"from": "2027-01-01"},
        "attested": {"from": "2027-01-01", "to": "2027-12-31"},
        "sources": {"exercise": _SOURCE},
        "credits": [
            {
                "who": {"status": ["retired"]},
                "amount": {"kind": "fixed", "amount": "120"},
                "source": ["exercise"],
            }
        ],
    }
}
CORRECTED: dict[str, Any] = {"document": DRAFTED["document"]}
WITHDRAWN: dict[str, Any] = {"reason": "通知已撤回"}
