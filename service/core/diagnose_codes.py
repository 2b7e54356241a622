"""The codes of causes (原因), in the order in which they are preferred where several explain the same."""

from __future__ import annotations

CODES = (
    # No account, no credit
    "no_account_tier",
    "no_account_flexible",
    "no_account_resident",
    "no_account_exempt",
    "gap_no_credit",
    "not_credited",
    "below_minimum_years",
    "not_yet_credited",
    "employer_in_arrears",
    # The balance
    "used_up",
    "rolled_over",
    "not_yet_rolled_over",
    "negative_after_true_up",
    "advance_taken_back",
    "posted_after_spending",
    "cleared_on_transfer",
    "transfer_not_arrived",
    "withdrawn",
    "deduction_taken",
    "deduction_not_taken",
    # Use
    "gate_not_met",
    "category_not_payable",
    "prior_years_only",
    # What was declared otherwise
    "status_changed",
    "ended_with_death",
    "interest_not_posted",
    "interest_differs",
    "credit_differs",
    "spending_not_declared",
    "spending_not_posted",
    "paid_for_family",
    "not_paid_from_account",
    "opening_after_credit",
    "posting_not_expected",
    "posting_not_seen",
    "unexplained",
)
"""Every code that a diagnosis may give."""

ANY_FIGURE = ("used_up", "withdrawn")
"""Those that would explain any empty account: they come after whatever explains just this one."""

LATE_MOST = 2
"""Credits that may just be late; where more are lacking, there is another reason."""

RANK = {code: place for place, code in enumerate(CODES)}
