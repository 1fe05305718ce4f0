"""A program that answers what Snakemake asks of conda, where no conda is at hand.

It makes an environment of links to packages installed here: those that the file pins, and what they
require. Whatever else is installed here is not in it.
"""

import json
import sys
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import yaml
from packaging.requirements import Requirement


def require(name: str, found: dict[str, Distribution | None]) -> None:
    """Add the installed distribution of a name to `found`, and all that it requires here."""
    key = name.lower().replace("_", "-").replace(".", "-")
    try:
        found.setdefault(key, None)
        one = found[key] = distribution(name)
    except PackageNotFoundError:
        return
    for line in one.requires or ():
        requirement = Requirement(line)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name.lower().replace("_", "-") not in found:
            require(requirement.name, found)


def create(file: str, prefix: str) -> None:
    """An environment in `prefix` of links to what the pins of a file name."""
    python, pip, packages = yaml.safe_load(Path(file).read_text())["dependencies"]
    assert (python, pip) == ("python=3.11", "pip"), (python, pip)
    venv.create(prefix, symlinks=True, with_pip=False)
    (site,) = Path(prefix).glob("lib/python3*/site-packages")
    found: dict[str, Distribution | None] = {}
    for pin in packages["pip"]:
        name, version = pin.split("==")
        assert distribution(name).version == version, pin
        require(name, found)
    for one in found.values():
        for part in {f.parts[0] for f in one.files} if one else ():
            if not (part.startswith("..") or part == "__pycache__" or (site / part).exists()):
                (site / part).symlink_to(one.locate_file(part))


match sys.argv[1:]:
    case ["info", "--json"]:
        print(
            json.dumps({"conda_prefix": str(Path(sys.argv[0]).parents[1]), "platform": "linux-64"})
        )
    case ["--version"]:
        print("conda 99.0.0")
    case ["config", "--get", "channel_priority", "--json"]:
        print(json.dumps({"get": {"channel_priority": "strict"}}))
    case ["env", "create", "--quiet", "--no-default-packages", "--file", file, "--prefix", prefix]:
        create(file, prefix)
    case ["clean", *_]:
        pass
    case unknown:
        sys.exit(f"conda was asked for {unknown}")
