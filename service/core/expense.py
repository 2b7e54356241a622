"""What is to be paid: an expense (个人负担) or a whole bill (医疗费), and the words that tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Category(StrEnum):
    """What an expense is for."""

    OUTPATIENT_COPAY = "outpatient_copay"  # 门诊自付
    INPATIENT_COPAY = "inpatient_copay"  # 住院自付
    CLASS_B_COPAY = "class_b_copay"  # 自理
    SELF_PAY = "self_pay"  # 自费
    PHARMACY = "pharmacy"  # 定点药店购药
    DEVICE = "device"  # 医疗器械
    VACCINE = "vaccine"  # 非免疫规划疫苗
    FAMILY_DOCTOR = "family_doctor"  # 家庭医生签约
    CHECKUP = "checkup"  # 健康体检
    RESIDENT_PREMIUM = "resident_premium"  # 居民医保缴费
    COMMERCIAL_PREMIUM = "commercial_premium"  # 商业健康保险
    LONG_TERM_CARE_PREMIUM = "long_term_care_premium"  # 长期护理保险
    FITNESS = "fitness"  # 健身


class Setting(StrEnum):
    """Where care was given."""

    OUTPATIENT = "outpatient"  # 门诊, 急诊
    INPATIENT = "inpatient"  # 住院
    PHARMACY = "pharmacy"  # 定点药店, 凭处方


class Tier(StrEnum):
    """The grade of the hospital (医院等级), as fund rules tell them apart."""

    VILLAGE = "village"  # 村卫生室
    COMMUNITY = "community"  # 社区卫生服务机构, 基层
    ONE = "one"  # 一级
    TWO = "two"  # 二级
    THREE = "three"  # 三级
    THREE_SPECIALIST = "three_specialist"  # 三级专科
    THREE_TOP = "three_top"  # 特殊三级


class ItemClass(StrEnum):
    """The catalogue class of an item on a bill."""

    CLASS_A = "class_a"  # 甲类药品
    CLASS_B = "class_b"  # 乙类药品
    COSTLY_DRUG = "costly_drug"  # 贵重药品
    TREATMENT = "treatment"  # 诊疗项目, 医用材料
    SPECIAL = "special"  # 特殊检查, 特殊治疗


class Item(NamedTuple):
    """A line of a bill at its full price, in fen; `unit_price` matters where a rule looks at it."""

    item_class: ItemClass
    amount: int
    unit_price: int | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill (医疗费) in fen: total = in scope + class B co-pay + outside the scope.

    Where `items` are given they make up everything within the scope at full prices, `in_scope` and
    `class_b_copay` are what the rules make of them, and `class_b_copay` here is what comes besides.
    """

    total: int
    in_scope: int  # 政策范围内
    class_b_copay: int  # 自理: the first share of a class B item that is the person's own
    self_pay: int  # 自费: outside the scope
    setting: Setting
    tier: Tier | None = None
    items: tuple[Item, ...] = ()
    fund: int | None = None  # what the fund paid, as printed on the bill; it goes before any rule


class Expense(NamedTuple):
    """Money to be paid on a day: a share already the person's own, in fen, or a bill."""

    on_month: int
    on_day: int
    category: str  # empty where a bill tells its own
    amount: int  # the bill's total where there is one
    note: str
    pointer: str
    member: int = 0  # whose it is: the place in the question
    bill: Bill | None = None
