# Figures: those of the report, and one per study.
# Needs: tables, histories and small files of the runs; a figure of weights also their checkpoint.
# Gives: {results}/figures/{figure}.png .svg .pdf, {figure}_narrow.pdf

# In Snakemake's report the site shows what these do, and those of images would double its size.
studys_own = [f"study_{study}" for study in plan.studies]
of_images = [name for name, figure in plan.config.figures.items() if figure.images]
unbound = [*studys_own, *of_images]


rule figure:
    input:
        # metrics, trainings, tables, manifest: what the figure shows
        inputs_of("figures/{figure}"),
    output:
        png=f"{results}/figures/{{figure}}.png",
        svg=report(
            f"{results}/figures/{{figure}}.svg",
            caption="../../report/captions/figure.rst",
            category="2 Figures",
            labels=lambda wildcards: menu.figure_labels(plan, wildcards.figure),
        ),
        pdf=f"{results}/figures/{{figure}}.pdf",
        narrow=f"{results}/figures/{{figure}}_narrow.pdf",
        record=f"{results}/records/figures/{{figure}}.json",
    log:
        f"{results}/logs/figures/{{figure}}.log",
    wildcard_constraints:
        figure=names_of("figures", *unbound),
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        python=python,
        request=request_of("figures/{figure}"),
        caption=lambda wildcards: menu.figure_caption(plan, wildcards.figure),
    shell:
        "{params.python} ablate.steps.figure --request {params.request} > {log:q} 2>&1"


use rule figure as unbound_figure with:
    output:
        png=f"{results}/figures/{{figure}}.png",
        svg=f"{results}/figures/{{figure}}.svg",
        pdf=f"{results}/figures/{{figure}}.pdf",
        narrow=f"{results}/figures/{{figure}}_narrow.pdf",
        record=f"{results}/records/figures/{{figure}}.json",
    wildcard_constraints:
        figure="|".join(unbound),
    params:
        caption="",
