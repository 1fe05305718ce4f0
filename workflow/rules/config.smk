# The config files, read strictly in place of `configfile:`. Snakemake's own reading takes the last of
# two equal keys, does not say where YAML goes wrong, runs the expressions of a file that asks for it,
# and takes a tenth of a dry run.
# Needs: PACKAGE, as_module; config.yaml and its overlays; as a module of another workflow, the config
# that it passes on.
# Gives: PACKAGE on Python's path, config, or one message.
import importlib.util
import sys

if (PACKAGE / "ablate").is_dir():
    sys.path.insert(0, str(PACKAGE))
elif importlib.util.find_spec("ablate") is None:
    sys.exit(
        "error: ablate's library is not here: clone the repository and let the module's snakefile"
        " be a path into it, or install ablate where Snakemake runs"
    )

from ablate.errors import AblateError
from ablate.settings import layers, written

try:
    if not as_module:
        written_files = [
            written.read(file) for file in ("config.yaml", *config_files())
        ]
        # What --config gives as true or [0, 1] reaches `config` as text.
        asked_config = layers.laid(*written_files, written.retyped(config_settings()))
        # Snakemake has read the overlays already, in YAML 1.1: there a row named "on" is named true.
        config.clear()
        config.update(asked_config)
    elif not has_own_config():
        shipped = written.read(PACKAGE.parent / "config.yaml")
        config.update(layers.laid(config, shipped))
except AblateError as error:
    # Any other exception of a Snakefile is shown with its traceback.
    sys.exit(f"error in the config: {error}")
