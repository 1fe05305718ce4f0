"""`ablate`: what a build would do, what is done, what moved, what may stay or go."""

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ablate import invocation
from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.settings import layers, written

# What a shell says of a command that Ctrl-C has ended.
INTERRUPTED = 130
# What every command takes; the rest are its own arguments, by their names in its `show`.
COMMON = ("preset", "configfile", "config", "answer")


def main(argv: list[str] | None = None) -> int:
    """Answer one command; 1 and one message where the input is wrong."""
    arguments = _parse(argv)
    try:
        # Text of a config is text: [red] in a label is no colour, and :tada: no picture.
        console = Console(markup=False, emoji=False)
        return arguments.answer(arguments, console)
    except AblateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ablate", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _before_a_build(commands)
    _after_a_build(commands)
    _between_results(commands)
    prune = _command(commands, "prune", "runs that nothing shows any more")
    prune.add_argument("--remove", action="store_true", help="remove them, after listing")
    prune.add_argument(
        "--weights", action="store_true", help="instead of whole runs, weights that nothing draws"
    )
    _command(commands, "schema", "the config's JSON schema, with your own code in it", _schema)
    return parser.parse_args(argv)


def _before_a_build(commands: argparse._SubParsersAction) -> None:
    plan = _command(commands, "plan", "what would be trained, why, and what it costs")
    plan.add_argument(
        "--all", dest="everything", action="store_true", help="as if nothing had been built"
    )
    plan.add_argument(
        "--runs", action="store_true", help="list every training that is due, with the reason"
    )
    plan.add_argument("--measure", action="store_true", help="time a few steps on this CPU")
    status = _command(commands, "status", "what is done, due and outdated, by study")
    status.add_argument("--live", action="store_true", help="what trains, waits and failed, now")
    new = _command(commands, "new-study", "begin a study: a block in config.yaml", _new_study)
    new.add_argument("name", help="a-z, 0-9 and _: its table will be tables/NAME.csv")
    new.add_argument("--like", metavar="STUDY", help="begin with the rows of this study")
    new.add_argument("--file", type=Path, help="an overlay to write to instead of config.yaml")


def _after_a_build(commands: argparse._SubParsersAction) -> None:
    compare = _command(commands, "compare", "which rows moved beyond noise")
    compare.add_argument("other", type=Path, help="a results folder, or what publish wrote")
    advise = _command(commands, "advise", "which seeds would decide which claims")
    advise.add_argument("--hours", type=float, help="of this device; the most claims for them")
    verify = _command(commands, "verify", "recompute every digest, from images to pages", _verify)
    verify.add_argument(
        "folder",
        type=Path,
        nargs="?",
        help="results, or what publish wrote; without it those of here",
    )
    accept = _command(commands, "accept", "keep results although the code has changed")
    accept.add_argument("--write", action="store_true", help="accept them, after listing")


def _between_results(commands: argparse._SubParsersAction) -> None:
    export = _command(commands, "export", "write finished runs for another results tree")
    export.add_argument("out", type=Path, help="a folder, or an archive (.tar.xz)")
    publish = _command(commands, "publish", "write tables, figures and runs to share")
    publish.add_argument(
        "out", type=Path, help="a folder; what an earlier publish wrote there is brought up to date"
    )
    reproduce = _command(commands, "reproduce", "train a slice of a reference anew", _reproduce)
    reproduce.add_argument(
        "reference", type=Path, nargs="?", help="what publish wrote; report/reference/PRESET"
    )
    merge = _command(commands, "merge", "add runs from other results trees or exports")
    merge.add_argument(
        "sources", type=Path, nargs="+", help="results folders, exports, or what publish wrote"
    )
    merge.add_argument("--accept", action="store_true", help="runs of other code too, as they are")


def _command(
    commands: argparse._SubParsersAction, name: str, text: str, answer: Callable | None = None
) -> argparse.ArgumentParser:
    """A command; it is answered by the module of its name in ablate.commands, or by `answer`."""
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("--preset", help="short for --config preset=...")
    command.add_argument(
        *("--configfile", "--configfiles"), type=Path, nargs="+", default=[], help="overlays"
    )
    command.add_argument(
        "--config", nargs="+", default=[], metavar="KEY=VALUE", help="as Snakemake takes it"
    )
    command.set_defaults(answer=answer or _by(name))
    return command


def planned(arguments: argparse.Namespace) -> Plan:
    """The plan of what is given."""
    return Plan(given(arguments))


def given(arguments: argparse.Namespace) -> dict:
    """config.yaml, overlays and settings, laid one over the other as for Snakemake."""
    settings = [*arguments.config, *([f"preset={arguments.preset}"] if arguments.preset else [])]
    invocation.note(arguments.configfile, settings)
    files = [written.read(path) for path in (_config_file(), *arguments.configfile)]
    return layers.laid(*files, *map(written.setting, settings))


def _config_file() -> Path:
    """config.yaml, which lies where ablate and Snakemake are called.

    Raises:
        AblateError: it does not lie here.
    """
    path = Path("config.yaml")
    if path.exists():
        return path
    here = Path.cwd()
    above = next((folder for folder in here.parents if (folder / path).exists()), None)
    where = f", that is in {above}" if above else ""
    raise AblateError(f"there is no {path} in {here}: run ablate in the project's folder{where}")


def _by(module: str) -> Callable[[argparse.Namespace, Console], int]:
    """A command that a module of ablate.commands answers by the plan and its own arguments."""

    def answer(arguments: argparse.Namespace, console: Console) -> int:
        own = {name: value for name, value in vars(arguments).items() if name not in COMMON}
        command = importlib.import_module(f"ablate.commands.{module}")
        return command.show(plan=planned(arguments), console=console, **own)

    return answer


def _new_study(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import new_study

    asked = (arguments.name, arguments.like, arguments.file)
    return new_study.show(given(arguments), *asked, console)


def _verify(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import verify

    if arguments.folder is not None:
        return verify.show(arguments.folder, console)
    plan = planned(arguments)
    return verify.show(plan.results.root, console, plan)


def _reproduce(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import reproduce

    config = given(arguments)
    preset = config.get("preset", "paper")
    # A folder of its own: the user's results stay as they are.
    arguments.config.append(f"results={Path(config.get('results', 'results'), 'reproduced')}")
    folder = arguments.reference or Path("report/reference", preset)
    return reproduce.show(planned(arguments), folder, console)


def _schema(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.generate import config_schema

    planned(arguments)
    print(config_schema.text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
