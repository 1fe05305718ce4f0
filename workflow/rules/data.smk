# The images, from any source, as one verified file and its manifest.
# Needs: data in config.yaml.
# Gives: {results}/data/images.npz, {results}/data/manifest.json


rule check_gpu:
    output:
        f"{results}/records/gpu.json",
    log:
        f"{results}/logs/check_gpu.log",
    conda:
        "../../envs/train.yaml"
    resources:
        gpu=int(on_gpu),
        mem_mb=4000,
        runtime=10,
    params:
        request=lambda wildcards: shlex.quote(json.dumps(requests.gpu(plan))),
    shell:
        "python -m ablate.steps.check_gpu --request {params.request} --out {output:q} > {log:q} 2>&1"


rule pack:
    input:
        unpack(inputs_of("data")),
        # Full scale on a machine without a GPU stops before it downloads.
        gpu=ancient(rules.check_gpu.output) if plan.awaits_gpu else [],
    output:
        manifest=f"{results}/data/manifest.json",
        images=f"{results}/data/images.npz",
        record=f"{results}/records/data.json",
    log:
        f"{results}/logs/pack.log",
    conda:
        "../../envs/train.yaml"
    threads: workflow.cores
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        recorded=recorded("data"),
    shell:
        "python -m ablate.steps.recorded {params.recorded} --out {output.manifest:q} > {log:q} 2>&1"


onsuccess:
    # Which runs the images outdate shows only once they are packed.
    reasons = Staleness(products).outdated()
    others = [
        name for name, reason in reasons.items() if reason.startswith("data:")
    ]
    if others:
        print(
            f"{len(others)} finished runs were trained on other images than are packed now:"
            " the same command again retrains them.",
            file=sys.stderr,
        )
