"""Stopping, being killed, and going on: always to the same bits."""
import random
import shutil
import signal
import subprocess
import time

import h5py
import numpy as np
import cases
import kills
import program

# Long enough for a signal to arrive in the middle.
ITERATIONS = program.fewer(1200, 240)
SCHEDULE = ["--exaggeration-iterations", ITERATIONS // 4, "--measure-every", ITERATIONS // 12]
LONG = [*SCHEDULE, "--iterations", ITERATIONS]


class Checkpoints(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.source = self.digits(900)
        self.output = self.folder / "map.h5"
        self.checkpoint = self.folder / "map.h5.checkpoint"

    def start(self, *options, ranks=None, threads=1, **more):
        """A run of its own process group, with its pipes."""
        return subprocess.Popen(
            program.command("embed", self.source, "-o", self.output, *options, ranks=ranks),
            env=program.environment(threads), start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **more)

    def wait_for(self, condition, process, seconds=60):
        end = time.monotonic() + seconds * program.PATIENCE
        while not condition():
            self.assertIsNone(process.poll(), "the run has ended already")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)

    def end_of(self, process, seconds=60):
        try:
            _, errors = process.communicate(timeout=seconds * program.PATIENCE)
        finally:
            program.end(process)
        return process.returncode, program.BANNER.sub("", errors)

    def expected(self, *options):
        reference = self.folder / "reference.h5"
        self.embed(self.source, "-q", "-o", reference, "--checkpoint", "off", *options)
        with h5py.File(reference) as file:
            return file["embedding"][:], {name: file["history"][name][:] for name in file["history"]}

    def expect_same(self, expected):
        with h5py.File(self.output) as file:
            self.assertEqual(file.attrs["finished"], 1)
            self.assertTrue(program.same_bits(file["embedding"][:], expected[0]))
            for name, values in expected[1].items():
                self.assertTrue(program.same_bits(file["history"][name][:], values), name)
        left = [name for name in self.names() if "checkpoint" in name or "partial" in name]
        self.assertEqual(left, [], "nothing is left behind by a run that is done")

    def test_a_stopped_run_may_go_on_with_changes_if_told_so(self):
        stopped = program.run("embed", self.source, "-q", "-o", self.output, "--schedule", "classic",
                                   "--iterations", 100000000, "--max-time", "1s")
        self.assertEqual(stopped.code, 75, stopped.stderr)
        with h5py.File(self.output) as file:
            done = int(file.attrs["iterations"])
        changed = ["embed", self.source, "-q", "-o", self.output, "--schedule", "classic", "--iterations", done + 20,
                   "--learning-rate", 77]
        refused = program.run(*changed)
        self.assertEqual(refused.code, 2, refused.stderr)
        self.assertIn("--resume-with-changes", refused.stderr)
        self.assertTrue(self.checkpoint.exists(), "nothing is lost by a refusal")
        self.assertEqual(program.run(*changed, "--resume-with-changes").code, 0)
        with h5py.File(self.output) as file:
            self.assertEqual(file.attrs["iterations"], done + 20)
            self.assertRegex(str(file.attrs["changes"]), "learning-rate")

    def test_signals_stop_in_good_order_and_the_same_command_goes_on(self):
        more_ranks, fewer_ranks = (signal.SIGUSR1, None, 3), (signal.SIGUSR1, 3, 1)
        alone = [(signal.SIGTERM, None, None), (signal.SIGINT, None, 2)]
        for options, stops in (([], [more_ranks, fewer_ranks, *alone]),
                               (["--neighbors", "approx", "--field", "grid"], [more_ranks, fewer_ranks]),
                               (["--method", "sne", "--precision", "double"], [fewer_ranks])):
            options = [*LONG, *options]
            expected = self.expected(*options)
            for number, ranks, next_ranks in stops:
                with self.subTest(options=options, signal=number, ranks=ranks):
                    process = self.start("--checkpoint-every", 0, *options, ranks=ranks)
                    self.wait_for(self.checkpoint.exists, process)
                    time.sleep(0.1)
                    process.send_signal(number)
                    code, errors = self.end_of(process)
                    self.assertEqual(code, 75, errors)
                    self.assertRegex(errors, rf"distsne: stopped by {signal.Signals(number).name} after iteration \d+; "
                                             r"the map so far is in \S+map.h5; the same command goes on from \S+\n\Z")
                    with h5py.File(self.output) as file:
                        self.assertEqual(file.attrs["finished"], 0)
                        self.assertTrue(0 < file.attrs["iterations"] < ITERATIONS)
                        self.assertEqual(file["embedding"].shape, (900, 2))
                    result = self.embed(self.source, "-o", self.output, *options, ranks=next_ranks)
                    self.assertRegex(result.stderr, r"(?m)^resumed after iteration \d+ from ")
                    self.expect_same(expected)

    def test_max_time_in_small_steps_reaches_the_end(self):
        options = [*SCHEDULE, "--neighbors", "exact", "--field", "grid", "--iterations", ITERATIONS]
        expected = self.expected(*options)
        codes = []
        for step in range(100):
            limit = 0.25 + 0.05 * step  # starting up may take longer than the first of them
            result = program.run("embed", self.source, "-q", "-o", self.output, *options, "--max-time", f"{limit}s",
                                 ranks=1 + step % 2)
            codes.append(result.code)
            self.assertIn(result.code, (0, 75), result.stderr)
            if result.code == 0:
                break
        self.assertEqual(codes[-1], 0)
        self.assertGreater(len(codes), 1)
        self.expect_same(expected)

    def test_time_is_up_before_anything_is_computed(self):
        result = program.run("embed", self.source, "-q", "-o", self.output, "--max-time", "0", ranks=2)
        self.assertEqual(result.code, 75)
        self.assertRegex(result.errors, r"\Adistsne: stopped by the time limit; the same command starts again\n\Z")

    def test_limit_of_a_slurm_job(self):
        environment = {**program.environment(), "SLURM_JOB_END_TIME": str(int(time.time()) + 10)}
        with subprocess.Popen(program.command("embed", self.source, "-q", "-o", self.output, "--iterations", 1000000),
                              env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              start_new_session=True) as process:
            code, errors = self.end_of(process)
        self.assertEqual(code, 75, errors)
        self.assertIn("stopped by the time limit", errors)

    def test_killed_runs_go_on(self):
        """SIGKILL at random moments, all stages kept: the last run ends in the bits of one that was left alone."""
        draw = random.Random(5)
        options = [*SCHEDULE, "--neighbors", "approx", "--field", "grid", "--iterations", ITERATIONS // 4]
        expected = self.expected(*options)
        killed = 0
        for attempt in range(60):
            ranks = draw.choice([None, 2, 3])
            process = self.start("-q", "--checkpoint-every", 0, *options, ranks=ranks)
            try:
                # The more often it was killed the longer it may live.
                process.wait(draw.uniform(0.02, 0.2 + 0.06 * attempt))
            except subprocess.TimeoutExpired:
                killed += 1
                if ranks is None:
                    process.kill()
                else:
                    kills.kill_one_rank(process)
            code = kills.end_after_kill(process)
            process.stderr.close()
            self.assertIsNotNone(code, "the job goes on without the rank that was killed")
            if code == 0:
                break
        self.assertGreater(killed, 4)
        if code != 0:
            self.embed(self.source, "-o", self.output, *options)
        self.expect_same(expected)

    def stopped(self, *options, **more):
        """A checkpoint of a run that was stopped in its iterations."""
        process = self.start("-q", "--checkpoint-every", 0, *options, **more)
        previous = self.folder / "map.h5.checkpoint.previous"
        self.wait_for(lambda: self.checkpoint.exists() and previous.exists(), process)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(self.end_of(process)[0], 75)
        return [self.checkpoint, previous]

    @staticmethod
    def damage(path, how):
        data = bytearray(path.read_bytes())
        if how == "cut":
            data = data[: len(data) // 2]
        elif how == "empty":
            data = b""
        elif how == "overwritten":
            middle = len(data) // 2
            data[middle:middle + 8] = bytes(8)
        else:
            data[: len(data)] = b"\0" * len(data)
        path.write_bytes(bytes(data))

    def test_damaged_checkpoints_fall_back(self):
        options = [*SCHEDULE, "--neighbors", "exact", "--iterations", ITERATIONS * 7 // 12]
        expected = self.expected(*options)
        for how in ("cut", "empty", "overwritten", "zeros"):
            for both in (False, True):
                with self.subTest(how=how, both=both):
                    newest, previous = self.stopped(*options)
                    stages = self.folder / "map.h5.checkpoint.stages"
                    for path in (newest, previous, stages) if both else (newest,):
                        self.damage(path, how)
                    result = self.embed(self.source, "-o", self.output, *options, ranks=2)
                    self.assertRegex(result.stderr, r"(?m)^note: .*map.h5.checkpoint.*damaged.*; going on without it$")
                    self.assertEqual("from " + str(previous) in result.stderr, not both, result.stderr)
                    self.expect_same(expected)

    def test_one_that_was_fallen_back_on_stays_until_there_is_another(self):
        """A damaged file does not take its place, and a half-written one is not left behind."""
        newest, previous = self.stopped(*LONG)
        self.damage(newest, "cut")
        kept = previous.read_bytes()
        unfinished = self.folder / "map.h5.checkpoint.partial"
        unfinished.write_bytes(b"half")
        log = self.folder / "log.jsonl"
        process = self.start("-q", "--checkpoint-every", "1h", "--log-json", log, *LONG)
        self.wait_for(lambda: log.exists() and '"event":"iteration"' in log.read_text(), process)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(self.end_of(process)[0], 75)
        self.assertEqual(previous.read_bytes(), kept)
        unfinished.write_bytes(b"half")
        self.embed(self.source, "-o", self.output, *LONG, "--checkpoint-every", "1h")
        self.assertEqual([name for name in self.names() if "checkpoint" in name], [])

    def test_checkpoint_of_another_run_is_refused(self):
        self.stopped(*LONG)
        kept = {path.name: path.read_bytes() for path in self.folder.glob("*checkpoint*")}
        other = self.write("other.h5", X=np.random.default_rng(0).normal(size=(900, 64)))
        for says, arguments in (
            ("--perplexity was auto and is 20", [self.source, *LONG, "--perplexity", 20]),
            ("--seed was 42 and is 1", [self.source, *LONG, "--seed", 1]),
            ("--precision was float and is double", [self.source, *LONG, "--precision", "double"]),
            ("the input has changed", [other, *LONG]),
            ("the rows of the input were 900 and are 500", [self.digits(500), *LONG]),
        ):
            for ranks in (None, 3):
                result = program.run("embed", "-q", "-o", self.output, *arguments, ranks=ranks)
                self.assertEqual(result.code, 2, result.stderr)
                self.assertEqual(result.errors.count("\n"), 1, result.errors)
                for text in (says, "--restart"):
                    self.assertIn(text, result.errors)
        self.assertEqual(kept, {path.name: path.read_bytes() for path in self.folder.glob("*checkpoint*")})
        # The same rows in another file are the same input; --restart starts afresh.
        copy = self.folder / "copy.h5"
        shutil.copyfile(self.source, copy)
        self.assertIn("resumed", self.embed(copy, "-o", self.output, *LONG).stderr)
        self.stopped(*LONG)
        result = self.embed(self.source, "-o", self.output, *LONG, "--perplexity", 20, "--restart")
        self.assertNotIn("resumed", result.stderr)
        self.expect_same(self.expected(*LONG, "--perplexity", 20))

    def test_input_removed_or_cut_between_runs(self):
        self.stopped(*LONG)
        whole = self.source.read_bytes()
        self.source.unlink()
        result = program.run("embed", self.source, "-q", "-o", self.output, *LONG)
        self.assertEqual(result.code, 2)
        self.assertIn(str(self.source), result.errors)
        self.source.write_bytes(whole[: len(whole) // 2])
        result = program.run("embed", self.source, "-q", "-o", self.output, *LONG)
        self.assertEqual(result.code, 2)
        self.source.write_bytes(whole)
        self.assertIn("resumed", self.embed(self.source, "-o", self.output, *LONG).stderr)

    def test_off_and_named(self):
        named = self.folder / "state"
        process = self.start("-q", "--checkpoint", named, "--checkpoint-every", 0, *LONG)
        self.wait_for(named.exists, process)
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(self.end_of(process)[0], 75)
        self.assertFalse(self.checkpoint.exists())
        result = self.embed(self.source, "-o", self.output, "--checkpoint", named, *LONG)
        self.assertIn("resumed", result.stderr)
        self.assertFalse(named.exists())
        result = program.run("embed", self.source, "-o", self.output, "--checkpoint", self.folder / "no" / "file")
        self.assertEqual(result.code, 2)
        self.assertIn("does not exist", result.errors)
        process = self.start("-q", "--checkpoint", "off", *SCHEDULE, "--iterations", 100000)
        time.sleep(1)
        process.send_signal(signal.SIGUSR1)
        code, errors = self.end_of(process)
        self.assertEqual(code, 75)
        self.assertIn("the same command starts again", errors)
        self.assertEqual([name for name in self.names() if "checkpoint" in name], [])

    def test_bad_times(self):
        for option in ("--checkpoint-every", "--max-time"):
            for value in ("soon", "-5", "5 parsecs", "3h50", ""):
                result = program.run("embed", self.source, "-o", self.output, f"{option}={value}")
                self.assertEqual(result.code, 2, (option, value))
                self.assertIn(option, result.errors)


if __name__ == "__main__":
    cases.main()
