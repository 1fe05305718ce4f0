# What was asked for on the command line, looked at before Snakemake looks for a rule.
# Needs: agenda, as_module; all rules.
# Gives: one message where nothing makes a target.
import contextlib
import io
import sys

from snakemake.cli import parse_args

from ablate.planning import targets


def is_made(target):
    """Whether a rule has this name or produces this file."""
    return workflow.is_rule(target) or any(
        each.is_producer(target) for each in workflow.rules
    )


# A module's targets are those of the workflow that uses it; other programs have targets of their own.
ours = workflow.is_main_process and not as_module and "snakemake" in sys.argv[0]
if ours and targets.may_be_wrong(agenda.products, sys.argv[1:], is_made):
    # Snakemake tells its settings only once it has read all rules. What it says of profiles it has
    # said already.
    with contextlib.redirect_stderr(io.StringIO()):
        parsed = parse_args(sys.argv[1:])[1]
    for target in parsed.targets:
        refusal = targets.refusal(agenda.products, target, is_made)
        if refusal is not None:
            sys.exit(f"error: {refusal}")
