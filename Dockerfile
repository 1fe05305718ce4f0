# ablate with its pinned requirements, of which torch brings CUDA with it: docs/cluster.md
# No container engine has built this file yet. Its steps have been run one by one in a bare Debian 12,
# and hadolint passes it.
FROM python:3.11-slim-bookworm
# Debian keeps no old versions, so a pinned one could not be had for long.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /ablate
# The pins first: a change of the code installs nothing anew.
COPY Makefile pyproject.toml README.md ./
COPY envs envs
COPY workflow workflow
RUN make setup PYTHON=python3.11
COPY . .
ENV PATH=/ablate/.venv/bin:$PATH
# Projects are mounted at a folder of their own; results are written there.
WORKDIR /work
CMD ["snakemake", "--help"]
