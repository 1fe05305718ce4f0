"""A build: what Snakemake is told of a plan, on which machine, and how it begins and ends."""
