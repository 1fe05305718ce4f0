"""`ablate new-study`: a commented block to begin a study with; the rest of the file stays as it is.

YAML libraries that write a file anew lose its comments or its layout, so the block goes in as text.
"""

from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from ablate import invocation
from ablate.commands.terminal import say
from ablate.errors import AblateError
from ablate.files import write_whole
from ablate.planning.plan import Plan
from ablate.settings import written
from ablate.settings.refusal import NUMBER, nearest
from ablate.settings.seeds import in_ranges
from ablate.settings.study import Row, Study

# What only the study that was reported can say; its claims name its own rows.
OF_A_STUDY = {
    *("title", "section", "question", "claims", "noise", "rows"),
    *("reported", "reported_on"),
}
OF_A_ROW = {"reported", "reported_seconds", "reported_seconds_is"}
ROWS = """\
rows: # one a setting; docs/config.md lists all settings
  control: {control: true} # the recipe as it is: the others are compared with it
  changed: {set: {optimizer.lr: 0.05}}
  # gelu: {set: {model.activation: GELU}, label: GELU}
  # theirs: {measured: {best_accuracy: [93.1, 93.4], source: their paper}} # %; not trained here
"""


class _Dumper(yaml.SafeDumper):
    """Quotes text that is a number in YAML 1.2, such as 1e-5; PyYAML knows that of YAML 1.1."""

    def represent_text(self, text: str) -> yaml.Node:
        style = "'" if NUMBER.fullmatch(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def show(
    config: dict[str, Any], name: str, like: str | None, file: Path | None, console: Console
) -> int:
    """Write the block, once the config is known to be right with it. Always 0.

    Args:
        config: config.yaml, overlays and settings, merged.
        like: the study that it has the rows of.
        file: where it is written, instead of config.yaml.

    Raises:
        AblateError: there is such a study already, or none to be like; the file cannot take it.
    """
    plan = Plan(config)
    if name in plan.studies:
        raise AblateError(f"there is a study {name!r} already; choose another name")
    block = beginning(plan, name, like)
    path = file or Path("config.yaml")
    before = _text(path)
    with write_whole(path) as draft:
        draft.write_bytes(inserted(before, block).encode())
        studies = {**config.get("studies", {}), name: written.read(draft)["studies"][name]}
        planned = Plan({**config, "studies": studies})
    say(console, f"{path}: study {name} added")
    if file:
        invocation.add(file)
    command = invocation.snakemake(planned.results.table(name))
    say(console, f"Make it yours, then: {command}")
    return 0


def _text(path: Path) -> str:
    """What a file of YAML says, line ends as they are; nothing of one that is not there.

    Raises:
        AblateError: it cannot be read, or is no YAML.
    """
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError):
        text = None
    if text is None or any(line.lstrip()[:1] not in ("", "#") for line in text.splitlines()):
        written.read(path)
    return text


def beginning(plan: Plan, name: str, other: str | None) -> str:
    """The study's entry, its name at the left margin; with the rows of the `other`, if any."""
    like = _like(plan, other) if other else None
    recipe = next(iter(plan.config.recipes), "")
    lines = [
        f"title: {name.replace('_', ' ').capitalize()}",
        "question: What does the change do? # a sentence; the report answers it",
        *(_settings(like) if like else [f"recipe: {recipe} # what every row starts from"]),
        "# seeds: [0, 1, 2] # three or more give differences an interval",
        *(_rows(like) if like else ROWS.splitlines()),
    ]
    return "\n".join([f"{name}:", *(f"  {line}" for line in lines)]) + "\n"


def _like(plan: Plan, name: str) -> Study:
    if name not in plan.config.studies:
        raise AblateError(f"--like: unknown study {name!r}; {nearest(name, [*plan.studies])}")
    return plan.config.studies[name]


def _settings(study: Study) -> list[str]:
    return [_entry(key, value) for key, value in _said(study, OF_A_STUDY).items()]


def _rows(study: Study) -> list[str]:
    rows = [f"  {_entry(name, _said(row, OF_A_ROW))}" for name, row in study.rows.items()]
    return ["rows:", *rows] if rows else []


def _said(settings: Study | Row, but: set[str]) -> dict[str, Any]:
    said = settings.model_dump(mode="json", exclude_defaults=True, exclude=but)
    if seeds := said.get("seeds"):
        said["seeds"] = in_ranges(seeds)
    return said


def _entry(key: str, value: Any) -> str:
    """An entry of a mapping in one line."""
    layout = {"default_flow_style": True, "width": 10**6, "sort_keys": False}
    text = yaml.dump({key: value}, Dumper=_Dumper, allow_unicode=True, **layout)
    return text.strip().removeprefix("{").removesuffix("}")


def inserted(before: str, block: str) -> str:
    """A config with the block at the end of its studies; all else as it was.

    Raises:
        AblateError: its studies are written in braces, where no block can stand.
    """
    newline = "\r\n" if "\r\n" in before else "\n"
    place = _place(before)
    if place is None:
        end = "" if not before or before.endswith("\n") else newline
        text = f"studies:\n{_indented(block, 2)}"
        return before + (end + text).replace("\n", newline)
    after, indent = place
    lines = before.splitlines(keepends=True)
    if not lines[after - 1].endswith("\n"):
        lines[after - 1] += newline
    lines.insert(after, _indented(block, indent).replace("\n", newline))
    return "".join(lines)


def _place(text: str) -> tuple[int, int] | None:
    """How many lines stand before the end of the studies, and their indent; None without any."""
    whole = yaml.compose(text, yaml.SafeLoader)
    entries = whole.value if isinstance(whole, yaml.MappingNode) else []
    studies = next((value for key, value in entries if key.value == "studies"), None)
    if studies is None:
        return None
    if not isinstance(studies, yaml.MappingNode) or studies.flow_style or not studies.value:
        raise AblateError("studies: it is not written as a block, one study below the other")
    first, last = studies.value[0][0], studies.value[-1][1]
    return _last_line(text, last), first.start_mark.column


def _last_line(text: str, node: yaml.Node) -> int:
    """The number of a node's last line; a block's end mark stands behind comments that follow."""
    end = node.end_mark.line + (1 if node.end_mark.column else 0)
    lines = text.splitlines()
    while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return end


def _indented(block: str, columns: int) -> str:
    return "".join(f"{' ' * columns}{line}\n" for line in block.splitlines())
