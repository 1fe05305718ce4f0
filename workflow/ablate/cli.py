"""`ablate`: what a build would do, what is done, what moved, what may stay or go."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.settings import written


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


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ablate", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    plan = _command(commands, "plan", _plan, "what would be trained, why, and what it costs")
    plan.add_argument("--all", action="store_true", help="as if nothing had been built")
    plan.add_argument("--runs", action="store_true", help="list every training, with the reason")
    plan.add_argument("--measure", action="store_true", help="time a few steps on this CPU")
    _command(commands, "status", _status, "what is done, due and outdated, by study")
    compare = _command(commands, "compare", _compare, "which rows moved beyond noise")
    compare.add_argument("other", type=Path, help="a results folder (one that holds tables/)")
    advise = _command(commands, "advise", _advise, "which seeds would decide which claims")
    advise.add_argument("--hours", type=float, help="of this device; the most claims for them")
    verify = _command(commands, "verify", _verify, "recompute every digest, from images to pages")
    verify.add_argument("folder", type=Path, nargs="?", help="results; without it those of here")
    accept = _command(commands, "accept", _accept, "keep results although the code has changed")
    accept.add_argument("--write", action="store_true", help="accept them, after listing")
    export = _command(commands, "export", _export, "write finished runs for another results tree")
    export.add_argument("out", type=Path, help="a folder, or an archive (.tar.xz)")
    merge = _command(commands, "merge", _merge, "add runs from other results trees or exports")
    merge.add_argument("sources", type=Path, nargs="+", help="results folders or exports")
    prune = _command(commands, "prune", _prune, "runs that nothing shows any more")
    prune.add_argument("--remove", action="store_true", help="remove them, after listing")
    prune.add_argument(
        "--weights", action="store_true", help="instead of whole runs, weights that nothing draws"
    )
    _command(commands, "schema", _schema, "the config's JSON schema, with your own code in it")
    return parser.parse_args(argv)


def _command(commands: argparse._SubParsersAction, name: str, answer: Callable, text: str):
    command = commands.add_parser(name, help=text, description=text)
    command.add_argument("--preset", help="instead of the one in config.yaml")
    command.add_argument("--configfile", type=Path, nargs="*", default=[], help="overlays")
    command.set_defaults(answer=answer)
    return command


def planned(arguments: argparse.Namespace) -> Plan:
    """The plan of config.yaml and the overlays, merged as Snakemake merges them."""
    config: dict = {}
    for path in [Path("config.yaml"), *arguments.configfile]:
        merge(config, written.read(path))
    if arguments.preset:
        config["preset"] = arguments.preset
    return Plan(config)


def merge(config: dict, overlay: dict) -> None:
    """Put `overlay` over `config`: mappings are merged, all else is replaced."""
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            merge(config[key], value)
        else:
            config[key] = value


def _plan(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import cost

    asked = (arguments.all, arguments.runs, arguments.measure)
    return cost.show(planned(arguments), console, *asked)


def _status(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import status

    return status.show(planned(arguments), console)


def _compare(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import compare

    return compare.show(planned(arguments), arguments.other, console)


def _advise(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import advise

    return advise.show(planned(arguments), console, hours=arguments.hours)


def _verify(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import verify

    if arguments.folder is not None:
        return verify.show(arguments.folder, console)
    plan = planned(arguments)
    return verify.show(plan.results.root, console, plan)


def _accept(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import accept

    return accept.show(planned(arguments), console, write=arguments.write)


def _export(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import export

    return export.show(planned(arguments), arguments.out, console)


def _merge(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import merge

    return merge.show(planned(arguments), arguments.sources, console)


def _prune(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.commands import prune

    answer = prune.show_weights if arguments.weights else prune.show
    return answer(planned(arguments), console, remove=arguments.remove)


def _schema(arguments: argparse.Namespace, console: Console) -> int:
    from ablate.generate import config_schema

    planned(arguments)
    print(config_schema.text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
