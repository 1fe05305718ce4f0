# Trainings, and the metrics of each.
# Needs: {results}/data/manifest.json and the images beside it.
# Gives: {results}/data/networks.json, before any training where a network might not take the images,
#        or a step runs code of one's own
#        {results}/runs/{run}/seed{seed}/: checkpoint.pt history.csv steps.npz predictions.npz
#        tensorboard/ training.json metrics.json


# So that a network which cannot take the images, or own code that fails in its first step, stops a
# build before any training is paid for.
rule networks:
    input:
        # manifest
        inputs_of("networks"),
    output:
        networks=f"{results}/data/networks.json",
        record=f"{results}/records/networks.json",
    log:
        f"{results}/logs/networks.log",
    retries: 0
    localrule: True
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        python=python,
        request=request_of("networks"),
    shell:
        "{params.python} ablate.steps.networks --request {params.request} > {log:q} 2>&1"


rule train:
    input:
        # manifest, networks
        inputs_of("runs/{run}/seed{seed}"),
    output:
        checkpoint=f"{results}/runs/{{run}}/seed{{seed}}/checkpoint.pt",
        history=f"{results}/runs/{{run}}/seed{{seed}}/history.csv",
        steps=f"{results}/runs/{{run}}/seed{{seed}}/steps.npz",
        predictions=f"{results}/runs/{{run}}/seed{{seed}}/predictions.npz",
        tensorboard=directory(f"{results}/runs/{{run}}/seed{{seed}}/tensorboard"),
        record=f"{results}/runs/{{run}}/seed{{seed}}/training.json",
    log:
        f"{results}/logs/train/{{run}}/seed{{seed}}.log",
    # Below that of the metrics.
    priority: lambda wildcards: priorities[wildcards.run]
    conda:
        "../../envs/train.yaml"
    threads: plan.config.threads
    resources:
        gpu=int(on_gpu),
        mem_mb=memory_of("runs/{run}/seed{seed}"),
        # Each attempt goes on from the state that the one before has saved.
        runtime=240,
    params:
        python=python,
        request=request_of("runs/{run}/seed{seed}"),
    shell:
        "{params.python} ablate.steps.train --request {params.request} >> {log:q} 2>&1"


rule metrics:
    input:
        # trainings: the record of the run, which vouches for its other files
        inputs_of("metrics/{run}/seed{seed}"),
    output:
        metrics=f"{results}/runs/{{run}}/seed{{seed}}/metrics.json",
        record=f"{results}/records/metrics/{{run}}/seed{{seed}}.json",
    log:
        f"{results}/logs/metrics/{{run}}/seed{{seed}}.log",
    # Before the next training: the saved state of this one goes only now.
    priority: 1
    retries: 0
    localrule: True
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        python=python,
        request=request_of("metrics/{run}/seed{seed}"),
    shell:
        "{params.python} ablate.steps.metrics --request {params.request} > {log:q} 2>&1"
