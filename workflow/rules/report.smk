# The report: an interactive site in one file, and the same in plain Markdown.
# Needs: metrics, tables and figures. `snakemake --report report.html` binds site and figures.
# Gives: {results}/report/index.html, {results}/report.md


# What the first page says, as reStructuredText. `snakemake --report` itself never asks whether results are out of date.
outdated = [] if is_job else list(agenda.staleness.outdated().items())
config["ablate"] = {
    "preset": menu.rst(plan.config.preset),
    "note": menu.rst(plan.note or ""),
    "data": menu.rst(plan.data_name()),
    "seeds": sorted({seed for _, seed in plan.trainings()}),
    "studies": [menu.rst(study.written.title) for study in plan.studies.values()],
    "rebuild": menu.rst(invocation.snakemake()),
    "stale": [menu.rst(f"{name}: {reason}") for name, reason in outdated],
}
if outdated and "--report" in sys.argv:
    print(
        f"{len(outdated)} results are out of date, and the report says so on its first page."
        f" To list them: {invocation.ablate('status')}. To rebuild them: {invocation.snakemake()}",
        file=sys.stderr,
    )


report: "../../report/workflow.rst"


rule site:
    input:
        # metrics, findings, figures, manifest; tables and trainings of the whole report's tables
        inputs_of("report/index"),
    output:
        html=report(
            f"{results}/report/index.html",
            caption="../../report/captions/site.rst",
            category="1 Report",
            labels={"section": "", "page": "Results, studies, runs, figures"},
        ),
        record=f"{results}/records/report/index.json",
    log:
        f"{results}/logs/report/index.log",
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        python=python,
        request=request_of("report/index"),
    shell:
        "{params.python} ablate.steps.page --request {params.request} > {log:q} 2>&1"


rule markdown:
    input:
        # tables, figures, manifest
        inputs_of("report/markdown"),
    output:
        md=f"{results}/report.md",
        record=f"{results}/records/report/markdown.json",
    log:
        f"{results}/logs/report/markdown.log",
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        python=python,
        request=request_of("report/markdown"),
    shell:
        "{params.python} ablate.steps.page --request {params.request} > {log:q} 2>&1"
