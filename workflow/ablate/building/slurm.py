"""What this machine's Slurm says of itself, and what follows from it for Snakemake's plugin."""

import re
import subprocess


def configuration() -> dict[str, str]:
    """`scontrol show config` as a mapping; empty where Slurm does not answer."""
    try:
        done = subprocess.run(
            ["scontrol", "show", "config"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(re.findall(r"^(\w+)\s*= (.*?)\s*$", done.stdout, re.M))


def keeps_no_accounts(configuration: dict[str, str]) -> bool:
    """Whether `sacct` never sees a job end: there is no accounting database."""
    return configuration.get("AccountingStorageType") in ("accounting_storage/none", "(null)")


def advice(configuration: dict[str, str]) -> list[str]:
    """What a user has to know of this Slurm before jobs are sent to it."""
    said = []
    if "CANCEL" in configuration.get("PreemptMode", ""):
        said.append(
            "this Slurm cancels the jobs that it preempts (PreemptMode=CANCEL), and Snakemake's "
            "plugin waits for them for ever. A training has saved its state by then: `scontrol "
            "requeue JOB` lets it go on, or stop Snakemake (Ctrl-C) and start it again."
        )
    age = re.match(r"\d+", configuration.get("MinJobAge", ""))
    if keeps_no_accounts(configuration) and age and int(age[0]) < 120:
        said.append(
            f"this Slurm keeps no accounts and forgets a job {age[0]} s after its end "
            "(MinJobAge): set slurm-init-seconds-before-status-checks in the profile to a third "
            "of that, or Snakemake may not see jobs end."
        )
    return said
