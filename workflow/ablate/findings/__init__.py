"""From numbers to answers: what a study's differences mean, and which claims they bear out.

Pure functions over samples of runs. Scipy is loaded where a quantile is needed, so that planning,
which reads the shapes alone, stays without it.

results/tables/findings.json holds all of it, for pages and commands to show:
{"answers": {study: Answer}, "verdicts": {claim: Verdict}}, each as `dataclasses.asdict` has it,
with null for what is not known.
"""
