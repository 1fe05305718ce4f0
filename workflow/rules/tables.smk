# Tables: one per study, and those of the whole report; and what their differences mean.
# Needs: metrics.json of the runs that a table shows; for findings also predictions and step series.
# Gives: {results}/tables/{table}.csv .md .tex, {results}/tables/findings.json


rule table:
    input:
        # metrics, or for a table of the whole report tables, trainings or findings
        inputs_of("tables/{table}"),
    output:
        csv=f"{results}/tables/{{table}}.csv",
        md=f"{results}/tables/{{table}}.md",
        tex=f"{results}/tables/{{table}}.tex",
        record=f"{results}/records/tables/{{table}}.json",
    log:
        f"{results}/logs/tables/{{table}}.log",
    wildcard_constraints:
        table=names_of("tables"),
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        python=python,
        request=request_of("tables/{table}"),
    shell:
        "{params.python} ablate.steps.table --request {params.request} > {log:q} 2>&1"


# Every study's answer and every claim's verdict.
rule findings:
    input:
        # metrics, trainings: the records, which vouch for predictions and step series
        inputs_of("findings"),
    output:
        json=f"{results}/tables/findings.json",
        record=f"{results}/records/findings.json",
    log:
        f"{results}/logs/findings.log",
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        python=python,
        request=request_of("findings"),
    shell:
        "{params.python} ablate.steps.findings --request {params.request} > {log:q} 2>&1"
