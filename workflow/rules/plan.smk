# From config to plan, and all that touches Snakemake's internals: written for and tested with
# Snakemake 9.
# Needs: config, PACKAGE. Gives: agenda, plan, results, on_gpu, inputs_of, request_of, everything.
import re
import shlex
import sys

from snakemake.utils import min_version

from ablate.errors import AblateError
from ablate.planning import menu, work
from ablate.planning.agenda import Agenda

min_version("9.0")

try:
    agenda = Agenda(config)
except AblateError as error:
    sys.exit(f"error in the config: {error}")

plan = agenda.plan
results = str(plan.results.root)

# Jobs run under Snakemake's own interpreter, unless Snakemake deploys an environment for them.
environment = f"export PYTHONPATH={shlex.quote(str(PACKAGE))} OMP_NUM_THREADS=1; "
if not workflow.deployment_settings.deployment_method:
    environment += (
        f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; "
    )
shell.prefix(environment)

# A GPU is never oversubscribed by default. On the command line `gpu` counts devices; of those on
# this machine each is shared by `gpu_slots` runs. A profile could not say so: its resources are
# dropped as soon as --resources is given.
workflow.global_resources.setdefault("gpu", 1)
if workflow.local_exec and not workflow.remote_exec:
    devices = workflow.global_resources["gpu"].value
    workflow.global_resources["gpu"] = devices * plan.config.gpu_slots

# The longest trainings first, or the last to start would be waited for alone.
priorities = work.priorities(plan)

on_gpu = plan.trains_on_gpu(elsewhere=workflow.remote_exec or not workflow.local_exec)


wildcard_constraints:
    run=r"[A-Za-z0-9._=+-]+",
    seed=r"\d+",


def builds():
    """Whether this process builds: neither a job of a build nor a dry run or report."""
    executes = workflow.executor_plugin is not None and not workflow.dryrun
    return workflow.is_main_process and executes


def begin():
    """Once a build begins, before it looks at what there is."""
    if builds():
        try:
            agenda.begin()
        except AblateError as error:
            sys.exit(f"error: {error}")


def inputs_of(product):
    """The input function of a rule that makes `product`, such as "tables/{table}".

    Inputs that stay as they are count as ancient, so that file times never decide. Those that will
    be made first do not, so that their news gets through. What is outdated gets one input more,
    which names the reason.
    """

    def inputs(wildcards):
        begin()
        name = product.format(**wildcards)
        forced = workflow.dag_settings.forceall or bool(workflow.dag_settings.forcerun)
        found = {
            kind: [path if news else ancient(path) for path, news in files]
            for kind, files in agenda.inputs(name, forced).items()
        }
        mark = None if workflow.remote_exec else agenda.mark(name)
        return found if mark is None else {**found, "outdated": mark}

    return inputs


def request_of(product):
    """A param: the file that says what the job is asked for."""

    def request(wildcards):
        return agenda.request(product.format(**wildcards), write=builds())

    return request


def names_of(kind, *others):
    """A wildcard's pattern: the names of a kind of product, but for some."""
    names = agenda.products.names_of(kind)
    return "|".join(re.escape(name) for name in names if name not in others)


def everything(wildcards):
    """The whole report: what nothing else is made from, and what has lost some of its files."""
    begin()
    return agenda.everything()
