"""The repeatable benchmarks: `python -m bench`. They print ratios of one run; nothing is asserted."""

import tempfile
import timeit
from datetime import UTC, datetime
from statistics import median

from bench import family
from bench.serving import serving
from service.api.v1.schemas import BalancesQuestion
from service.catalogue import load
from service.core.book import open_book
from service.core.policy import Version
from service.core.simulate import Question, simulate

SECONDS, ROUNDS, TIMES = 3.0, 5, 100
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PATH = "/v1/simulations/balances"
BODY = b"""{"area": "110000", "from": "2025-01", "to": "2025-12",
 "member": {"id": "me", "birth_month": "1953-06", "sex": "female",
            "spells": [{"from": "2008-07", "status": "retired", "monthly_pension": "4200.00"}],
            "opening": {"current_year": "0.00", "prior_years": "1200.00"}},
 "expenses": [{"on": "2025-03-10", "category": "pharmacy", "amount": "86.50"}]}"""


def main() -> None:
    """The core alone and served, then one worker and a bare application under the same load in turns."""
    year, decade = microseconds(12), microseconds(120)
    print(f"core: 12 months {year:.0f} µs, 120 months {decade:.0f} µs, ratio {decade / year:.1f}", flush=True)
    family.in_process()
    with (
        tempfile.TemporaryDirectory(prefix="yibao-bench-") as folder,
        serving("service.main", STATE_DIR=folder) as service,
    ):
        family.served(service)
        size = len(service.ask("POST", PATH, BODY))
        with serving("bench.control", str(size)) as control:
            rounds = [
                (*service.round(PATH, BODY, SECONDS), *control.round(PATH, BODY, SECONDS))
                for _ in range(ROUNDS)
            ]
    print(f"one worker: POST {PATH}, 12 months, {size} bytes; medians of {ROUNDS} rounds of {SECONDS:g} s")
    served, cpu, best, least = (median(column) for column in zip(*rounds, strict=True))
    print(f"  service  {served:7.0f} requests a second  {cpu:6.1f} µs of CPU a request")
    print(f"  control  {best:7.0f} requests a second  {least:6.1f} µs of CPU a request")
    share, times = (median(each[a] / each[b] for each in rounds) for a, b in ((0, 2), (1, 3)))
    print(f"  the service answers {share:.2f} of what the control does, for {times:.1f} times its CPU")


def microseconds(months: int) -> float:
    """What simulating so many months of the question costs, with nothing around it; the median."""
    asked = BalancesQuestion.model_validate_json(BODY).to_core()
    versions = [
        Version(each.sha256, each.policy, each.sha256, LONG_AGO, None, each.grade, dict(each.document))
        for each in load.read()
    ]
    timeline, last = open_book(versions).areas[asked.area], asked.first + months - 1
    question = Question(timeline, asked.member, asked.first, last, asked.expenses)
    return median(timeit.repeat(lambda: simulate(question), number=1, repeat=TIMES)) * 1e6


if __name__ == "__main__":
    main()
