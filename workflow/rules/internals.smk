# All that touches Snakemake's internals, which may change with its next version: written for and
# tested with Snakemake 9. No other file does.
# Needs: nothing; it comes first.
# Gives: PACKAGE, as_module, is_job, on_cluster, deployed, and the functions below.
import contextlib
import io
import sys
from pathlib import Path

from snakemake.cli import parse_args
from snakemake.utils import min_version

min_version("9.0")

if workflow.storage_settings.default_storage_provider is not None:
    sys.exit(
        "error: ablate's results are a folder that all jobs share; they cannot be in a bucket"
        " (--default-storage-provider) yet: docs/cluster.md"
    )
if workflow.modifier.path_modifier.prefix is not None:
    sys.exit(
        "error: a module's `prefix:` cannot move ablate's results, whose records name their files:"
        " set `results:` in its config"
    )

# The workflow's own place: of a module it is not the place of the Snakefile that was called.
PACKAGE = Path(str(workflow.current_basedir)).parent
as_module = workflow.modifier.namespace is not None
# Whether this process is one job of a build, on another machine than the build itself.
is_job = workflow.remote_exec
# Whether jobs run on other machines: --jobs stands for their number, and for nothing elsewhere.
on_cluster = is_job or workflow.resource_settings.nodes is not None
# Whether Snakemake deploys an environment for jobs; else they run under its own interpreter. Rules
# name conda environments alone: of containers and modules there is nothing to deploy.
deployed = "conda" in map(str, workflow.deployment_settings.deployment_method)


def is_main():
    """Whether this process plans: no job of a build that another process plans."""
    return workflow.is_main_process


def executes():
    """Whether jobs are run, be it dry: what shows or removes the workflow has no executor."""
    return workflow.executor_plugin is not None


def builds():
    """Whether this process builds: neither a job of a build nor a dry run or report."""
    return is_main() and executes() and not workflow.dryrun


def other_triggers():
    """Whether Snakemake would make anew what the products' records leave as it is."""
    if not (executes() and is_main()):
        return False
    return [str(trigger) for trigger in workflow.rerun_triggers] != ["mtime"]


def is_forced():
    """Whether all is to be made again, due or not (-F, -R)."""
    return workflow.dag_settings.forceall or bool(workflow.dag_settings.forcerun)


def has_no_cores():
    """Whether there is nothing to build with (--cores 0)."""
    return workflow.resource_settings.cores == 0


def uses_slurm():
    """Whether jobs are sent to Slurm."""
    return workflow.executor_plugin.name == "slurm"


def ask_squeue():
    """Have Slurm's plugin ask squeue what became of jobs."""
    workflow.executor_settings.status_command = "squeue"


def pass_on(variable):
    """Give jobs on other machines an environment variable of this process."""
    workflow.register_envvars(variable)


def share_gpus(visible, slots):
    """Limit `gpu` to the GPUs of the command line, else to those visible; each serves `slots` jobs."""
    workflow.global_resources.setdefault("gpu", visible)
    limit = workflow.global_resources["gpu"].value * slots
    workflow.global_resources["gpu"] = limit


def config_files():
    """The files of --configfile."""
    return workflow.overwrite_configfiles


def config_words():
    """What --config was given: key=value each."""
    return workflow.config_settings.config_args or []


def config_settings():
    """The same as a mapping, its values as Snakemake took them."""
    return workflow.config_settings.config


def has_own_config():
    """Whether the workflow that imports this one gives it a config."""
    return workflow.modifier.skip_configfile


def is_made(target):
    """Whether a rule has this name or produces this file."""
    return workflow.is_rule(target) or any(
        each.is_producer(target) for each in workflow.rules
    )


def deletes():
    """Whether this process removes outputs (--delete-all-output, --delete-temp-output)."""
    # Only Snakemake's own parser knows a dry run by all its spellings.
    if not any(word.startswith("--delete-") for word in sys.argv[1:]):
        return False
    asked = asked_for()
    return (asked.delete_all_output or asked.delete_temp_output) and not asked.dryrun


def targets_asked_for():
    """The targets on the command line."""
    return asked_for().targets


def asked_for():
    """The command line as Snakemake reads it, which tells its settings only after all rules.

    What it says of profiles it has said already.
    """
    with contextlib.redirect_stderr(io.StringIO()):
        return parse_args(sys.argv[1:])[1]
