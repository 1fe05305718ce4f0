"""From numbers to answers: what a study's differences mean, and which claims they bear out.

Pure functions over samples of runs. Scipy is loaded where a quantile is needed, so that planning,
which reads the shapes alone, stays without it. `ablate.findings.stored` keeps all of it in
results/tables/findings.json.
"""
