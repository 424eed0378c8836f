"""What a run leaves: every dataset and attribute that io/result.hpp lists; and what it says meanwhile."""
import json
import os
import pty
import re
import subprocess
import threading

import h5py
import numpy as np
import cases
import program

ATTRIBUTES = {
    "format": str, "format_version": np.int64, "version": str, "commit": str, "method": str, "input": str,
    "config": str, "iterations": np.int64, "finished": np.int64, "neighbors": np.int64, "recall": np.float64,
    "ending": str, "kl_fall": np.float64, "recoveries": np.int64, "flat": np.int64, "changes": str,
    "seed": np.uint64, "ranks": np.int64, "threads": np.int64, "instruction_set": str,
    "peak_memory_min": np.float64, "peak_memory_mean": np.float64, "peak_memory_max": np.float64,
}
PROGRESS = r"iteration +\d+ of \d+  (early exaggeration|annealing|embedding) +KL -?\d+\.\d+"


class ResultFile(program.ProgramTest):
    def test_has_everything_that_the_header_lists(self):
        output = self.folder / "map.h5"
        self.embed(self.digits(100), "-q", "-o", output, "--iterations", 40, "--exaggeration-iterations", 20,
                   "--measure-every", 15, "--schedule", "classic", "--seed", 5, "--perplexity", 20, ranks=3, threads=2)
        header = (program.SOURCE / "src/io/result.hpp").read_text()
        with h5py.File(output) as file:
            self.assertEqual(set(file), {"embedding", "labels", "history", "pca", "timings"})
            self.check_components(file["pca/explained_variance_ratio"][:])
            self.assertEqual((file["embedding"].shape, file["embedding"].dtype), ((100, 2), np.dtype("f4")))
            with h5py.File(program.DIGITS) as digits:
                self.assertTrue(program.same_bits(file["labels"][:], digits["labels"][:100]))
            self.check_history(file["history"])
            self.check_timings(file["timings"])
            self.assertEqual({name: type(value) for name, value in file.attrs.items()}, ATTRIBUTES)
            for name in (*ATTRIBUTES, *file, *file["history"], *file["timings"]):
                if name != "labels":
                    self.assertIn(re.sub(r"^peak_memory_.*", "peak_memory_", name), header)
            self.check_attributes(file.attrs)

    def check_components(self, ratio):
        self.assertEqual(ratio.shape, (50,))
        self.assertTrue((ratio[:-1] >= ratio[1:]).all() and ratio[-1] >= 0)
        self.assertTrue(0.97 < ratio.sum() <= 1)

    def check_history(self, history):
        self.assertEqual(set(history), {"iteration", "kl", "gradient_norm", "force_error", "exaggeration"})
        self.assertEqual(history["iteration"][:].tolist(), [0, 15, 30, 40])
        self.assertEqual(history["exaggeration"][:].tolist(), [12, 12, 1, 1])
        self.assertTrue(np.isfinite(history["kl"][:]).all())
        self.assertTrue((history["gradient_norm"][:] > 0).all())

    def check_timings(self, timings):
        self.assertEqual(set(timings), {"phase", "min", "mean", "max"})
        phases = timings["phase"].asstr()[:].tolist()
        self.assertEqual(len(set(phases)), len(phases))
        for stage in ("read", "initial map", "affinities", "iterations"):
            self.assertIn(stage, phases)
        least, mean, most = (timings[name][:] for name in ("min", "mean", "max"))
        self.assertTrue(((0 <= least) & (least <= mean) & (mean <= most) & (most < 100 * program.PATIENCE)).all())

    def check_attributes(self, attributes):
        self.assertEqual(attributes["format"], "distsne result")
        self.assertEqual(attributes["format_version"], 1)
        first = program.run("--version").stdout.splitlines()[0]
        self.assertEqual(f"distsne {attributes['version']} ({attributes['commit']})", first)
        self.assertEqual(attributes["method"], "tsne")
        self.assertEqual((attributes["iterations"], attributes["finished"]), (40, 1))
        self.assertEqual((attributes["neighbors"], attributes["recall"]), (99, 1))
        self.assertEqual(attributes["input"], f"{self.folder}/digits_100.h5:/X")
        self.assertIn("perplexity=20\n", attributes["config"])
        self.assertEqual((attributes["seed"], attributes["ranks"], attributes["threads"]), (5, 3, 2))
        self.assertTrue(attributes["instruction_set"])
        memory = [attributes[f"peak_memory_{kind}"] for kind in ("min", "mean", "max")]
        self.assertEqual(memory, sorted(memory))
        self.assertTrue(1e6 < memory[0] and memory[2] < 2e9)

    def test_strings_and_ids_are_carried_over(self):
        names = [f"cell {i}" for i in range(30)]
        source = self.write("cells.h5", X=np.random.default_rng(0).normal(size=(30, 4)),
                            barcode=np.array(names, dtype="S8"), donor=np.arange(30, dtype="<i8"), genes=np.zeros(4))
        with h5py.File(source, "a") as file:
            file["type"] = names
            file["type"].attrs["note"] = "by hand"
        output = self.folder / "map.h5"
        self.embed(source, "-q", "-o", output, "--perplexity", 5, "--iterations", 3, ranks=2)
        with h5py.File(output) as file:
            self.assertEqual(file["type"].asstr()[:].tolist(), names)
            self.assertEqual(file["type"].attrs["note"], "by hand")
            self.assertEqual(file["barcode"].asstr()[:].tolist(), names)
            self.assertEqual(file["barcode"].dtype, np.dtype("S8"))
            self.assertEqual(file["donor"][:].tolist(), list(range(30)))
            self.assertNotIn("genes", file)

    def test_all_dimensions_and_precisions(self):
        digits = self.digits(60)
        output = self.folder / "map.h5"
        for dims in (1, 2, 3):
            for precision, kind in (("float", "f4"), ("double", "f8")):
                self.embed(digits, "-q", "-o", output, "--dims", dims, "--precision", precision, "--iterations", 3,
                           "--perplexity", 10)
                embedding = program.map_of(output)
                self.assertEqual((embedding.shape, embedding.dtype), ((60, dims), np.dtype(kind)))


class Messages(program.ProgramTest):
    def embed_digits(self, *options, **more):
        return self.embed(self.digits(200), "-o", self.folder / "map.h5", "--iterations", 60, *options, **more)

    def test_quiet_says_nothing(self):
        result = self.embed_digits("--quiet", ranks=3)
        self.assertEqual((result.stdout, result.stderr), ("", ""))

    def test_a_log_has_plain_lines(self):
        for ranks in (None, 3):
            result = self.embed_digits("--measure-every", 20, ranks=ranks)
            self.assertEqual(result.stdout, "")
            self.assertTrue(result.stderr.endswith("\n"))
            lines = result.stderr[:-1].split("\n")
            self.assertRegex(lines[0], r"^distsne \S+: tsne of 200 rows x 64 columns, \d ranks? x 1 thread, \S+$")
            self.assertEqual(len(lines), 9, result.stderr)
            for stage, line in zip(("read", "reduce", "affinities"), lines[1:4]):
                self.assertRegex(line, rf"^{stage} +\d+\.\d\d s   \S.*\S$")
            for line in lines[4:-1]:
                self.assertRegex(line, f"^{PROGRESS}(  [0-9.e-]+ ms/iteration)?(  [0-9:]+( s)? left)?$")
            self.assertRegex(lines[-1], r"^200 rows in 2 dimensions written to \S+ after [0-9.]+ s, KL \d+\.\d+$")
            self.assertNotRegex(result.stderr, r"[\r\x1b]")

    def test_verbose_says_more(self):
        result = self.embed_digits("--verbose", "--measure-every", 30)
        for text in ("gradient norm", "learning rate", "seconds", "iterations ", "peak memory", "messages", "MB sent"):
            self.assertIn(text, result.stderr)

    def test_log_for_programs(self):
        log = self.folder / "log.jsonl"
        for quiet in ([], ["--quiet"]):
            log.unlink(missing_ok=True)
            self.embed_digits("--log-json", log, "--measure-every", 20, *quiet, ranks=2)
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            self.assertEqual([line["event"] for line in lines],
                             ["start", "stage", "stage", "stage", *4 * ["iteration"], "end"])
            self.assertTrue(all(one["time"] <= two["time"] for one, two in zip(lines, lines[1:])))
            start, end = lines[0], lines[-1]
            self.assertEqual((start["rows"], start["columns"], start["ranks"], len(start["hosts"])), (200, 64, 2, 1))
            self.assertIn("measure-every=20\n", start["config"])
            self.assertEqual([line["stage"] for line in lines[1:4]], ["read", "reduce", "affinities"])
            self.assertEqual([line["iteration"] for line in lines[4:-1]], [0, 20, 40, 60])
            with h5py.File(self.folder / "map.h5") as file:
                self.assertEqual([line["kl"] for line in lines[4:-1]], file["history/kl"][:].tolist())
            self.assertEqual((end["finished"], end["iterations"], end["recall"]), (True, 60, 1))
            self.assertGreater(end["stages"]["iterations"]["bytes_sent"]["min"], 0)
            self.assertGreater(end["peak_memory"]["max"], 1e6)
        result = program.run("embed", self.digits(200), "-o", self.folder / "map.h5", "--log-json", self.folder)
        self.assertEqual(result.code, 2)

    def on_terminal(self, ranks, *options):
        """What a run writes to its standard error when that is a terminal."""
        master, terminal = pty.openpty()
        written = []

        def read():
            while True:
                try:
                    piece = os.read(master, 65536)
                except OSError:  # the other end is closed
                    return
                written.append(piece)

        digits = self.digits(1797)
        with subprocess.Popen(
            program.command("embed", digits, "-o", self.folder / "map.h5", *options, ranks=ranks),
            env=program.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=terminal,
            start_new_session=True,
        ) as process:
            os.close(terminal)
            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            try:
                self.assertEqual(process.wait(100 * program.PATIENCE), 0)
            finally:
                program.end(process)
        reader.join(10)
        os.close(master)
        return b"".join(written).decode().replace("\r\n", "\n")

    def test_a_terminal_has_a_live_line(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                text = self.on_terminal(ranks, "--method", "sne", "--iterations", 500, "--measure-every", 200)
                live = re.findall(rf"(?m){PROGRESS}[^\n\r]*\r\x1b\[K", text)
                self.assertGreaterEqual(len(live), 1, text)
                # What stays on the screen is what a log would hold.
                final = re.sub(r"[^\n]*\r\x1b\[K", "", text)
                self.assertNotRegex(final, r"[\r\x1b]")
                iterations = [int(line.split()[1]) for line in final.splitlines() if line.startswith("iteration")]
                self.assertEqual(iterations, [0, 200, 400, 500])


if __name__ == "__main__":
    cases.main()
