"""What a member is credited in which month: a pure function of policies and declared facts.

It never looks at a balance, so any month can be asked alone: a settlement replays the policy year
that ended instead of remembering it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from service.core.account import Basis, Bucket, PostingKind
from service.core.amount import worth
from service.core.credit import (
    Advance,
    CreditRule,
    Deduction,
    Monthly,
    Once,
    YearlyLump,
    classes_told_apart,
    gives_account,
    is_for,
    rule_for,
)
from service.core.facts import Facts, Log
from service.core.money import round_half_up
from service.core.month import day_in, month_of_day
from service.core.year import PolicyYear, policy_year

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service.core.member import Member
    from service.core.policy import InForce, Timeline


class Earned(NamedTuple):
    """What one rule gives for one month, in exact fen a month."""

    month: int
    in_force: InForce
    facts: Facts
    rule: CreditRule
    basis: Basis
    amount: Fraction


class Taken(NamedTuple):
    """A deduction and how much of it was taken, in fen."""

    deduction: Deduction
    basis: Basis
    amount: int


class Credited(NamedTuple):
    """One credit on one day: gross, what was taken from it, and the buckets the net goes to."""

    on: date
    day: int  # the day the rule names, also where a month is too short for it
    kind: PostingKind
    months: tuple[int, int]
    gross: int
    taken: tuple[Taken, ...]
    portions: tuple[tuple[Bucket, int], ...]
    earned: Earned

    @property
    def net(self) -> int:
        """What is posted, in fen."""
        return sum(fen for _, fen in self.portions)

    def a_month_later(self) -> Credited:
        """The same credit for the month after."""
        first, last = self.months
        on = day_in(month_of_day(self.on) + 1, self.day)
        return self._replace(on=on, months=(first + 1, last + 1))


class Schedule:
    """The credits of one member under one timeline; remembers only what it has worked out."""

    def __init__(self, timeline: Timeline, member: Member, log: Log, changes: frozenset[int]) -> None:
        self.timeline = timeline
        self.member = member
        self.log = log
        self._changes = changes
        self._earned: dict[int, Earned | None] = {}
        self._lags = _lags(timeline)

    def year(self, month: int) -> PolicyYear | None:
        """The policy year of the month, if a policy is in force."""
        in_force = self.timeline.at(month)
        return None if in_force is None else policy_year(in_force.policy.years, month)

    def year_starts(self, month: int) -> bool:
        """Whether a policy year starts with the month."""
        year = self.year(month)
        return year is not None and year.start == month

    def year_ends(self, month: int) -> bool:
        """Whether a policy year ends with the month."""
        year = self.year(month)
        return year is not None and year.end == month

    def earned(self, month: int) -> Earned | None:
        """What the first rule for the member gives for the month; None without policy or spell.

        Where nothing changes it is what the month before earned, and still bears its month.
        """
        if month not in self._earned:
            repeats = self.log.first < month <= self.log.last and month not in self._changes
            found = self.earned(month - 1) if repeats else self._work_out(month)
            self._earned[month] = found
        return self._earned[month]

    @staticmethod
    def repeats(credits_: Sequence[Credited]) -> bool:
        """Whether the credits of a month come again the month after, if nothing changes."""
        return all(isinstance(credit.earned.rule.posting, Monthly) for credit in credits_)

    def credited(self, month: int) -> list[Credited]:
        """The credits posted in the month, before any settlement."""
        found = [self._monthly(month - lag, lag) for lag in self._lags]
        found.append(self._lump(month))
        found.append(self._claw_back(month))
        found.append(self._advance(month))
        return [credit for credit in found if credit is not None] + self._extras(month)

    def settled(self, month: int) -> Credited | None:
        """The settlement (清算) of the policy year that ended before the month, if it moves money."""
        ended = self.year(month - 1)
        if ended is None:
            return None
        months = range(ended.start, month)
        due = sum((self._due(m) for m in months), Fraction(0))
        posted = sum(c.gross for m in months for c in (self._advance(m), self._claw_back(m)) if c)
        last = next((e for m in reversed(months) if (e := self._advanced(m)) is not None), None)
        difference = round_half_up(due) - posted
        if last is None or not difference:
            return None
        return self._true_up(month, (ended.start, month - 1), difference, last)

    def taken_from_account(self, month: int) -> list[Taken]:
        """The deductions that the account itself owes in the month, before looking at its balance."""
        earned = self.earned(month)
        if earned is None or not gives_account(earned.rule):
            return []
        return self._deductions(earned, "account", 1)

    def _work_out(self, month: int) -> Earned | None:
        in_force, spell = self.timeline.at(month), self.member.spell_at(month)
        if in_force is None or spell is None:
            return None
        policy = in_force.policy
        index = rule_for(policy.credits, self.member, spell)
        classes = classes_told_apart(policy.credits, spell.status)
        if index is None and classes and spell.member_class is None:
            self.log.fault(
                f"{spell.pointer}/class",
                "class_required",
                policy=in_force.id,
                classes=", ".join(classes),
            )
            return None
        return self._by_rule(month, in_force, index)

    def _by_rule(self, month: int, in_force: InForce, index: int | None) -> Earned | None:
        """The rule at the index of the area's credits, or the national one where it has none."""
        spell = self.member.spell_at(month)
        if spell is None:
            return None
        rules, owner = in_force.policy.credits, in_force.id
        if index is None:
            rules, owner = in_force.national.credits, in_force.national_id
            index = rule_for(rules, self.member, spell)
            if index is None:
                self.log.fault(f"{spell.pointer}/status", "status_unknown", policy=in_force.id)
                return None
            self.log.note("assumed_credit_rule", month=month, policy=in_force.id)
        return self._earn(month, in_force, rules[index], Basis(owner, f"/credits/{index}", ()))

    def _earn(self, month: int, in_force: InForce, rule: CreditRule, basis: Basis) -> Earned:
        spell = self.member.spell_at(month)
        year = policy_year(in_force.policy.years, month)
        if spell is None:
            raise AssertionError(month)
        facts = Facts(in_force.policy, in_force.id, year, month, self.member, spell, self.log)
        basis = basis._replace(sources=rule.source)
        return Earned(month, in_force, facts, rule, basis, worth(rule.amount, facts))

    def _monthly(self, month: int, lag: int) -> Credited | None:
        earned = self.earned(month)
        if earned is None or not isinstance(earned.rule.posting, Monthly):
            return None
        if _lag(earned.rule.posting) != lag:
            return None
        return self._credit(earned, month + lag, (month, month), PostingKind.CREDIT)

    def _lump(self, month: int) -> Credited | None:
        earned = self.earned(month)
        if earned is None or not isinstance(earned.rule.posting, YearlyLump):
            return None
        year, on = earned.facts.year, earned.rule.posting.month
        if month != year.start if on == "unknown" else month % 12 + 1 != on:
            return None
        if on == "unknown":
            self.log.note("assumed_posting_month", month=month, policy=earned.in_force.id)
        return self._credit(earned, month, (year.start, year.end), PostingKind.CREDIT)

    def _extras(self, month: int) -> list[Credited]:
        """Additional lines: every one for the member counts."""
        found = []
        for lag in self._lags:
            found += [
                self._credit(extra, month, (month - lag, month - lag), PostingKind.CREDIT)
                for extra in self._extra_earned(month - lag)
                if isinstance(extra.rule.posting, Monthly) and _lag(extra.rule.posting) == lag
            ]
        return [credit for credit in found if credit is not None] + self._one_off(month)

    def _one_off(self, month: int) -> list[Credited]:
        in_force = self.timeline.at(month)
        if in_force is None:
            return []
        found = []
        for rule in in_force.policy.extras:
            if not isinstance(rule.posting, Once):
                continue
            began = month - rule.posting.after_months
            for extra in self._extra_earned(began):
                if extra.rule is rule and self._begins(began):
                    whole = extra._replace(amount=extra.amount)
                    found.append(self._credit(whole, month, (began, began), PostingKind.CREDIT))
        return [credit for credit in found if credit is not None]

    def _begins(self, month: int) -> bool:
        """Whether the member's status in the month is not that of the month before."""
        now, before = self.member.spell_at(month), self.member.spell_at(month - 1)
        return now is not None and (before is None or before.status is not now.status)

    def _extra_earned(self, month: int) -> list[Earned]:
        in_force, spell = self.timeline.at(month), self.member.spell_at(month)
        if in_force is None or spell is None:
            return []
        return [
            self._earn(month, in_force, rule, Basis(in_force.id, f"/extras/{index}", ()))
            for index, rule in enumerate(in_force.policy.extras)
            if is_for(rule.who, self.member, spell)
        ]

    def _advanced(self, month: int) -> Earned | None:
        """What the month is due under a rule that credits the year in advance.

        Where joiners are credited from the next month, the month of joining is not due.
        """
        earned = self.earned(month)
        if earned is None or not isinstance(earned.rule.posting, Advance):
            return None
        joins_later = earned.rule.posting.joiners in ("next_month", "unknown")
        return None if joins_later and self._joins(month) else earned

    def _joins(self, month: int) -> bool:
        """Whether the member had no account in the month before."""
        if self.member.spell_at(month - 1) is None:
            return True
        if self.timeline.at(month - 1) is None:
            return False
        before = self.earned(month - 1)
        return before is None or not gives_account(before.rule)

    def _due(self, month: int) -> Fraction:
        advanced = self._advanced(month)
        return Fraction(0) if advanced is None else advanced.amount

    def _heads(self, month: int) -> Earned | None:
        """The month that an advance is posted in: a year's first, or the first under a rule."""
        advanced = self._advanced(month)
        if advanced is None or advanced.facts.year.start == month:
            return advanced
        before = self._advanced(month - 1)
        return advanced if before is None or before.rule is not advanced.rule else None

    def _advance(self, month: int) -> Credited | None:
        head = self._heads(month)
        if head is None:
            return None
        if head.rule.posting.joiners == "unknown":  # type: ignore[union-attr]
            self.log.note("assumed_joining_month", month=month, policy=head.in_force.id)
        return self._credit(head, month, (month, head.facts.year.end), PostingKind.ADVANCE)

    def _claw_back(self, month: int) -> Credited | None:
        """What a leaver was advanced beyond what was due, taken back in the month after."""
        before, now = self._advanced(month - 1), self._advanced(month)
        if before is None or self.year_starts(month):
            return None
        if now is not None and now.rule is before.rule:
            return None
        posting = before.rule.posting
        if now is None and isinstance(posting, Advance) and posting.leavers != "claw_back":
            return None
        first = month - 1
        while self._heads(first) is None:
            first -= 1
        advance = self._advance(first)
        due = round_half_up(sum((self._due(m) for m in range(first, month)), Fraction(0)))
        difference = due - (0 if advance is None else advance.gross)
        return self._true_up(month, (first, month - 1), difference, before) if difference else None

    def _true_up(self, month: int, months: tuple[int, int], difference: int, last: Earned) -> Credited | None:
        posting = last.rule.posting
        if not isinstance(posting, Advance):
            return None
        bucket = posting.shortfall_into if difference > 0 else posting.excess_from
        on = day_in(month, 1)
        portions = ((bucket, difference),)
        return Credited(on, 1, PostingKind.TRUE_UP, months, difference, (), portions, last)

    def _credit(
        self, earned: Earned, month: int, months: tuple[int, int], kind: PostingKind
    ) -> Credited | None:
        """A credit for whole months, rounded here and once."""
        count = months[1] - months[0] + 1
        gross = round_half_up(earned.amount * count)
        if gross <= 0:
            return None
        taken, left = [], gross
        for owed in self._deductions(earned, "credit", count):
            taken.append(owed._replace(amount=min(owed.amount, left)))
            left -= taken[-1].amount
        day = self._day(earned, month)
        on, portions = day_in(month, day), self._portions(earned, count, left)
        return Credited(on, day, kind, months, gross, tuple(taken), portions, earned)

    def _day(self, earned: Earned, month: int) -> int:
        posting = earned.rule.posting
        if isinstance(posting, Advance):
            return 1
        if posting.day == "unknown":
            self.log.note("assumed_posting_day", month=month, policy=earned.in_force.id)
            return earned.in_force.national.posting_day
        return posting.day

    def _portions(self, earned: Earned, count: int, net: int) -> tuple[tuple[Bucket, int], ...]:
        portions, left = [], net
        for portion in earned.rule.split:
            fen = min(left, round_half_up(worth(portion.amount, earned.facts) * count))
            portions.append((portion.bucket, fen))
            left -= fen
        portions.append((Bucket.CURRENT_YEAR, left))
        return tuple(portion for portion in portions if portion[1])

    def _deductions(self, earned: Earned, taken_from: str, count: int) -> list[Taken]:
        """The deductions for the member from the credit or the account, each rounded."""
        if not earned.basis.rule.startswith("/credits"):
            return []
        return [
            Taken(
                deduction,
                Basis(earned.in_force.id, f"/deductions/{index}", deduction.source),
                round_half_up(worth(deduction.amount, earned.facts) * count),
            )
            for index, deduction in enumerate(earned.in_force.policy.deductions)
            if deduction.taken_from == taken_from
            and deduction.holds(earned.month)
            and is_for(deduction.who, self.member, earned.facts.spell)
        ]


def _lag(posting: Monthly) -> int:
    return 0 if posting.lag_months == "unknown" else posting.lag_months


def _lags(timeline: Timeline) -> tuple[int, ...]:
    """Every lag that some rule of the timeline has."""
    found = {0}
    for in_force in timeline.policies:
        for rule in (*in_force.policy.credits, *in_force.policy.extras):
            if isinstance(rule.posting, Monthly):
                found.add(_lag(rule.posting))
    return tuple(sorted(found))
