"""Text of others in figures, letter by letter: matplotlib reads formulas and draws boxes."""

from collections.abc import Iterable
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

FIRST = "DejaVu Sans"
# For what the first lacks, where they are installed: Chinese, Japanese and Korean.
FURTHER = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans SC"),
    *("PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo", "Microsoft YaHei", "Malgun Gothic"),
    *("WenQuanYi Zen Hei", "Arial Unicode MS"),
)
LONGEST = 24


@cache
def families() -> list[str]:
    """The fonts to draw with; a later one is asked for what the ones before it lack."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [FIRST, *(name for name in FURTHER if name in installed)]


def literal(text: str) -> str:
    """`text` as it stands: no formula between two $; what no font has as its number, [U+732B]."""
    spelled = "".join(c if _can_be_drawn(c) else f"[U+{ord(c):04X}]" for c in text)
    return spelled.replace("$", r"\$")


def class_names(classes: Iterable[str]) -> list[str]:
    """Names of classes for axes and titles; very long ones are cut."""
    cut = (name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in classes)
    return [literal(name) for name in cut]


@cache
def _can_be_drawn(character: str) -> bool:
    return character.isspace() or any(f.get_char_index(ord(character)) for f in _fonts())


@cache
def _fonts() -> list[FT2Font]:
    return [font_manager.get_font(font_manager.findfont(name)) for name in families()]
