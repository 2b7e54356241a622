"""The words of an answer in both languages: months, statuses, classes, categories, parts of an account."""

from collections.abc import Mapping
from functools import cache

from service.api.language import Language
from service.core.account import Bucket
from service.core.expense import Category
from service.core.member import MemberClass, Sex, Status
from service.core.text import Text

STATUS: Mapping[Status, Text] = {
    Status.EMPLOYED: Text("在职", "employed"),
    Status.FLEXIBLE: Text("灵活就业", "flexibly employed"),
    Status.RETIRED: Text("退休", "retired"),
    Status.UNEMPLOYMENT_BENEFIT: Text("领取失业金期间", "on unemployment benefit"),
    Status.RESIDENT: Text("城乡居民", "resident scheme"),
    Status.EXEMPT: Text("离休人员等", "exempt (veteran cadres and others)"),
    Status.NONE: Text("未参保", "not insured"),
}
MEMBER_CLASS: Mapping[MemberClass, Text] = {
    MemberClass.ENTERPRISE: Text("企业", "enterprise"),
    MemberClass.GOVERNMENT: Text("机关事业单位", "government body or public institution"),
    MemberClass.TIER_ONE: Text("一档", "tier one"),
    MemberClass.TIER_TWO: Text("二档", "tier two"),
    MemberClass.LOCAL: Text("本市户籍标准", "local standard"),
    MemberClass.OUTSIDE: Text("外来从业人员标准", "outside-worker standard"),
    MemberClass.WITH_ACCOUNT: Text("统账结合", "with an account"),
    MemberClass.WITHOUT_ACCOUNT: Text("单建统筹", "without an account"),
    MemberClass.STILL_PAYING: Text("达到退休年龄后继续缴费", "still paying past the retirement age"),
    MemberClass.INDIVIDUAL: Text("以个人身份参保", "insured as an individual"),
    MemberClass.PRE_1949_WORKER: Text("建国前老工人", "worker from before 1949"),
    MemberClass.CIVIL_SERVANT: Text("公务员", "civil servant"),
}
SEX: Mapping[Sex, Text] = {Sex.MALE: Text("男", "male"), Sex.FEMALE: Text("女", "female")}
CATEGORY: Mapping[Category, Text] = {
    Category.OUTPATIENT_COPAY: Text("门诊自付", "outpatient copayment"),
    Category.INPATIENT_COPAY: Text("住院自付", "inpatient copayment"),
    Category.CLASS_B_COPAY: Text("乙类自理", "class B copayment"),
    Category.SELF_PAY: Text("自费", "self-paid care"),
    Category.PHARMACY: Text("药店购药", "pharmacy"),
    Category.DEVICE: Text("医疗器械", "medical device"),
    Category.VACCINE: Text("疫苗", "vaccine"),
    Category.FAMILY_DOCTOR: Text("家庭医生签约", "family doctor"),
    Category.CHECKUP: Text("健康体检", "health check"),
    Category.RESIDENT_PREMIUM: Text("居民医保缴费", "resident premium"),
    Category.COMMERCIAL_PREMIUM: Text("商业健康保险", "commercial premium"),
    Category.LONG_TERM_CARE_PREMIUM: Text("长期护理保险缴费", "long-term care premium"),
    Category.FITNESS: Text("健身", "fitness"),
}
BUCKET: Mapping[Bucket, Text] = {
    Bucket.CURRENT_YEAR: Text("当年账户", "current-year money"),
    Bucket.PRIOR_YEARS: Text("历年账户", "prior-years money"),
    Bucket.HEALTH: Text("健康账户", "health account"),
}
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def say(text: Text, language: Language) -> str:
    """The words in one language."""
    return text.en if language == "en" else text.zh


@cache
def month_words(month: int, language: Language) -> str:
    """A month as people say it."""
    year, place = divmod(month, 12)
    return f"{_MONTH_NAMES[place]} {year}" if language == "en" else f"{year}年{place + 1}月"


@cache
def span_words(months: tuple[int, int] | None, language: Language) -> str:
    """One month, or from one month to another."""
    if months is None:
        return ""
    first, last = (month_words(month, language) for month in months)
    if first == last:
        return first
    return f"{first} to {last}" if language == "en" else f"{first}至{last}"
