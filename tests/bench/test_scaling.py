"""The model of scaling predicts what the program sends: bytes and messages of a rank, by stage, on a few ranks."""
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

import cases

SOURCE = pathlib.Path(os.environ["DISTSNE_SOURCE_DIR"])
BENCHMARK = pathlib.Path(os.environ["DISTSNE"]).parent / "bench_loop"
TOLERANCE = 0.1  # points and edges of the model are drawn by other random numbers


class Model(unittest.TestCase):
    def setUp(self):
        if not BENCHMARK.exists():
            self.skipTest("the benchmarks were not built: NOTHING WAS CHECKED")
        folder = tempfile.TemporaryDirectory(prefix="distsne-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_loop(self, ranks, *options):
        path = self.folder / f"loop_{ranks}.json"
        command = [*shlex.split(os.environ["DISTSNE_MPIEXEC"]), "-n", str(ranks), BENCHMARK, "--json", path, *options]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout)
        return path

    def model(self, *arguments):
        return subprocess.run([sys.executable, SOURCE / "tests/bench/scaling/scaling_model.py", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def test_bytes_and_messages_are_as_predicted(self):
        runs = [self.run_loop(ranks, "--rows-per-rank", "1000", "--iterations", "1") for ranks in (1, 2, 4, 7)]
        # More ranks than rows of tiles: tiles become flat, and are spread.
        runs.append(self.run_loop(6, "--rows-per-rank", "300", "--iterations", "1", "--width", "14"))
        result = self.model("--check", *runs, "--tolerance", str(TOLERANCE))
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_a_wrong_count_is_noticed(self):
        path = self.run_loop(2, "--rows-per-rank", "1000", "--iterations", "1")
        path.write_text(path.read_text().replace('"edges": 22', '"edges": 60'))
        result = self.model("--check", path, "--tolerance", str(TOLERANCE))
        self.assertEqual(result.returncode, 1, result.stdout)

    def test_the_table_names_the_longest_part(self):
        result = self.model("--rows", "1e5", "--ranks", "1", "64")
        self.assertEqual(result.returncode, 0, result.stdout)
        rows = [line.split() for line in result.stdout.splitlines() if line.strip().startswith("1e+05")]
        self.assertEqual([row[1] for row in rows], ["1", "64"])
        self.assertGreater(float(rows[0][2]), float(rows[1][2]))


if __name__ == "__main__":
    cases.main()
