# Figures: those of the report, and one per study.
# Needs: tables, histories and small files of the runs; a figure of weights also their checkpoint.
# Gives: {results}/figures/{figure}.png .svg


rule figure:
    input:
        # metrics, trainings, tables, manifest: what the figure shows
        unpack(inputs_of("figures/{figure}")),
    output:
        png=report(
            f"{results}/figures/{{figure}}.png",
            caption="../../report/captions/figure.rst",
            category="3 Figures",
            labels=lambda wildcards: menu.figure_labels(plan, wildcards.figure),
        ),
        svg=f"{results}/figures/{{figure}}.svg",
        record=f"{results}/records/figures/{{figure}}.json",
    log:
        f"{results}/logs/figures/{{figure}}.log",
    wildcard_constraints:
        figure=names_of("figures"),
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        step=step,
        request=request_of("figures/{figure}"),
        caption=lambda wildcards: menu.figure_caption(plan, wildcards.figure),
    shell:
        "{params.step}.figure --request {params.request} > {log:q} 2>&1"
