# The config files, read strictly in place of `configfile:`. Snakemake's own reading takes the last of
# two equal keys, does not say where YAML goes wrong, runs the expressions of a file that asks for it,
# and takes a tenth of a dry run.
# Needs: config.yaml and its overlays; as a module of another workflow, the config that it passes on.
# Gives: PACKAGE on Python's path, config, or one message.
import importlib.util
import sys
from pathlib import Path

from snakemake.utils import update_config

# The workflow's own place: of a module it is not the place of the Snakefile that was called.
PACKAGE = Path(str(workflow.current_basedir)).parent
if (PACKAGE / "ablate").is_dir():
    sys.path.insert(0, str(PACKAGE))
elif importlib.util.find_spec("ablate") is None:
    sys.exit(
        "error: ablate's library is not here: clone the repository and let the module's snakefile"
        " be a path into it, or install ablate where Snakemake runs"
    )

from ablate.errors import AblateError
from ablate.settings import written

as_module = workflow.modifier.namespace is not None
try:
    if not as_module:
        written_files = [
            written.read(file)
            for file in ("config.yaml", *workflow.overwrite_configfiles)
        ]
        # Snakemake has read the overlays already, in YAML 1.1: there a row named "on" is named true.
        config.clear()
        for content in written_files:
            update_config(config, content)
        # What --config gives as true or [0, 1] reaches `config` as text.
        update_config(config, written.retyped(workflow.config_settings.config))
    elif not workflow.modifier.skip_configfile:
        update_config(config, written.read(PACKAGE.parent / "config.yaml"))
except AblateError as error:
    # Any other exception of a Snakefile is shown with its traceback.
    sys.exit(f"error in the config: {error}")
