"""A Slurm cluster of one node on this machine, for tests of job scripts; without systemd, in a folder of its own."""
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY")
NEEDED = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "scontrol")


def missing():
    """Why there can be no cluster; empty when there can."""
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    absent = [name for name in NEEDED if shutil.which(name, path=path) is None]
    if absent:
        return f"{', '.join(absent)} not installed"
    return "" if os.geteuid() == 0 else "slurmd has to be started by root"


class Cluster:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="distsne-slurm-"))
        self.folder.chmod(0o755)
        self.daemons = []
        self.next_hastening = 0.0
        host = socket.gethostname().split(".")[0]
        self.environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
                            "SLURM_CONF": str(self.folder / "slurm.conf")}
        user = pwd.getpwuid(os.geteuid()).pw_name
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        for name in ("state", "spool", "munge"):
            (self.folder / name).mkdir(mode=0o755)
        ports = [self.free_port() for _ in range(2)]
        (self.folder / "slurm.conf").write_text(f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge/socket
CredType=cred/munge
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
MpiDefault=pmix
JobRequeue=1
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=16000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
""")

    @staticmethod
    def free_port():
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            return one.getsockname()[1]

    def daemon(self, *command):
        log = (self.folder / f"{command[0]}.out").open("w")
        self.daemons.append(subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=subprocess.STDOUT, start_new_session=True))
        log.close()

    def __enter__(self):
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        munge = self.folder / "munge"
        self.daemon("munged", "--foreground", "--force", f"--key-file={key}", f"--socket={munge}/socket",
                    f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.wait_until(lambda: (munge / "socket").exists())
        self.daemon("slurmctld", "-D", "-c", "-f", str(self.folder / "slurm.conf"))
        self.daemon("slurmd", "-D", "-f", str(self.folder / "slurm.conf"))
        self.wait_until(lambda: "idle" in self.run("sinfo", "-h", "-o", "%T", check=False))
        return self

    def __exit__(self, *_):
        subprocess.run(["scancel", "--full", "-u", pwd.getpwuid(os.geteuid()).pw_name], env=self.environment,
                       check=False, timeout=30)
        time.sleep(1)
        for process in reversed(self.daemons):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_until(self, condition, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                logs = "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in self.folder.glob("*.out"))
                logs += "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in self.folder.glob("*.log"))
                raise TimeoutError(logs)
            time.sleep(0.2)

    def run(self, *command, check=True, cwd=None, **variables):
        result = subprocess.run(list(map(str, command)), env={**self.environment, **variables}, cwd=cwd, check=False,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=120)
        if check and result.returncode != 0:
            raise RuntimeError(f"{command}: {result.stderr}")
        return result.stdout

    def finished(self, job, goes_on=lambda: False):
        """Waits until a job, with all of its tasks, has come to its end, and is none that goes on by itself.

        On its way back into the queue a job looks for a while as if it had ended.
        """
        def ended():
            shown = self.run("scontrol", "show", "job", "-o", job, check=False)
            states = re.findall(r"JobState=(\w+)", shown)
            # A requeued job would wait for two minutes. It cannot start in the second in which it ended: its node takes
            # it for the one before, whose credential is revoked.
            if states == ["PENDING"] and "Reason=BeginTime" in shown and time.monotonic() > self.next_hastening:
                self.next_hastening = time.monotonic() + 8
                self.run("scontrol", "update", f"JobId={job}", "StartTime=now+2", check=False)
            return bool(states) and all(state in ENDED for state in states) and not goes_on()

        seen = [False, False, False]
        while not all(seen):  # a job on its way back into the queue may look as if it had ended
            self.wait_until(ended, 600)
            seen = []
            for _ in range(3):
                time.sleep(0.7)
                seen.append(ended())
