# The config files, read strictly in place of `configfile:`. Snakemake's own reading takes the last of
# two equal keys, does not say where YAML goes wrong, runs the expressions of a file that asks for it,
# and takes a tenth of a dry run.
# Needs: PACKAGE, as_module; config.yaml and its overlays; as a module of another workflow, the config
# that it passes on.
# Gives: PACKAGE on Python's path, config, or one message.
import importlib.util
import sys

from snakemake.utils import update_config

if (PACKAGE / "ablate").is_dir():
    sys.path.insert(0, str(PACKAGE))
elif importlib.util.find_spec("ablate") is None:
    sys.exit(
        "error: ablate's library is not here: clone the repository and let the module's snakefile"
        " be a path into it, or install ablate where Snakemake runs"
    )

from ablate.errors import AblateError
from ablate.settings import written

try:
    if not as_module:
        written_files = [
            written.read(file) for file in ("config.yaml", *config_files())
        ]
        # Snakemake has read the overlays already, in YAML 1.1: there a row named "on" is named true.
        config.clear()
        for content in written_files:
            update_config(config, content)
        # What --config gives as true or [0, 1] reaches `config` as text.
        update_config(config, written.retyped(config_settings()))
    elif not has_own_config():
        update_config(config, written.read(PACKAGE.parent / "config.yaml"))
except AblateError as error:
    # Any other exception of a Snakefile is shown with its traceback.
    sys.exit(f"error in the config: {error}")
