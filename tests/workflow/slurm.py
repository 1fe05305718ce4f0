"""A Slurm of three nodes on this machine, for tests: two with a pretended GPU each, one without.

It has no accounting, as small clusters do, and keeps all its files in one folder. What is submitted
to its partition `urgent` takes nodes from what runs in the other.
"""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")
NODES = ("n1", "n2", "n3")
PATIENCE = 300.0
# Where Slurm's programs look: its plugin for Snakemake passes no SLURM_CONF on to a job's steps.
SYSTEM = Path("/etc/slurm")

CONFIG = """\
ClusterName=lab
SlurmctldHost={host}
SlurmctldPort={port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=bf_interval=2,sched_interval=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
GresTypes=gpu
ReturnToService=2
MinJobAge=300
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[0]} CPUs=2 RealMemory=8000 Gres=gpu:1
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=8000 Gres=gpu:1
NodeName=n3 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=8000
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=all Nodes=n1,n2,n3 Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=n1,n2,n3 MaxTime=INFINITE State=UP PriorityTier=2 PreemptMode=OFF
"""
# These nodes are one machine, whatever it has.
OPTIONS = "SlurmdParameters=config_overrides\n"


def missing() -> str | None:
    """Why no Slurm can be brought up here; None where one can."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if absent:
        return f"{absent[0]} is not installed (Debian: slurm-wlm munge)"
    if os.getuid() != 0:
        return "only root can bring up a Slurm"
    return "a Slurm is set up here already" if (SYSTEM / "slurm.conf").exists() else None


class Slurm:
    """A running Slurm; its clients find it by `environment`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"SLURM_CONF": str(folder / "slurm.conf")}
        self.processes: list[subprocess.Popen] = []

    def up(self) -> None:
        """Start it and wait until its nodes are idle."""
        for name in ("state", *(f"spool-{node}" for node in NODES)):
            (self.folder / name).mkdir(parents=True)
        port, *ports = free_ports(4)
        config = CONFIG.format(
            host=socket.gethostname(), folder=self.folder, port=port, ports=ports
        )
        (self.folder / "slurm.conf").write_text(config + OPTIONS)
        (self.folder / "gres.conf").write_text("NodeName=n1,n2 Name=gpu File=/dev/null\n")
        SYSTEM.mkdir(exist_ok=True)
        for name in ("slurm.conf", "gres.conf"):
            (SYSTEM / name).unlink(missing_ok=True)
            (SYSTEM / name).symlink_to(self.folder / name)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "seed-file": "seed"}
        self.start(
            "munged",
            "--foreground",
            "--force",
            *(f"--{option}={self.folder}/munge.{end}" for option, end in files.items()),
        )
        wait_for((self.folder / "munge.socket").exists)
        self.start("slurmctld", "-D")
        for node in NODES:
            self.start("slurmd", "-D", "-N", node)
        wait_for(
            lambda: (
                self.call("sinfo", "-hN", "-p", "all", "-t", "idle", "-o", "%N").split() == [*NODES]
            )
        )

    def start(self, *command: str) -> None:
        """Start one of its daemons."""
        with (self.folder / f"{command[0]}-{len(self.processes)}.out").open("w") as out:
            daemon = subprocess.Popen(
                command, env={**os.environ, **self.environment}, stdout=out, stderr=out
            )
        self.processes.append(daemon)

    def down(self) -> None:
        """Cancel what runs and stop the daemons."""
        self.call("scancel", "--user=root")
        for daemon in reversed(self.processes):
            daemon.terminate()
        for daemon in self.processes:
            daemon.wait(timeout=30)
        for name in ("slurm.conf", "gres.conf"):
            (SYSTEM / name).unlink(missing_ok=True)

    def call(self, *command: str) -> str:
        """What a client answers."""
        return subprocess.run(
            command,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def jobs(self) -> dict[str, tuple[str, str, str]]:
        """All jobs that it remembers: number -> (rule and wildcards, state, GPUs asked for)."""
        every = ("squeue", "-h", "--states=all")
        shown = self.call(*every, "-O", "JobID:20,tres-per-job:40").splitlines()
        gpus = dict(line.split(maxsplit=1) for line in shown)
        lines = self.call(*every, "-o", "%i|%k|%T").splitlines()
        return {
            number: (what, state, gpus.get(number, ""))
            for number, what, state in (line.split("|") for line in lines)
        }


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(true: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: it does not within `patience` seconds.
    """
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
