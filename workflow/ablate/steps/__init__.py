"""The command lines that Snakemake's rules call."""
