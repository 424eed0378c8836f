"""What distsne plan and --dry-run say beforehand, what is refused for its memory, and how right it was."""
import json
import re
import unittest

import h5py
import numpy as np
import cases
import program

STAGES = ["read", "reduce", "neighbors", "affinities", "iterations", "write"]


def table(text):
    """The stages of a printed prediction: seconds, MB of a rank, MB that it sends."""
    rows = re.findall(r"^(\w+(?: map)?) +([\d.]+) +(\d+) +([\d.]+)$", text, re.M)
    return {name: tuple(map(float, values)) for name, *values in rows}


class Plan(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.source = self.folder / "blobs.h5"
        random = np.random.default_rng(3)
        centers = 5 * random.normal(size=(12, 100))
        with h5py.File(self.source, "w") as file:
            file["X"] = (centers[random.integers(12, size=6000)] + random.normal(size=(6000, 100))).astype("f4")
        self.before = self.names()

    def plan(self, *arguments, **options):
        result = program.run("plan", *arguments, **options)
        self.assertEqual(result.code, 0, result.stderr)
        self.assertEqual(result.errors, "")
        self.assertEqual(self.names(), self.before, "a plan writes nothing")
        return result.stdout

    def test_table_and_suggestion(self):
        text = self.plan(self.source, "--ranks", 2, "--threads", 1)
        first = "plan of tsne of 6000 rows x 100 columns on 2 ranks x 1 thread, 1 host\n"
        self.assertTrue(text.startswith(first), text)
        stages = table(text)
        self.assertEqual(list(stages), STAGES)
        self.assertTrue(all(memory > 20 for _, memory, _ in stages.values()), text)
        self.assertGreater(stages["iterations"][2], 0, "ranks send")
        self.assertRegex(text, r"each of the last of about 370 iterations: [\d.]+ ms, [\d.]+ MB sent by each rank")
        self.assertRegex(text, r"on each host: \d+ MB of \d")
        self.assertRegex(text, r"suggestion: \d+ ranks? x \d+ threads? on 1 host, ")
        self.assertRegex(text, r"\n  mpirun -n \d+ --map-by slot:PE=\d+ distsne embed")
        self.assertRegex(text, r"\n  sbatch --nodes=1 --ntasks-per-node=\d+ --cpus-per-task=\d+ --mem-per-cpu=\d+M "
                               r"--time=\d+ jobs/slurm/embed.sbatch")

    def test_initial_maps_that_are_computed(self):
        for kind in ("spectral", "multilevel"):
            stages = table(self.plan(self.source, "--ranks", 2, "--threads", 1, "--init", kind))
            self.assertEqual(list(stages), STAGES[:4] + ["initial map"] + STAGES[4:])
            self.assertGreater(stages["initial map"][0], 0)

    def test_follows_the_options(self):
        def iterations(*options):
            return table(self.plan(self.source, "--ranks", 1, "--threads", 1, *options))["iterations"]

        few, many = iterations("--iterations", 300), iterations("--iterations", 3000)
        self.assertGreater(many[0], 4 * few[0])
        alone = table(self.plan(self.source, "--ranks", 1, "--threads", 1))
        self.assertTrue(all(sent == 0 for _, _, sent in alone.values()), "one rank sends nothing")
        eight = table(self.plan(self.source, "--ranks", 8, "--hosts", 4, "--threads", 1))
        self.assertLess(eight["read"][1], alone["read"][1], "rows are spread over the ranks")
        dense = self.plan(self.source, "--ranks", 1, "--threads", 1, "--neighbors", "all")
        self.assertNotIn("neighbors", table(dense))
        self.assertGreater(table(dense)["affinities"][1], 6000 * 6000 * 4 / 1e6)
        self.assertNotIn("reduce", table(self.plan(self.source, "--pca", "off", "--ranks", 1)))

    def test_millions_of_rows_need_hosts(self):
        """Of a file that is large by its header: most of it was never written, and reads as zeros."""
        large = self.folder / "large.h5"
        with h5py.File(large, "w") as file:
            data = file.create_dataset("X", (50000000, 50), dtype="i1", chunks=(100000, 50), compression="gzip")
            data[:100000] = np.ones((100000, 50), dtype="i1")
        self.before = self.names()
        text = self.plan(large, "--cores", 64, "--memory", "250G", "--ranks", 1024, "--hosts", 16)
        stages = table(text)
        self.assertIn("50000000 rows x 50 columns on 1024 ranks x 1 thread, 16 hosts", text)
        self.assertLess(stages["neighbors"][1], 2000)
        refused = program.run("plan", large, "--ranks", 1, "--memory", "16G")
        self.assertEqual(refused.code, 2)
        self.assertRegex(refused.errors, r"the run is predicted to take \d+ GB on a host \(1 rank of \d+ GB, most of "
                                         r"it for '\w+'\), and may take 17 GB there: .*--memory\n\Z")
        self.assertRegex(refused.stdout, r"suggestion: \d+ ranks x \d+ threads? on \d+ hosts, ")

    def test_runs_that_do_not_fit_are_refused(self):
        output = self.folder / "map.h5"
        for arguments in (["embed"], ["embed", "--dry-run"], ["neighbors"]):
            for ranks in (None, 3):
                with self.subTest(arguments=arguments, ranks=ranks):
                    result = program.run(*arguments, self.source, "-o", output, "--memory", "20M", ranks=ranks)
                    self.assertEqual(result.code, 2, result.stderr)
                    self.assertRegex(result.errors, r"distsne: the run is predicted to take \d+ MB on a host "
                                                    rf"\({ranks or 1} ranks? of \d+ MB, .* may take 21 MB there")
                    self.assertEqual(self.names(), self.before)
        self.embed(self.source, "-q", "-o", output, "--memory", "off", "--iterations", 2)

    def test_dry_run_computes_nothing(self):
        for ranks in (None, 2):
            result = self.embed(self.source, "-q", "-o", self.folder / "map.h5", "--dry-run", ranks=ranks)
            self.assertEqual(list(table(result.stdout)), STAGES)
            self.assertEqual(self.names(), self.before)

    def test_a_limit_that_is_too_short_for_a_stage(self):
        """Such a stage would be begun again by every run: the log says so."""
        note = r"note: affinities will take about \d+ s, and this run may take 0 s: .*never be done"
        for limit, code in (("0.01s", 75), ("1h", 0)):
            result = program.run("embed", self.source, "-o", self.folder / "map.h5", "--neighbors", "all", "--max-time",
                                 limit, "--iterations", 2, ranks=2)
            self.assertEqual(result.code, code, result.stderr)
            self.assertEqual(re.search(note, result.stderr) is not None, code == 75, result.stderr)

    def test_bad_requests(self):
        missing = self.folder / "missing.h5"
        for arguments, words in (([missing], "cannot read"), ([self.source, "--perplexity", "1e6"], "perplexity"),
                                 ([self.source, "--ranks", "0"], "--ranks"), ([self.source, "--memory", "2X"], "2X"),
                                 ([self.source, "--dataset", "Y"], "'Y'")):
            with self.subTest(arguments=arguments):
                result = program.run("plan", *arguments)
                self.assertEqual(result.code, 2)
                self.assertIn(words, result.stderr)
        result = program.run("embed", self.source, "-o", self.folder / "none/map.h5", "--dry-run")
        self.assertEqual(result.code, 2, "a dry run checks the output, too")
        self.assertEqual(self.names(), self.before)

    def test_prediction_and_measurement_are_in_the_log(self):
        log = self.folder / "log.jsonl"
        some = program.fewer(300, 60)
        for options in (["--iterations", some], ["--neighbors", "all", "--field", "direct", "--iterations", some // 5],
                        ["--affinity", "uniform", "--iterations", some]):
            for ranks in (1, 2, 3):
                with self.subTest(options=options, ranks=ranks):
                    result = self.embed(self.source, "--verbose", "-o", self.folder / "map.h5", "--log-json", log,
                                        *options, ranks=ranks)
                    end = json.loads(log.read_text().splitlines()[-1])
                    for stage in ("read", "reduce", "affinities", "iterations"):
                        predicted = end["stages"][stage]["predicted"]
                        self.assertGreater(predicted["seconds"], 0)
                        self.assertRegex(result.stderr, rf"\n{stage} .*{predicted['memory'] / 1e6:.0f}\n")
                    if not program.SANITIZED:
                        self.assertAlmostEqual(end["predicted"]["memory"] / end["peak_memory"]["max"], 1, delta=0.25)


if __name__ == "__main__":
    cases.main()
