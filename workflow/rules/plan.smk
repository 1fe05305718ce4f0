# From config to plan: what all rules share.
# Needs: config, PACKAGE. Gives: plan, products, staleness, inputs_of, request_of, recorded, everything.
import atexit
import json
import os
import shlex
import sys
import time
from functools import cache
from pathlib import Path

from ablate.planning import building, code, menu, requests
from ablate.planning.devices import cuda_is_likely
from ablate.errors import AblateError
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness

try:
    plan = Plan(config)
    products = Products(plan)
except AblateError as error:
    sys.exit(f"error in the config: {error}")

code.remember(Path(".snakemake", "code.json"))
staleness = Staleness(products)
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

on_gpu = plan.config.device == "cuda" or (
    plan.config.device == "auto" and (plan.preset.needs_gpu or cuda_is_likely())
)


wildcard_constraints:
    run=r"[A-Za-z0-9._=+-]+",
    seed=r"\d+",


@cache
def begin():
    """Once a build begins, before it looks at what there is: see to it that no other is at work."""
    global products, staleness, held
    if (
        not workflow.is_main_process
        or workflow.executor_plugin is None
        or workflow.dryrun
    ):
        return
    try:
        held, waited = building.alone(plan.results)
    except AblateError as error:
        sys.exit(f"error: {error}")
    if waited:
        products = Products(plan)
        staleness = Staleness(products)
    building.clear(plan, staleness)


def inputs_of(product):
    """The input function of a rule that makes `product`, such as "tables/{table}".

    Inputs that stay as they are count as ancient, so that file times never decide. Those that will
    be made first do not, so that their news gets through.
    """

    def inputs(wildcards):
        begin()
        name = product.format(**wildcards)
        forced = workflow.dag_settings.forceall or bool(workflow.dag_settings.forcerun)
        files = [
            str(path) if made and gets_through(made, forced) else ancient(str(path))
            for path, made in products[name].inputs.items()
        ]
        outdated = staleness.reason(name) is not None and not workflow.remote_exec
        return {"files": files, "outdated": [newest_file()] if outdated else []}

    return inputs


def gets_through(made, forced):
    # A run follows the packed images by their digest in its record, not by the packing.
    return made != "data" and (forced or staleness.due(made))


@cache
def newest_file():
    """A file newer than every product, as an input of what is outdated.

    Snakemake's own memory of what made a file is lost with .snakemake; the products' records are
    not, and by this file they reach it.
    """
    file = Path(f".snakemake/outdated-{os.getpid()}")
    file.parent.mkdir(exist_ok=True)
    # Never the same content twice: Snakemake ignores a newer file of a known checksum.
    file.write_text(str(time.time_ns()))
    atexit.register(file.unlink, missing_ok=True)
    return str(file)


def request_of(product):
    """A param: what is asked of the step, as JSON quoted for the shell."""

    def request(wildcards):
        made = products[product.format(**wildcards)]
        return shlex.quote(json.dumps({**made.request, "code": made.code}))

    return request


def recorded(product):
    """A param: the arguments of ablate.steps.recorded, which makes a product and says why."""

    def arguments(wildcards):
        made = products[product.format(**wildcards)]
        options = [
            made.step,
            "--record",
            made.record,
            "--code",
            made.code,
            "--root",
            results,
        ]
        options += ["--request", json.dumps(made.request)]
        options += ["--input", *made.inputs] if made.inputs else []
        return shlex.join(map(str, [*options, "--"]))

    return arguments


def everything(wildcards):
    """The whole report: what nothing else is made from, and what has lost some of its files.

    The rest is reached from there; a thousand files by name would cost seconds.
    """
    begin()
    last = [products[name].outputs[0] for name in products.names() if is_shown(name)]
    lost = [path for name in products.names() for path in staleness.remains(name)]
    return [str(path) for path in dict.fromkeys((*last, *lost))]


def is_shown(product):
    return product.startswith(("tables/", "figures/", "report/"))
