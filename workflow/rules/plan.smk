# From config to plan.
# Needs: config, and what internals.smk gives.
# Gives: agenda, plan, results, python, on_gpu, priorities, and the functions of rules: memory_of, inputs_of,
# request_of, names_of, gpu_found, everything.
import contextlib
import os
import re
import shlex
import sys

from ablate import invocation
from ablate.errors import AblateError
from ablate.building import devices, fence, menu, slurm
from ablate.building.agenda import Agenda
from ablate.launch import client, starting
from ablate.planning import work

try:
    agenda = Agenda(config)
except AblateError as error:
    sys.exit(f"error in the config: {error}")

if not as_module:
    # So that a command named in a message means the same config.
    invocation.note(config_files(), config_words())

plan = agenda.plan
results = str(plan.results.root)

if is_job:
    follower = fence.follower(plan.results.lock)
    if follower is not None:
        # Before Snakemake clears this job's outputs.
        sys.exit(
            f"error: {results} has been built by {follower} since this job was submitted; "
            "it does nothing"
        )

# What runs a program of ablate.steps: Snakemake's own interpreter, unless it deploys an environment.
# All that jobs need of the environment stands in their own commands: as a module, ablate has no say
# in those of the workflow that imports it.
# On this machine jobs are forked from a process that has loaded what they need; see ablate.launch.
launches = not (deployed or on_cluster)
python = " ".join(
    [
        "OMP_NUM_THREADS=1",
        f"PYTHONPATH={shlex.quote(str(PACKAGE))}",
        "python" if deployed else shlex.quote(sys.executable),
        f"-I -S {shlex.quote(client.__file__)}" if launches else "-P -m",
    ]
)

if on_cluster and not as_module:
    # Jobs elsewhere begin with `python -m snakemake` in this folder: a copy.py or numpy.py in it must
    # not stand in for Python's own.
    os.environ.update(PYTHONSAFEPATH="1")
    pass_on("PYTHONSAFEPATH")

# A GPU is never oversubscribed by default: a cluster sees to that by itself, and here `gpu` is
# limited to what is visible. On the command line it counts devices; each is shared by `gpu_slots`
# runs. A profile could not say so: its resources are dropped as soon as --resources is given.
if not on_cluster:
    # A module's limits are those of the workflow that uses it.
    share_gpus(devices.visible_gpus(), 1 if as_module else plan.config.gpu_slots)

# The longest trainings first, or the last to start would be waited for alone.
priorities = work.priorities(plan)

on_gpu = devices.trains_on_gpu(plan.device, plan.preset.needs_gpu, elsewhere=on_cluster)


wildcard_constraints:
    run=r"[A-Za-z0-9._=+-]+",
    seed=r"\d+",


@contextlib.contextmanager
def one_message():
    """End with a message, and no traceback, where something is wrong."""
    try:
        yield
    except AblateError as error:
        sys.exit(f"error: {error}")


if deletes():
    with one_message():
        agenda.keep_builds_out()


def begin(product):
    """Before Snakemake is told what a product is made from: begin the build, if it is one.

    Where only the images, packed anew, can say which finished runs are due, they are packed first.
    """
    if other_triggers():
        raise AblateError(
            "the products' own records decide what is made anew, and Snakemake's other"
            " triggers do not know them: give --rerun-triggers mtime, as profiles/default does"
        )
    if not builds():
        return
    if has_no_cores():
        # Snakemake would wait for a core for ever.
        raise AblateError("--cores 0 leaves nothing to build with; give 1 at least")
    if agenda.begin():
        if note := plan.set_aside():
            print(f"note: {note}", file=sys.stderr)
        suit_slurm()
        if launches and agenda.anything_due():
            starting.start()
    if not is_forced() and agenda.awaits_images(product):
        checkpoints.pack.get()
        agenda.look()


def suit_slurm():
    """Ask what this Slurm can answer, and say what has to be known of it."""
    if not uses_slurm():
        return
    found = slurm.configuration()
    if slurm.keeps_no_accounts(found):
        # The plugin's own choice, sacct, would never see a job end.
        ask_squeue()
    for sentence in slurm.advice(found):
        print(f"note: {sentence}", file=sys.stderr)


def inputs_of(product):
    """The input function of a rule that makes `product`, such as "tables/{table}".

    Those that will be made first are its inputs, so that their news gets through. Those that stay
    as they are count as ancient where they are named at all, so that file times never decide. What
    is outdated gets one input more, which names the reason.
    """

    def inputs(wildcards):
        name = product.format(**wildcards)
        # What shows or removes the workflow (--report, --dag, --summary ...) needs no executor.
        whole = not executes()
        with one_message():
            begin(name)
            asked = agenda.inputs(name, is_forced(), whole)
        found = [path if news else ancient(path) for path, news in asked.items()]
        mark = None if is_job else agenda.mark(name)
        return found if mark is None else [*found, mark]

    return inputs


def gpu_found():
    """The note of the GPU; it outdates nothing, but comes before what is outdated."""
    if not plan.awaits_gpu:
        return []
    path = f"{results}/records/gpu.json"
    return path if agenda.staleness.due("data") else ancient(path)


def request_of(product):
    """A param: the file that says what the job is asked for."""

    def request(wildcards):
        return agenda.request(product.format(**wildcards), write=builds())

    return request


def memory_of(product):
    """A resource, mem_mb: what a training needs, and more once it was killed."""

    def needed(wildcards, attempt):
        return agenda.memory_mb(product.format(**wildcards), on_gpu=on_gpu)

    return needed


def names_of(kind, *others):
    """A wildcard's pattern: the names of a kind of product, but for some."""
    names = agenda.products.names_of(kind)
    # An empty pattern would match anything, this one matches nothing.
    return "|".join(re.escape(name) for name in names if name not in others) or "(?!)"


def everything(wildcards):
    """The whole report: what nothing else is made from, and what has lost some of its files."""
    with one_message():
        begin("report/index")
    if "--report" not in sys.argv:
        return agenda.everything()
    made = agenda.everything(made=True)
    if not made:
        sys.exit(
            f"error: nothing is built in {results} yet, so there is nothing to report"
        )
    return made
