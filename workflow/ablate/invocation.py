"""How ablate was called: a command that a message names must mean the config that the user meant.

Snakemake and `ablate` note the config files and settings that they were given. The jobs of a build
inherit them through the environment.
"""

import os
import shlex
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "ABLATE_CONFIG"


def note(configfiles: Iterable[str | Path], settings: Iterable[str]) -> None:
    """Remember what was given as --configfile, and as --config: key=value each."""
    files = [os.path.relpath(file) for file in configfiles]
    given = {"--configfile": files, "--config": list(settings)}
    words = [word for option, values in given.items() if values for word in (option, *values)]
    os.environ[VARIABLE] = shlex.join(words)


def add(configfile: str | Path) -> None:
    """Remember a config file behind those that were given, unless it is one of them."""
    words = shlex.split(options())
    at = words.index("--config") if "--config" in words else len(words)
    files = dict.fromkeys([*words[1:at], os.path.relpath(configfile)])
    note(files, words[at + 1 :])


def snakemake(*words: str | Path) -> str:
    """The command that has Snakemake make these targets, or do what these options say."""
    return _command("snakemake", "--cores", "1", *map(str, words))


def ablate(*words: str) -> str:
    """A command of `ablate`."""
    return _command("ablate", *words)


def options() -> str:
    """The config files and settings, as on the command line; "" where there were none."""
    return os.environ.get(VARIABLE, "")


def _command(*words: str) -> str:
    # Targets first: --configfile and --config swallow what follows them.
    return f"{shlex.join(words)} {options()}".rstrip()
