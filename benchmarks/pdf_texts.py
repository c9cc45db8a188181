"""The reports that the PDF benchmark sets: made, not copied, and the same on every machine."""

from collections.abc import Iterator

CHINESE_BYTES = 16_000
_ENGLISH = (
    "Utility-scale storage grew faster than any forecast of the last decade, because the price of cells "
    "fell below the threshold where a solar plant with four hours of storage undercuts a gas turbine [{n}]. "
    "The effect on *wholesale prices* is visible in three markets, and **regulators** have begun to react, "
    "although the rules that decide who may own storage differ from place to place (`ISO {n}`)."
)
_CHINESE = (
    "近年来,电网侧储能的装机规模增长迅速,其主要原因是电芯价格持续下降,使得配置四小时储能的光伏电站在成本上已经低于"
    "燃气轮机[{n}]。这一变化对**批发电价**的影响在多个市场中都可以观察到,监管机构也开始调整规则,但各地对储能资产"
    "所有权的规定仍然存在*明显差异*。"
)
_TABLE = {
    "en": ("| Market | Capacity (GW) | Growth | Remark |", "| Region {n} | {n}.4 | 1{n} % | see [{n}] |"),
    "zh": ("| 市场 | 装机容量 (GW) | 增长率 | 备注 |", "| 地区 {n} | {n}.4 | 1{n} % | 参见[{n}] |"),
}


def _section(number: int, language: str) -> Iterator[str]:
    paragraph = (_ENGLISH if language == "en" else _CHINESE).format(n=number % 9 + 1)
    title = f"Market {number}" if language == "en" else f"第{number}个市场"
    yield f"## {title}"
    yield from [paragraph] * 2
    head, row = _TABLE[language]
    yield "\n".join([head, "|---|--:|--:|---|", *(row.format(n=line) for line in range(1, 6))])
    yield "\n".join(f"- {paragraph[:60]}" for _ in range(4))
    yield "> " + paragraph
    yield "```python\ndef levelised(cost: float, energy: float) -> float:\n    return cost / energy\n```"
    yield paragraph


def chinese_report() -> str:
    """Return a report of 16 KB in Chinese, with tables, lists, quotes and code."""
    text, number = "# 电网侧储能研究\n", 0
    while len(text.encode()) < CHINESE_BYTES:
        number += 1
        text += "\n\n" + "\n\n".join(_section(number, "zh"))
    return text


def english_report(sections: int) -> str:
    """Return a report in English; a section takes a little less than a page."""
    parts = ["# Grid storage", *("\n\n".join(_section(number, "en")) for number in range(1, sections + 1))]
    return "\n\n".join(parts)
