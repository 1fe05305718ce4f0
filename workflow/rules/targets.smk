# What was asked for on the command line, looked at before Snakemake looks for a rule.
# Needs: agenda, as_module, is_main, is_made, targets_asked_for; all rules.
# Gives: one message where nothing makes a target.
import sys

from ablate.building import targets

# A module's targets are those of the workflow that uses it; other programs have targets of their own.
ours = is_main() and not as_module and "snakemake" in sys.argv[0]
if ours and targets.may_be_wrong(agenda.products, sys.argv[1:], is_made):
    for target in targets_asked_for():
        refusal = targets.refusal(agenda.products, target, is_made)
        if refusal is not None:
            sys.exit(f"error: {refusal}")
