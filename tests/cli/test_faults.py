"""What happens when a rank dies, the time is up or the map diverges, in each stage; and when the disk is full."""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest

import h5py
import numpy as np
import cases
import kills
import program

STAGES = ["read", "reduce", "neighbors", "affinities", "iterations"]
# Each stage takes a while, and each has something to keep.
OPTIONS = ["--neighbors", "exact", "--exaggeration-iterations", 40, "--iterations", 60, "--measure-every", 20]


def write_blobs(path, rows, columns):
    draw = np.random.default_rng(11)
    centers = draw.normal(scale=6, size=(30, columns))
    with h5py.File(path, "w") as file:
        rows = centers[draw.integers(30, size=rows)] + draw.normal(size=(rows, columns))
        file.create_dataset("X", data=(8 * rows).astype("i2"), chunks=(500, columns), compression="gzip")


class StageFaults(program.ProgramTest):
    """Faults in a run that is long enough to be met in every stage."""

    @classmethod
    def setUpClass(cls):
        """The data, the map of a run that is left alone, and how long its stages take."""
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="distsne-test-")))
        cls.source = folder / "blobs.h5"
        write_blobs(cls.source, program.fewer(8000, 2500), program.fewer(500, 100))
        reference, log = folder / "reference.h5", folder / "log.jsonl"
        result = program.run("embed", cls.source, "-q", "-o", reference, "--checkpoint", "off", "--log-json", log,
                             *OPTIONS, ranks=2)
        if result.code != 0:
            raise AssertionError(result.stderr)
        cls.expected = program.map_of(reference)
        records = [json.loads(line) for line in log.read_text().splitlines()]
        cls.seconds = {stage: records[-1]["stages"][stage]["seconds"]["max"] for stage in STAGES}
        assert [record["stage"] for record in records if record["event"] == "stage"] == STAGES[:-1]

    def setUp(self):
        super().setUp()
        self.output = self.folder / "map.h5"
        self.log = self.folder / "log.jsonl"

    def records(self):
        """What the log holds so far; its last line may be half written."""
        lines = self.log.read_text().split("\n")[:-1] if self.log.exists() else []
        return [json.loads(line) for line in lines]

    def done(self):
        """Stages that the log says are done."""
        return [record["stage"] for record in self.records() if record["event"] == "stage"]

    def start(self, *options, ranks=None):
        self.log.unlink(missing_ok=True)
        self.output.unlink(missing_ok=True)
        return subprocess.Popen(
            program.command("embed", self.source, "-q", "-o", self.output, "--log-json", self.log, *OPTIONS, *options,
                            ranks=ranks),
            env=program.environment(), start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)

    def reach(self, process, stage):
        """Waits until a stage has begun: the log has a line of each that is done. False when the run has ended."""
        before = STAGES[STAGES.index(stage) - 1] if stage != "read" else None
        while process.poll() is None:
            if before in self.done() or (before is None and self.records()):
                return True
            time.sleep(0.001)
        return False

    def end_of(self, process):
        """What it has said."""
        try:
            return program.BANNER.sub("", process.communicate(timeout=60 * program.PATIENCE)[1])
        finally:
            program.end(process)

    def finish(self, ranks):
        """The run goes on, to the same bits, and leaves nothing behind."""
        self.embed(self.source, "-q", "-o", self.output, *OPTIONS, ranks=ranks)
        self.assertTrue(program.same_bits(program.map_of(self.output), self.expected))
        self.assertEqual([name for name in self.names() if "checkpoint" in name or "partial" in name], [])
        self.output.unlink()

    def test_a_rank_is_killed_in_each_stage(self):
        draw = random.Random(3)
        for stage in STAGES:
            with self.subTest(stage=stage):
                met = False
                for _ in range(10):
                    process = self.start("--checkpoint-every", 0, ranks=draw.choice([2, 3]))
                    killed = self.reach(process, stage)
                    if killed:
                        time.sleep(draw.uniform(0, 0.8) * self.seconds[stage])
                        killed = kills.kill_one_rank(process, choose=draw)
                    done = self.done()
                    code = kills.end_after_kill(process)
                    process.stderr.close()
                    self.assertIsNotNone(code, "the job goes on without the rank that was killed")
                    if killed and stage not in done and not self.output.exists():
                        self.assertNotEqual(code, 0)
                        met = True
                        break
                self.assertTrue(met, "the stage was never met")
                self.finish(draw.choice([None, 2, 3]))

    def test_the_time_is_up_in_each_stage(self):
        for count, stage in enumerate(STAGES):
            with self.subTest(stage=stage):
                low, high = 0.0, 4 * sum(self.seconds.values()) + 5
                for _ in range(40):
                    if high - low < 0.02:  # what else the machine does makes runs faster or slower
                        low, high = 0.7 * low, 1.4 * high
                    limit = (low + high) / 2
                    process = self.start("--restart", "--max-time", f"{limit}s")
                    errors = self.end_of(process)
                    done = len(self.done()) if process.returncode == 75 else len(STAGES)
                    self.assertIn(process.returncode, (0, 75), errors)
                    # Nothing of a stage is known where not even the header was written.
                    if done == count and self.records():
                        break
                    low, high = (limit, high) if done < count or not self.records() else (low, limit)
                self.assertEqual(done, count, "the stage was never met")
                self.assertRegex(errors, r"\Adistsne: stopped by the time limit.*; the same command "
                                         r"(starts again|goes on from \S+)\n\Z")
                self.assertEqual(self.output.exists(), stage == "iterations")
                self.finish(2)

    def test_a_signal_in_each_stage(self):
        for stage in STAGES:
            with self.subTest(stage=stage):
                process = self.start(ranks=2)
                self.assertTrue(self.reach(process, stage), "it has ended already")
                process.send_signal(signal.SIGUSR1)
                errors = self.end_of(process)
                self.assertEqual(process.returncode, 75, errors)
                self.assertIn("stopped by SIGUSR1", errors)
                self.finish(None)


class Faults(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.source = self.digits(600)
        self.output = self.folder / "map.h5"

    def test_a_map_that_diverges(self):
        """Steps so large that coordinates overflow: the run says where it was last fine."""
        options = ["--optimizer", "gd", "--exaggeration-iterations", 5, "--iterations", 400]
        for ranks in (None, 3):
            with self.subTest(ranks=ranks):
                result = program.run("embed", self.source, "-q", "-o", self.output, *options, "--learning-rate", 1e36,
                                     "--checkpoint-every", 0, ranks=ranks)
                self.assertEqual(result.code, 1, result.stderr)
                found = re.fullmatch(r"distsne: .*iteration (\d+).*row (\d+).*; the last good checkpoint is that of "
                                     r"iteration (\d+), in (\S+)\n", result.errors)
                self.assertIsNotNone(found, result.errors)
                self.assertTrue(0 < int(found[3]) <= int(found[1]))
                self.assertLess(int(found[2]), 600)
                self.assertFalse(self.output.exists())
                result = program.run("embed", self.source, "-q", "-o", self.output, *options, "--learning-rate", 1e36,
                                     "--max-time", 0, ranks=ranks)
                self.assertEqual(result.code, 75, "the checkpoint is whole")
                for path in self.folder.glob("map.h5.checkpoint*"):
                    path.unlink()
        result = program.run("embed", self.source, "-q", "-o", self.output, *options, "--learning-rate", 1e36,
                             "--checkpoint", "off")
        self.assertIn("there is no checkpoint", result.errors)

    @unittest.skipUnless(os.geteuid() == 0, "a small file system takes root")
    def test_full_file_system(self):
        """Of the result, and of a checkpoint: a clear error, and older files as they were."""
        small = self.folder / "small"
        small.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("mounting is not allowed here")
        try:
            older = small / "map.h5"
            older.write_bytes(bytes(range(256)) * 200)
            for ranks in (None, 3):
                for name, options in (("map.h5", ["-o", older, "--checkpoint", "off"]),
                                      ("state", ["-o", self.output, "--checkpoint", small / "state",
                                                 "--checkpoint-every", 0])):
                    with self.subTest(name=name, ranks=ranks):
                        result = program.run("embed", self.source, "-q", "--iterations", 300, *options, ranks=ranks)
                        self.assertEqual(result.code, 3, result.stderr)
                        self.assertRegex(result.errors, rf"\Adistsne: writing '\S+small/{name}\S*' failed: No space "
                                                        r"left on device\n")
                        self.assertEqual([path.name for path in small.iterdir()], ["map.h5"])
                        self.assertEqual(older.read_bytes(), bytes(range(256)) * 200)
                        self.assertFalse(self.output.exists())
        finally:
            subprocess.run(["umount", small], check=True)


if __name__ == "__main__":
    cases.main()
