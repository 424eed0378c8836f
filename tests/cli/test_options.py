"""Options from the command line, from --config files and from results; --help and --version."""
import h5py
import numpy as np
import cases
import program

DEFAULTS = {
    "--method": "tsne", "--dims": "2", "--perplexity": "auto", "--tail": "1", "--init": "auto", "--seed": "42",
    "--schedule": "annealed", "--iterations": "auto", "--exaggeration-iterations": "auto",
    "--early-exaggeration": "auto", "--exaggeration-decay": "auto", "--exaggeration": "1", "--tolerance": "auto",
    "--learning-rate": "auto", "--early-momentum": "auto", "--momentum": "auto", "--optimizer": "auto",
    "--precision": "float", "--threads": "auto", "--measure-every": "50", "--metric": "euclidean", "--pca": "50",
    "--neighbors": "auto", "--k": "auto", "--recall": "0.95", "--affinity": "perplexity", "--sigma": "1",
    "--field": "auto", "--accuracy": "auto", "--checkpoint": "auto", "--checkpoint-every": "15min",
    "--max-time": "auto", "--memory": "auto", "--normalize": "off", "--log1p": "false", "--arcsinh": "off",
    "--scale": "false", "--transpose": "false", "--snapshots": "0", "--init-scale": "off",
    "--seeds": "off", "--perplexities": "off", "--bootstraps": "0", "--bootstrap-share": "0.8",
    "--anchor": "off", "--anchor-strength": "auto",
}
# Every option at a value that is not its default.
OTHER = [
    "--dataset", "group/X", "--method", "ssne", "--dims", "3", "--perplexity", "12.25", "--tail", "0.7",
    "--init", "random", "--seed", "18446744073709551615", "--iterations", "35", "--exaggeration-iterations", "15",
    "--schedule", "classic", "--tolerance", "0.001", "--exaggeration", "1.5", "--early-exaggeration", "3.3",
    "--exaggeration-decay", "0.25",
    "--learning-rate", "7.1", "--early-momentum", "0.31", "--momentum", "0.61",
    "--optimizer", "gd", "--precision", "double", "--threads", "2", "--measure-every", "7",
    "--metric", "cosine", "--pca", "4", "--neighbors", "exact", "--k", "37", "--recall", "0.85", "--affinity", "sigma",
    "--checkpoint", "off", "--checkpoint-every", "1h30min", "--max-time", "2d", "--memory", "12G",
    "--sigma", "1.5", "--field", "direct", "--accuracy", "0.02",
    "--arcsinh", "5", "--snapshots", "9", "--init-scale", "auto",
]


class Config(program.ProgramTest):
    def setUp(self):
        super().setUp()
        self.input = self.folder / "the input.h5"
        with h5py.File(self.input, "w") as file:
            file["group/X"] = np.random.default_rng(0).normal(size=(60, 5))
            file["other"] = np.zeros((3, 3))
        self.output = self.folder / """a "map" # 1 [it's, 'so'] \\ = .h5"""

    def dump(self, *arguments, **options):
        result = self.embed(*arguments, "--dump-config", **options)
        self.assertEqual(result.stderr, "")
        return result.stdout

    def test_round_trip(self):
        config = self.folder / "run.conf"
        config.write_text(self.dump(self.input, "-o", self.output, *OTHER, ranks=2))
        self.assertFalse(self.output.exists(), "--dump-config must not compute")
        self.assertEqual(self.dump("--config", config), config.read_text())
        for value in OTHER[1::2]:
            self.assertIn(value, config.read_text())

        self.embed(self.input, "-q", "-o", self.output, *OTHER)
        expected = program.map_of(self.output)
        self.assertEqual(expected.shape, (60, 3))
        self.output.unlink()
        self.embed("-q", "--config", config)
        self.assertTrue(program.same_bits(program.map_of(self.output), expected))

    def test_result_tells_how_to_repeat_it(self):
        self.embed(self.input, "-q", "-o", self.output, *OTHER)
        expected = program.map_of(self.output)
        config = self.folder / "again.conf"
        with h5py.File(self.output) as file:
            config.write_text(file.attrs["config"])
        again = self.folder / "again.h5"
        self.embed("-q", "--config", config, "-o", again)
        self.assertTrue(program.same_bits(program.map_of(again), expected))

    def test_defaults_are_effective_options(self):
        dumped = self.dump("in.h5", "-o", "out.h5")
        for option, value in DEFAULTS.items():
            self.assertRegex(dumped, rf"(?m)^{option[2:]}={value}$")
        config = self.folder / "run.conf"
        config.write_text(dumped)
        self.assertEqual(self.dump("--config", config), dumped)

    def test_values_are_dumped_in_one_form(self):
        def dumped(*options):
            return self.dump("in.h5", "-o", "out.h5", *options)

        for same in (("--checkpoint-every", "90min", "5400", "1h 30m"), ("--memory", "2G", "2048MiB", "2147483648"),
                     ("--tail", "0.5", "5e-1", "0.50"), ("--max-time", "auto"), ("--memory", "off")):
            option, first, *others = same
            for other in others:
                self.assertEqual(dumped(option, other), dumped(option, first))

    def test_options_without_effect_are_noted(self):
        result = self.embed(self.input, "--dataset", "group/X", "-o", self.output, "--sigma", 2, "--iterations", 0,
                            "--perplexity", 10)
        self.assertIn("note: --sigma has no effect with --affinity perplexity\n", result.stderr)
        self.assertEqual(result.stderr.count("has no effect"), 1)

    def test_command_line_wins_over_config(self):
        config = self.folder / "run.conf"
        config.write_text('# a comment\n  perplexity = 11  # another\n\ndims="3"\r\n')
        dumped = self.dump("in.h5", "-o", "out.h5", "--config", config, "--dims", 1)
        self.assertRegex(dumped, r"(?m)^perplexity=11$")
        self.assertRegex(dumped, r"(?m)^dims=1$")

    def test_initial_map_from_a_file(self):
        init = self.folder / "run:1.h5"
        positions = np.random.default_rng(1).normal(size=(60, 2))
        with h5py.File(init, "w") as file:
            file["Y"] = positions
        arguments = [self.input, "--dataset", "group/X", "-q", "-o", self.output, "--iterations", 0,
                     "--precision", "double", "--perplexity", 10]
        self.embed(*arguments, "--init", init)
        self.assertTrue(program.same_bits(program.map_of(self.output), positions), "taken as it is")
        with h5py.File(init, "a") as file:
            file["Z"] = 2 * positions
        self.embed(*arguments, "--init", f"{init}:Z", ranks=3)
        self.assertTrue(program.same_bits(program.map_of(self.output), 2 * positions))

    def test_a_result_can_be_the_next_initial_map(self):
        options = [self.input, "--dataset", "group/X", "-q", "--iterations", 5, "--perplexity", 10]
        next_map = self.folder / "next.h5"
        self.embed(*options, "-o", self.output)
        self.embed(*options, "-o", next_map, "--init", f"{self.output}:embedding", "--exaggeration-iterations", 0)
        with h5py.File(next_map) as file:
            self.assertGreater(file["embedding"][:].std(), 0)


class Help(program.ProgramTest):
    def test_options_are_grouped_and_show_their_defaults(self):
        result = self.embed("--help")
        self.assertEqual(result.stderr, "")
        text = result.stdout
        place = 0
        for title in ("Usage: distsne embed INPUT", "Input and output:", "Metric and reduction:", "Neighbors:",
                      "Affinities:", "The map:", "Optimization:", "Repulsion:",
                      "Checkpoints and time:", "The run:"):
            self.assertIn(title, text[place:])
            place = text.index(title, place)
        for option, value in DEFAULTS.items():
            if value == "false":
                self.assertRegex(text, rf"(?m)^  {option} ", "a flag")
                continue
            self.assertRegex(text, rf"(?m)^  {option} \S(.*)(\n {{10,}}.*)*?\[{value}\]$", option)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        self.assertEqual(self.embed("-h", ranks=3).stdout, text, "printed once, by one rank")

    def test_program(self):
        result = program.run("--help")
        self.assertEqual((result.code, result.stderr), (0, ""))
        for usage in ("embed INPUT -o OUTPUT", "neighbors INPUT -o GRAPH", "plot OUTPUT -o PICTURE"):
            self.assertIn(f"distsne {usage}", result.stdout)
        version = program.run("--version", ranks=2)
        self.assertEqual((version.code, version.errors), (0, ""))
        self.assertRegex(version.stdout, r"\Adistsne \d+\.\d+\.\d+ \(([0-9a-f]+(-dirty)?|unknown)\)\n"
                                         r"\S.*, HDF5 1\.\d+\.\d+, \S+ here\n\Z")


if __name__ == "__main__":
    cases.main()
