"""distsne embed --anchor, --align and --fix: rows held near places or at them, on any ranks, and over a stop."""
import json
import shutil

import h5py
import numpy as np

import cases
import program

RANKS = (2, 3, 4, 7)


class Anchored(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.output = self.folder / "map.h5"

    def map(self, data, *options, ranks=None, output=None):
        self.log = self.embed(data, "-o", output or self.output, *options, ranks=ranks).errors
        return program.map_of(output or self.output)

    def stop(self, *options):
        """A run on two ranks is stopped in its iterations."""
        checkpoint = self.folder / "map.h5.checkpoint"
        result = program.run_and_stop("embed", *options, "-o", self.output, "--checkpoint-every", 0, ranks=2,
                                      when=checkpoint.exists)
        self.assertEqual(result.code, 75, result.stderr)
        self.assertTrue(checkpoint.exists(), "stopped before the iterations")

    def refused(self, words, *options):
        for ranks in (1, 3):
            result = program.run("embed", *options, ranks=ranks)
            self.assertEqual(result.code, 2, result.stderr)
            self.assertIn(words, result.errors)
            self.assertEqual(result.errors.count(words), 1, result.errors)


class PcaAnchor(Anchored):
    def setUp(self):
        super().setUp()
        self.data = self.digits(program.fewer(1797, 400))

    def figures(self):
        out = self.folder / "figures.json"
        result = program.run("evaluate", self.output, "--pca", "50", "--kl", "yes", "--json", out, "-q")
        self.assertEqual(result.code, 0, result.stderr)
        (one,) = json.loads(out.read_text())["maps"]
        return {name: figure["value"] for name, figure in one["figures"].items()} | {"stated": one["stated_kl"]}

    def test_more_of_the_whole_and_nearly_all_of_the_parts(self):
        self.map(self.data)
        free = self.figures()
        self.map(self.data, "--anchor", "pca")
        held = self.figures()
        self.assertGreater(held["spearman"], free["spearman"] + 0.01)
        self.assertGreater(held["label_hit_10"], free["label_hit_10"] - 0.01)
        self.assertGreater(held["preservation_10"], 0.97 * free["preservation_10"])
        # The cost that a run states is that of the map without its anchors.
        self.assertAlmostEqual(held["kl"], held["stated"], delta=2e-4)
        self.assertLess(held["kl"], 1.2 * free["kl"])

    def test_rows_come_to_their_anchors_when_these_are_strong(self):
        y = self.map(self.data, "--iterations", 400, "--anchor", "pca", "--anchor-strength", "1").astype(float)
        with h5py.File(self.data) as file:
            x = file["X"][:].astype(float)
        x -= x.mean(axis=0)
        scores = x @ np.linalg.svd(x, full_matrices=False)[2][:2].T
        for m in range(2):
            self.assertGreater(abs(np.corrcoef(y[:, m], scores[:, m])[0, 1]), 0.95)

    def test_the_same_bits_on_any_ranks(self):
        for more in (["--neighbors", "exact"], ["--method", "sne", "--dims", "1"],
                     ["--neighbors", "exact", "--dims", "3", "--field", "grid", "--schedule", "classic"]):
            options = ["-q", "--iterations", 120, "--anchor", "pca", "--anchor-strength", "0.05", *more]
            alone = self.map(self.data, *options)
            for ranks in RANKS:
                self.assertTrue(program.same_bits(self.map(self.data, *options, ranks=ranks), alone), (more, ranks))

    def test_a_stopped_run_goes_on_to_the_same_bits(self):
        options = ["--neighbors", "exact", "--iterations", 500, "--anchor", "pca"]
        alone = self.map(self.data, *options)
        self.output.unlink()
        self.stop(self.data, "-q", *options)
        self.embed(self.data, "-q", "-o", self.output, *options)
        self.assertTrue(program.same_bits(program.map_of(self.output), alone))

    def test_what_cannot_be(self):
        self.refused("must begin with", self.data, "-o", self.output, "--anchor", "pca", "--init", "random")
        self.refused("number from 0 to 1", self.data, "-o", self.output, "--anchor", "pca", "--anchor-strength", "2")


class EarlierMap(Anchored):
    def setUp(self):
        super().setUp()
        self.old = self.folder / "old.h5"
        self.random = np.random.default_rng(8)

    def named(self, name, rows):
        """Digits of these numbers, each with its name."""
        with h5py.File(program.DIGITS) as source:
            return self.write(name, X=source["X"][:][rows], labels=source["labels"][:][rows],
                              row_names=np.array([f"digit {i}" for i in rows], dtype="S"))

    def places(self, path):
        """The bytes of each row, by its name."""
        with h5py.File(path) as file:
            return {name: place.tobytes() for name, place in zip(file["row_names"][:].tolist(), file["embedding"][:])}

    def small(self):
        """A map of 200 digits and a file of 330 that has 180 of them, in another order."""
        self.map(self.named("few.h5", np.arange(200)), "-q", "--iterations", 150, output=self.old)
        return self.named("more.h5", self.random.permutation(np.arange(20, 350)))

    def accuracy(self, path, new):
        """Share of the rows called as in `new` whose nearest neighbor has the same label."""
        with h5py.File(path) as file:
            y, labels, names = file["embedding"][:].astype(float), file["labels"][:], file["row_names"][:].tolist()
        distance = ((y[:, None, :] - y[None, :, :]) ** 2).sum(axis=-1)
        np.fill_diagonal(distance, np.inf)
        hit = labels[distance.argmin(axis=1)] == labels
        return np.mean([h for h, name in zip(hit, names) if name in new])

    def grow(self, option):
        """A map of 400 digits that becomes one of 800 and one of 1200: what was told of each step."""
        steps = program.fewer((400, 800, 1200), (100, 150, 200))
        order = self.random.permutation(1797)
        names = ["step 0.h5"]
        self.map(self.named("0.h5", order[: steps[0]]), output=self.folder / names[0])
        for step in (1, 2):
            rows = self.random.permutation(order[: steps[step]])
            names.append(f"step {step}.h5")
            self.map(self.named(f"{step}.h5", rows), option, self.folder / names[-2], output=self.folder / names[-1])
            before, after = self.places(self.folder / names[-2]), self.places(self.folder / names[-1])
            self.assertIn(f"{steps[step - 1]} of {steps[step]} rows are in", self.log)
            self.assertGreater(self.accuracy(self.folder / names[-1], after.keys() - before.keys()), 0.85)
            yield before, after, self.folder / names[-1]

    def test_a_map_grows_by_steps_and_its_rows_move_little(self):
        for before, after, path in self.grow("--align"):
            with h5py.File(path) as file:
                names, drift, facts = file["row_names"][:].tolist(), file["drift"][:], dict(file.attrs)
            apart = np.array([np.linalg.norm(np.frombuffer(after[name], "f4").astype(float) -
                                             np.frombuffer(before[name], "f4")) if name in before else np.nan
                              for name in names])
            np.testing.assert_allclose(drift, apart, rtol=1e-6)
            old = np.array([np.frombuffer(place, "f4") for place in before.values()]).astype(float)
            self.assertAlmostEqual(facts["drift_rms"], np.sqrt(np.nanmean(apart ** 2)), places=4)
            self.assertAlmostEqual(facts["drift_most"], np.nanmax(apart), places=4)
            self.assertAlmostEqual(facts["earlier_spread"], np.sqrt(old.var(axis=0).sum()), places=4)
            self.assertEqual(facts["earlier_rows"], len(before))
            self.assertLess(facts["drift_rms"], 0.25 * facts["earlier_spread"])
            self.assertGreater(facts["drift_rms"], 0)
            self.assertIn("have moved by", self.log)

    def test_a_map_grows_by_steps_and_its_rows_keep_their_bytes(self):
        for before, after, path in self.grow("--fix"):
            self.assertEqual({name: after[name] for name in before}, before)
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["drift_most"], 0)

    def test_strong_anchors_hold_rows_where_they_were(self):
        data = self.small()
        drift = []
        for strength in ("0", "0.01", "0.3"):
            self.map(data, "-q", "--align", self.old, "--anchor-strength", strength)
            with h5py.File(self.output) as file:
                drift.append(file.attrs["drift_rms"])
        self.assertGreater(drift[0], 1.5 * drift[1])
        self.assertGreater(drift[1], 2 * drift[2])

    def test_the_same_bits_on_any_ranks(self):
        data = self.small()
        old = self.places(self.old)
        for option in ("--align", "--fix"):
            for more in ([], ["--neighbors", "exact", "--field", "grid", "--schedule", "classic"],
                         ["--method", "sne", "--k", "60"]):
                options = ["-q", "--iterations", 120, option, self.old, *more]
                alone = self.map(data, *options)
                for ranks in RANKS:
                    self.assertTrue(program.same_bits(self.map(data, *options, ranks=ranks), alone), (more, ranks))
                    if option == "--fix":
                        new = self.places(self.output)
                        self.assertEqual({name: new[name] for name in old if name in new},
                                         {name: place for name, place in old.items() if name in new})

    def test_a_stopped_run_goes_on_to_the_same_bits(self):
        data = self.small()
        moved = self.folder / "elsewhere.h5"
        for option in ("--align", "--fix"):
            options = ["--neighbors", "exact", "--iterations", 3000]
            alone = self.map(data, "-q", option, self.old, *options)
            self.stop(data, option, self.old, *options)
            other = "--fix" if option == "--align" else "--align"
            self.refused("the map of --align or --fix is another", data, "-o", self.output, other, self.old, *options)
            shutil.copy(self.old, moved)
            with h5py.File(moved, "a") as file:
                file["embedding"][30, 0] += 1
            self.refused("the map of --align or --fix is another", data, "-o", self.output, option, moved, *options)
            shutil.copy(self.old, moved)  # of another name and time, and the same
            self.embed(data, "-q", "-o", self.output, option, moved, *options)
            self.assertTrue(program.same_bits(program.map_of(self.output), alone))

    def test_rows_without_names_are_those_of_the_same_place(self):
        data = self.digits(150)
        self.map(data, "-q", "--iterations", 150, output=self.old)
        before = program.map_of(self.old)
        self.assertTrue(program.same_bits(self.map(data, "--fix", self.old), before))
        self.assertIn("by their order", self.log)
        self.refused("not both have names of rows", self.digits(160), "-o", self.output, "--align", self.old)

    def test_rows_are_the_same_by_another_list(self):
        ids = np.arange(150) * 7
        with h5py.File(program.DIGITS) as source:
            x = source["X"][:150]
        self.map(self.write("first.h5", X=x[:100], ids=ids[:100]), "-q", "--iterations", 100, output=self.old)
        data = self.write("second.h5", X=x[::-1], ids=ids[::-1])
        self.map(data, "--fix", self.old, "--by", "ids")
        self.assertIn("100 of 150 rows", self.log)
        self.assertTrue(program.same_bits(program.map_of(self.output)[::-1][:100], program.map_of(self.old)))
        self.refused("no dataset 'idols'", data, "-o", self.output, "--fix", self.old, "--by", "idols")

    def test_rows_that_nothing_leads_to_begin_beside_the_map(self):
        random = np.random.default_rng(2)
        x = np.concatenate([random.normal(size=(150, 5)), 1000 + random.normal(size=(60, 5))])
        names = np.array([f"{i}" for i in range(210)], dtype="S")
        self.map(self.write("one.h5", X=x[:150], row_names=names[:150]), "-q", output=self.old)
        y = self.map(self.write("two.h5", X=x, row_names=names), "-q", "--fix", self.old, "--k", "20",
                     "--perplexity", "7").astype(float)
        distance = np.linalg.norm(y[:, None, :] - y[None, :, :], axis=-1)
        np.fill_diagonal(distance, np.inf)
        self.assertGreater(np.mean(distance[150:].argmin(axis=1) >= 150), 0.9)
        self.assertGreater(np.mean(distance[:150].argmin(axis=1) < 150), 0.9)

    def test_precision(self):
        data = self.small()
        precise = self.folder / "precise.h5"
        self.map(data, "-q", "--iterations", 50, "--precision", "double", output=precise)
        self.refused("32 bits do not hold", data, "-o", self.output, "--fix", precise)
        y = self.map(data, "-q", "--fix", precise, "--precision", "double")
        self.assertTrue(program.same_bits(y, program.map_of(precise)))
        self.map(data, "-q", "--fix", self.old, "--precision", "double")
        new = self.places(self.output)
        for name, place in self.places(self.old).items():
            if name in new:
                self.assertEqual(np.frombuffer(new[name], "f8").tolist(), np.frombuffer(place, "f4").tolist())

    def test_what_is_predicted(self):
        data = self.small()
        for option in ("--align", "--fix"):
            result = program.run("embed", data, "-o", self.output, option, self.old, "--dry-run")
            self.assertEqual(result.code, 0, result.stderr)
            self.assertRegex(result.stdout, r"(?m)^earlier map +[\d.]+ +\d+ +[\d.]+$")
            self.assertIn("180 of 330 rows", result.errors)
        self.assertFalse(self.output.exists())

    def test_what_cannot_be(self):
        data = self.small()
        run = [data, "-o", self.output]
        others = self.named("others.h5", np.arange(400, 500))
        for option in ("--align", "--fix"):
            self.refused("none of its names", others, "-o", self.output, option, self.old)
        option = "--align"  # both read the file in the same way
        self.refused("a map that distsne embed has written is wanted", *run, option, data)
        self.refused("missing.h5", *run, option, self.folder / "missing.h5")
        self.refused("must be as many", *run, option, self.old, "--dims", "3")
        self.refused("leave --init at auto", *run, option, self.old, "--init", "random")
        self.refused("choose one", *run, option, self.old, "--anchor", "pca")
        self.refused("which would be lost", data, "-o", self.old, option, self.old)
        twice = self.named("twice.h5", np.r_[0:100, 50:60])
        self.refused("several rows called 'digit 50'", twice, "-o", self.output, option, self.old)
        broken = self.folder / "unfinished.h5"
        shutil.copy(self.old, broken)
        with h5py.File(broken, "a") as file:
            file.attrs["finished"] = 0
        self.refused("finish it first", *run, option, broken)
        with h5py.File(broken, "a") as file:
            file.attrs["finished"] = 1
            file["embedding"][3, 1] = np.nan
        self.refused("NaN", *run, option, broken)
        self.refused("choose one", *run, "--align", self.old, "--fix", self.old)


if __name__ == "__main__":
    cases.main()
