"""Killing a rank of a run under mpirun, and waiting until the job has noticed."""
import os
import pathlib
import random
import signal
import subprocess
import time

import program


def parent(path):
    try:
        return int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return None


def children(pid):
    return [path for path in pathlib.Path("/proc").iterdir() if path.name.isdigit() and parent(path) == pid]


def state(path):
    try:
        return (path / "stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return "Z"


def kill_one_rank(launcher, number=signal.SIGKILL, choose=random):
    """One rank only; mpirun has to end the others. False when the run has ended by itself."""
    while launcher.poll() is None:
        ranks = [int(path.name) for path in children(launcher.pid)]
        if ranks:
            try:
                os.kill(choose.choice(ranks), number)
                return True
            except ProcessLookupError:
                pass
    return False


def kill_all(process):
    """A program, or mpirun with all its ranks, which have process groups of their own, and live on for a while."""
    ranks = [int(path.name) for path in children(process.pid)]
    process.kill()
    for rank in ranks:
        try:
            os.kill(rank, signal.SIGKILL)
        except ProcessLookupError:
            pass


def end_after_kill(process, seconds=60):
    """The exit code of a job that has to be over within a minute: every rank, and mpirun, but for one of its deadlocks.

    Open MPI 4.1 can lock up in PMIx_server_finalize when a rank dies while it connects: all ranks are gone then. None
    when the job goes on.
    """
    end = time.monotonic() + seconds * program.PATIENCE
    while process.poll() is None and time.monotonic() < end:
        states = [state(path) for path in children(process.pid)]
        if states and all(one == "Z" for one in states):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                program.end(process)
        time.sleep(0.02)
    code = process.poll()
    program.end(process)
    return code
