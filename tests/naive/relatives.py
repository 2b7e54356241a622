"""What relatives pay: wallets, quotas and holders at the till, asked one after another."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.naive.account import Quota
from tests.naive.law import fen
from tests.naive.till import Wish, capped, dated, draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.naive.household import Line, Person

    Node = Mapping[str, Any]


class Links:
    """The links of a household and what they have done."""

    def __init__(
        self, people: Sequence[Person], places: Mapping[str, int], question: Mapping[str, Any]
    ) -> None:
        self.people, self.question = people, question
        self.links = [
            {**link, "holder": places[link["holder"]], "beneficiary": places[link["beneficiary"]]}
            for link in question.get("links", [])
        ]
        self.transfers = [
            {**each, "holder": places[each["holder"]], "beneficiary": places[each["beneficiary"]]}
            for each in question.get("transfers", [])
        ]
        self.paid: Counter[int] = Counter()
        self.used: Counter[tuple[object, ...]] = Counter()
        self.of_expense: Counter[int] = Counter()
        self.on_the_way: list[tuple[str, int, dict[str, int]]] = []
        self.moved: Counter[tuple[str, int]] = Counter()
        self.done: list[bool] = []

    # What a day begins with

    def open(self, day: str) -> None:
        """What was not accepted comes back, quotas of links that ended are free, those of new ones held."""
        for when, number, draws in self.on_the_way:
            if when == day:
                self.take_back(number, draws, day)
        for number, link in enumerate(self.links):
            if link.get("to") is not None and link["to"] < day:
                self.people[link["holder"]].account.frozen.pop(number, None)
        for number, link in enumerate(self.links):
            if link.get("model") == "quota" and self.holds(link, day):
                self.freeze(number, day)

    def freeze(self, number: int, day: str) -> None:
        """Hold what there is of the quota, on the first day that a rule lets it be held."""
        link = self.links[number]
        account = self.people[link["holder"]].account
        rule = self.rule(link, day, None)
        if rule is None or number in account.frozen:
            return
        there = sum(max(0, account.free.get(bucket, 0)) for bucket in rule["order"])
        account.frozen[number] = Quota(min(fen(link["quota"]), there), rule["order"])

    def close(self, place: int) -> None:
        """An account that closes holds nothing for anyone."""
        self.people[place].account.frozen.clear()

    # Wallets

    def transfers_of(self, day: str) -> list[Mapping[str, Any]]:
        """The transfers of a day, by the clock."""
        return sorted((t for t in self.transfers if t["on"] == day), key=lambda each: str(each["at"]))

    def transfer(self, transfer: Mapping[str, Any], day: str) -> None:
        """Move money into a wallet, or do not."""
        made = self.transferred(transfer, day)
        self.done.append(made is not None)
        if made is None:
            return
        number, draws = made
        self.paid[number] += sum(draws.values())
        self.moved[day, transfer["holder"]] += 1
        account = self.people[transfer["holder"]].account
        for bucket, amount in draws.items():
            account.move(day, "transfer_out", bucket, -amount)
        if transfer.get("accepted", True):
            self.people[transfer["beneficiary"]].wallet += sum(draws.values())
        else:
            back = str(date.fromisoformat(day) + timedelta(days=1))
            self.on_the_way.append((back, number, draws))

    def take_back(self, number: int, draws: Mapping[str, int], day: str) -> None:
        """What was not accepted is the holder's again; over a year's end it is money of the years before."""
        account = self.people[self.links[number]["holder"]].account
        new_year = day.endswith("-01") and account.law.year_starts(day[:7])
        for bucket, amount in draws.items():
            into = "prior_years" if new_year and bucket == "current_year" else bucket
            account.move(day, "transfer_in", into, amount)
            self.paid[number] -= amount

    def transferred(self, transfer: Mapping[str, Any], day: str) -> tuple[int, dict[str, int]] | None:
        """By which link a transfer is made, and what each bucket gives; None where it is refused."""
        for number, link in enumerate(self.links):
            same = all(link[who] == transfer[who] for who in ("holder", "beneficiary"))
            if not same or link.get("model") != "wallet" or not self.holds(link, day):
                continue
            rule = self.rule(link, day, None)
            if rule is None:
                continue
            hour, opens, closes = int(transfer["at"][:2]), rule["closed_to"], rule["closed_from"]
            hours = range(24)
            closed = [
                h for h in hours if (closes <= h < opens if closes <= opens else h >= closes or h < opens)
            ]
            amount = fen(transfer["amount"])
            if hour in closed or amount > fen(rule["transfer_most"]):
                return None
            if self.moved[day, transfer["holder"]] >= rule["transfers_a_day"]:
                return None
            free, left, draws = self.people[link["holder"]].account.free, amount, {}
            for bucket in rule["order"]:
                draws[bucket] = min(left, max(0, free.get(bucket, 0)))
                left -= draws[bucket]
            return None if left else (number, draws)
        return None

    # Paying

    def begin_expense(self) -> None:
        """A new expense: nothing of it has been paid by a link."""
        self.of_expense.clear()

    def pay(self, person: Person, wish: Wish, paid: Counter[Line]) -> int:
        """What the wallet, held quotas and holders leave of a share."""
        left = wish.amount
        if any(wish.category in r["category"] for r in self.wallet_rules(person, wish.on)):
            amount = min(left, person.wallet)
            person.wallet -= amount
            paid["wallet", person.place, "", wish.category] += amount
            left -= amount
        for number in self.of(person, "quota", wish):
            account = self.people[self.links[number]["holder"]].account
            quota = account.frozen.get(number, Quota(0, []))
            may = min(left, self.limit(number, wish.on))
            for bucket, lies in account.lay()[1].get(number, {}).items():
                amount = min(may, lies)
                quota.left -= amount
                may -= amount
                left -= self.take(number, wish, bucket, amount, ("quota", paid))
        for number in self.in_order(person, wish):
            link = self.links[number]
            account = self.people[link["holder"]].account
            rule = self.rule(link, wish.on, wish.category)
            assert rule is not None
            name = f"family {' '.join(rule['category'])}"
            ask = wish._replace(amount=min(left, self.limit(number, wish.on)))
            draws = self.asked(number, wish._replace(amount=left), ask.amount)
            for bucket, amount in draws.items():
                account.used[name] += amount if capped(rule) else 0
                left -= self.take(number, wish, bucket, amount, ("till", paid))
        return left

    def asked(self, number: int, wish: Wish, limit: int) -> dict[str, int]:
        """What a holder's buckets give: gates look at all that is left, the limit comes after."""
        link = self.links[number]
        account = self.people[link["holder"]].account
        rule = self.rule(link, wish.on, wish.category)
        assert rule is not None
        document = account.law.of(wish.on)
        draws = draw(rule, document, wish, account.purse, f"family {' '.join(rule['category'])}")
        left, found = limit, {}
        for bucket, amount in draws.items():
            found[bucket] = min(left, amount)
            left -= found[bucket]
        return found

    def take(self, number: int, wish: Wish, bucket: str, amount: int, told: tuple[str, Counter[Line]]) -> int:
        """Draw on a holder's bucket for a link."""
        model, paid = told
        holder = self.links[number]["holder"]
        account = self.people[holder].account
        account.move(wish.on, "family_payment", bucket, -amount)
        self.paid[number] += amount
        self.of_expense[number] += amount
        self.used[number, wish.on[:7]] += amount
        self.used[number, self.year_of(number)] += amount
        paid[model, holder, bucket, wish.category] += amount
        return amount

    def year_of(self, number: int) -> tuple[object, ...]:
        """The holder's policy year, by how many the account has begun."""
        account = self.people[self.links[number]["holder"]].account
        return id(account), account.years_begun

    def limit(self, number: int, day: str) -> int:
        """What the limits of a link leave."""
        limits, left = self.links[number].get("limits", {}), [10**12]
        for name, used in (
            ("per_expense", self.of_expense[number]),
            ("per_month", self.used[number, day[:7]]),
            ("per_year", self.used[number, self.year_of(number)]),
        ):
            if name in limits:
                left.append(fen(limits[name]) - used)
        return max(0, min(left))

    def in_order(self, person: Person, wish: Wish) -> list[int]:
        """Who is asked at the till, first to last."""
        found = list(self.of(person, "till", wish))
        law = person.account.law
        rules = [r for r in law.family(law.of(wish.on), "till") if dated(r, wish.on)]
        fitting = [r for r in rules if wish.category in r["category"]] or rules
        if fitting and fitting[0].get("holders") == "largest_balance":
            found.sort(key=lambda number: -self.could(number, wish))
        return found

    def could(self, number: int, wish: Wish) -> int:
        """What a holder has in the buckets that may pay."""
        rule = self.rule(self.links[number], wish.on, wish.category)
        free = self.people[self.links[number]["holder"]].account.free
        return 0 if rule is None else sum(max(0, free.get(bucket, 0)) for bucket in rule["order"])

    # Rules

    def of(self, person: Person, model: str, wish: Wish) -> Iterator[int]:
        """The links of a model that may pay for the person on the day."""
        for number, link in enumerate(self.links):
            own = link["beneficiary"] == person.place and link.get("model", "till") == model
            if own and self.holds(link, wish.on) and self.rule(link, wish.on, wish.category) is not None:
                yield number

    def holds(self, link: Mapping[str, Any], day: str) -> bool:
        return bool(link["from"] <= day and (link.get("to") is None or day <= link["to"]))

    def rule(self, link: Node, day: str, category: str | None) -> Node | None:
        """The first rule of the link's model under the holder's policy of the day that lets it be used."""
        law = self.people[link["holder"]].account.law
        for rule in law.family(law.of(day), link.get("model", "till")):
            fits = dated(rule, day) and (category is None or category in rule["category"])
            if fits and not self.refused(link, rule, day):
                return dict(rule)
        return None

    def wallet_rules(self, person: Person, day: str) -> list[Mapping[str, Any]]:
        """What the beneficiary's wallet may pay on the day."""
        law = person.account.law
        return [r for r in law.family(law.of(day), "wallet") if dated(r, day)]

    def refused(self, link: Mapping[str, Any], rule: Mapping[str, Any], day: str) -> bool:
        """Whether the rule does not let the link be used."""
        holder, person = self.people[link["holder"]], self.people[link["beneficiary"]]
        status = person.status(day[:7])
        if link["relation"] not in rule["relations"] or status in (None, "none"):
            return True
        match rule.get("reach", "unknown"):
            case "nation":
                away = False
            case "province":
                away = holder.area[:2] != person.area[:2]
            case _:
                away = holder.area != person.area
        if away or (rule.get("beneficiary") and status not in rule["beneficiary"]):
            return True
        most, linked = rule.get("beneficiaries_most"), list[int]()
        for other in self.links:
            same = other["holder"] == link["holder"] and self.holds(other, day)
            if same and other["beneficiary"] not in linked:
                linked.append(other["beneficiary"])
        return most is not None and linked.index(link["beneficiary"]) >= most

    def told(self) -> list[tuple[int, int]]:
        """What each link has paid, and what it still holds."""
        return [
            (self.paid[number], sum(self.people[link["holder"]].account.lay()[1].get(number, {}).values()))
            for number, link in enumerate(self.links)
        ]
