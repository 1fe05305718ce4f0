# Tables: one a study, and those of the whole report.
# Needs: metrics.json of the runs that a table shows.
# Gives: {results}/tables/{table}.csv .md .tex


rule table:
    input:
        unpack(inputs_of("tables/{table}")),
    output:
        csv=f"{results}/tables/{{table}}.csv",
        md=f"{results}/tables/{{table}}.md",
        tex=f"{results}/tables/{{table}}.tex",
        record=f"{results}/records/tables/{{table}}.json",
    log:
        f"{results}/logs/tables/{{table}}.log",
    wildcard_constraints:
        table="|".join(products.tables()),
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        recorded=recorded("tables/{table}"),
        kind=lambda wildcards: products[f"tables/{wildcards.table}"].request["kind"],
    shell:
        "python -m ablate.steps.recorded {params.recorded} {params.kind} --out {output.csv:q}"
        " > {log:q} 2>&1"
