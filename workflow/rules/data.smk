# The images, from any source, as one verified file and its manifest.
# Needs: data in config.yaml.
# Gives: {results}/data/images.npz, {results}/data/manifest.json


rule require_gpu:
    output:
        f"{results}/records/gpu.json",
    log:
        f"{results}/logs/require_gpu.log",
    retries: 0
    conda:
        "../../envs/train.yaml"
    resources:
        gpu=int(on_gpu),
        mem_mb=4000,
        runtime=10,
    params:
        python=python,
        request=lambda wildcards: agenda.work(write=builds()),
    shell:
        "{params.python} ablate.steps.require_gpu --request {params.request} --out {output:q} > {log:q} 2>&1"


# Which finished runs were trained on other images shows once these are packed: what stands on them
# is planned then.
checkpoint pack:
    input:
        # Full scale on a machine without a GPU stops before it downloads.
        gpu=lambda wildcards: gpu_found(),
        # no product: the source's own files, and a mark that says why the images are due
        outdated=inputs_of("data"),
    output:
        manifest=f"{results}/data/manifest.json",
        images=f"{results}/data/images.npz",
        record=f"{results}/records/data.json",
    log:
        f"{results}/logs/pack.log",
    retries: 0
    conda:
        "../../envs/train.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        python=python,
        request=request_of("data"),
    shell:
        "{params.python} ablate.steps.pack --request {params.request} > {log:q} 2>&1"


onsuccess:
    # Which runs the images outdate shows only once they are packed: those of other targets too.
    others = agenda.trained_on_others()
    if others:
        print(
            f"Of the finished runs {others} were trained on other images than are packed now."
            " A build that needs them trains them anew.",
            file=sys.stderr,
        )
