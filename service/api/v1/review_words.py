"""The sentences of what a check has to say besides faults, in both languages."""

from collections.abc import Mapping
from datetime import date

from service.api.language import Language
from service.api.v1.words import month_words, say
from service.core.policy import NATIONAL_AREA, National, Policy
from service.core.text import Text
from service.review.notices import CheckNotice, Days

CHECK_NOTICES: Mapping[str, Text] = {
    "policy_overlap": Text(
        "{policies} 在草稿的部分日子里也生效。它若早于草稿的首日开始，请在 follows 里写明它，它就止于首日的"
        "前一天；否则请更正它（supersede），或让草稿的 effective.to 早于它的首日。",
        "{policies} would be in force on some of the same days. If it began before the draft's first day, "
        "name it under `follows`: it then ends the day before. Otherwise correct it (`supersede`), or let "
        "the draft's `effective.to` lie before it begins.",
    ),
    "not_in_force": Text(
        "{policies} 不是（或已不是）该统筹区现行发布的政策；现行的见 /v1/policies?area={area}。follows 里"
        "所写的，用 PUT 改正；草稿若是对它的更正，请撤回草稿，再更正现行的那一项。",
        "{policies} is not, or is no longer, a published policy of the area; /v1/policies?area={area} lists "
        "those that are. Put `follows` right by PUT; withdraw a draft that corrects it, and correct the one "
        "published now.",
    ),
    "new_area": Text(
        "统筹区 {area} 没有现行发布的政策，这将是第一项；请核对代码是否写对。",
        "No policy of the area {area} is published; this would be its first. Is the code right?",
    ),
    "days_without_policy": Text(
        "发布以后，{days}不再有政策生效，而现在由 {policies} 生效；涉及这些日子的问题将无法回答。",
        "Once this is published, no policy is in force {days}, where {policies} is now; what is asked of "
        "those days could not be answered.",
    ),
    "counts_from_next_month": Text(
        "首日 {day} 不是当月 1 日；每个月按当月 1 日生效的政策计算，所以它从 {month} 起算。",
        "Its first day, {day}, is not the first of a month; a month counts under the policy in force on its "
        "first day, so this one counts from {month} on.",
    ),
}

OF_NATION = Text(
    "{policies} 对所有日子有效，全国规定只能更正：请对它使用 supersede。",
    "{policies} holds for all days, and the national rules are only ever corrected: use `supersede` on it.",
)
"""Of an overlap of national documents, of which there is one."""


def check_notice_words(notice: CheckNotice, policy: Policy | National, language: Language) -> str:
    """The sentence of a notice on a document."""
    joint, begins = (", " if language == "en" else "、"), policy.effective.from_
    told = CHECK_NOTICES[notice.code]
    if notice.code == "policy_overlap" and policy.area == NATIONAL_AREA:
        told = OF_NATION
    return say(told, language).format(
        policies=joint.join(notice.policies),
        area=policy.area,
        days=joint.join(say(_days_words(each), language) for each in notice.days),
        day=begins,
        month=month_words(policy.effective.first_month, language),
    )


def _days_words(days: Days) -> Text:
    first, last = days
    match first > date.min, last < date.max:
        case True, True if first == last:
            return Text(f"{first} ", f"on {first}")
        case True, True:
            return Text(f"{first} 至 {last} ", f"from {first} to {last}")
        case True, False:
            return Text(f"{first} 起", f"from {first} on")
        case False, True:
            return Text(f"{last} 及以前", f"until {last}")
        case _:
            return Text("所有日子", "on any day")
