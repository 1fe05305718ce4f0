# The config files, read strictly in place of `configfile:`. Snakemake's own reading takes the last of
# two equal keys, does not say where YAML goes wrong, runs the expressions of a file that asks for it,
# and takes a tenth of a dry run.
# Needs: config.yaml and its overlays. Gives: PACKAGE on Python's path, config, or one message.
import sys
from pathlib import Path

from snakemake.utils import update_config

PACKAGE = Path(workflow.basedir, "workflow")
sys.path.insert(0, str(PACKAGE))

from ablate.errors import AblateError
from ablate.settings import written

try:
    written_files = [
        written.read(file) for file in ("config.yaml", *workflow.overwrite_configfiles)
    ]
    # Snakemake has read the overlays already, in YAML 1.1: there a row named "on" is named true.
    config.clear()
    for content in written_files:
        update_config(config, content)
    # What --config gives as true or [0, 1] reaches `config` as text.
    update_config(config, written.retyped(workflow.config_settings.config))
except AblateError as error:
    # Any other exception of a Snakefile is shown with its traceback.
    sys.exit(f"error in the config: {error}")
