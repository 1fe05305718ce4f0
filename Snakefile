include: "workflow/rules/internals.smk"
include: "workflow/rules/config.smk"
include: "workflow/rules/plan.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/runs.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        everything,


# After all rules: it asks them what they make.
include: "workflow/rules/targets.smk"
