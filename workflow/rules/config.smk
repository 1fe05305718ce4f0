# The config files, read strictly before Snakemake reads them: it takes the last of two equal keys,
# does not say where YAML goes wrong, and runs the expressions of a file that asks for it.
# Needs: config.yaml and its overlays. Gives: PACKAGE on Python's path, or one message.
import sys
from pathlib import Path

PACKAGE = Path(workflow.basedir, "workflow")
sys.path.insert(0, str(PACKAGE))

from ablate.errors import AblateError
from ablate.settings import written

try:
    for file in ["config.yaml", *workflow.overwrite_configfiles]:
        written.read(file)
except AblateError as error:
    # Any other exception of a Snakefile is shown with its traceback.
    sys.exit(f"error in the config: {error}")
