"""The README tells the truth: its commands run, its links lead somewhere, its options and names exist."""
import os
import re
import subprocess
import sys

import cases
import h5py
import numpy as np
import png
import program

TEXT = (program.SOURCE / "README.md").read_text()
BLOCK = re.compile(r"(?m)^(?P<mark><!-- .* -->\n)?```(?P<language>\w+)\n(?P<code>(?:.*\n)*?)```$")


def table_after(heading):
    """The rows of the first table below a heading, as lists of cells."""
    section = TEXT[TEXT.index(f"# {heading}\n"):]
    rows = re.search(r"(?:^\|.*\|\n)+", section, re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def coarse(pixels, block=4):
    """Means over squares of pixels."""
    height, width = (side // block * block for side in pixels.shape[:2])
    return pixels[:height, :width].reshape(height // block, block, width // block, block, -1).mean(axis=(1, 3))


class Readme(program.ProgramTest):
    def test_every_block_runs_or_says_why_not(self):
        blocks = list(BLOCK.finditer(TEXT))
        self.assertEqual(len(blocks), TEXT.count("```") / 2)
        for block in blocks:
            runs = block["mark"] == "<!-- run -->\n"
            self.assertIn(block["language"], ("sh", "python") if runs else ("sh", "python", "cmake", "cpp"))
            self.assertRegex(block["mark"] or "no comment", r"^<!-- (run|not run: \S.*) -->\n$", block["code"])

    def test_blocks_run_in_their_order(self):
        self.make_checkout()
        script = "set -euo pipefail\n"
        for block in BLOCK.finditer(TEXT):
            if block["mark"] == "<!-- run -->\n":
                code = block["code"]
                script += code if block["language"] == "sh" else f"python3 - <<'END'\n{code}END\n"
        result = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.user_environment(),
                                timeout=250 * program.PATIENCE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(program.map_of(self.folder / "map.h5").shape, (1797, 2))
        with h5py.File(self.folder / "mine_map.h5") as file:
            self.assertEqual(file["embedding"].shape, (500, 2))
            self.assertEqual(set(file["labels"].asstr()[:]), {"a", "b"})
            self.assertIn("perplexity=15\n", file.attrs["config"])

    def test_gallery_is_what_its_commands_draw(self):
        """As far as can be seen: fonts of other versions move letters by parts of pixels."""
        digits = program.SOURCE / "tests/data/digits.h5"
        for output, *options in (["map.h5"], ["map_5.h5", "--perplexity", 5], ["map_50.h5", "--perplexity", 50]):
            self.embed(digits, "-q", "-o", self.folder / output, *options)
        shown = re.findall(r"(?m)^\| !\[.*\]\((\S+/gallery/(\S+\.png))\) \| (.*) \|$", TEXT)
        self.assertEqual({name for _, name, _ in shown},
                         {path.name for path in (program.SOURCE / "tests/reference/gallery").iterdir()})
        for stored, name, commands in shown:
            if "chromium" in commands:
                continue  # a page is not the same picture in each version of a browser
            for command in re.findall("`distsne (.*?)`", commands):
                subprocess.run([program.PROGRAM, *command.split()], cwd=self.folder, env=program.environment(),
                               check=True, timeout=60 * program.PATIENCE)
            drawn, kept = (png.pixels(path.read_bytes()).astype(float)
                           for path in (self.folder / name, program.SOURCE / stored))
            self.assertEqual(drawn.shape, kept.shape, name)
            off = np.abs(coarse(drawn) - coarse(kept))
            self.assertLess(off.mean(), 1.5, name)
            self.assertLess((off > 40).mean(), 0.01, name)

    def make_checkout(self):
        """A folder that looks like a checkout with the program built."""
        (self.folder / "tests").symlink_to(program.SOURCE / "tests")
        (self.folder / "build/release/bin").mkdir(parents=True)
        (self.folder / "build/release/bin/distsne").symlink_to(program.PROGRAM)
        (self.folder / "tools").mkdir()
        (self.folder / "tools/python3").symlink_to(sys.executable)

    def user_environment(self):
        """For machines with fewer cores than the commands ask for."""
        return {**program.environment(), "PATH": f"{self.folder / 'tools'}:{os.environ['PATH']}",
                "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none"}

    def test_options_and_their_defaults(self):
        text = program.run("embed", "--help").stdout
        rows = table_after("Options that matter")
        self.assertGreater(len(rows), 8)
        for option, default, _ in rows:
            option, default = option.strip("`"), default.strip("`")
            shown = rf"\[{default}\]" if default else ""
            self.assertRegex(text, rf"(?m)^  {option} \S[^\[]*{shown}$")

    def test_result_layout(self):
        output = self.folder / "map.h5"
        options = [self.digits(40), "-q", "--perplexity", 5, "--iterations", 3]
        self.embed(*options, "-o", output, "--snapshots", 1)
        several = self.folder / "maps.h5"
        self.embed(*options, "-o", several, "--seeds", "1,2")
        grown = self.folder / "grown.h5"
        self.embed(*options, "-o", grown, "--align", output)
        names = {name.strip("`") for name, _ in table_after("The result file")} - {"/NAME"}
        written = {"/labels"}
        with h5py.File(output) as file, h5py.File(several) as others, h5py.File(grown) as last:
            for name in names:
                stem, _, parts = name.partition("{")
                written |= {stem.replace("NUMBER", "2") + part for part in parts.rstrip("}").split(",")}
            found = []
            for one in (file, others, last):
                one.visititems(lambda name, item: found.append(f"/{name}") if isinstance(item, h5py.Dataset) else None)
            self.assertEqual(set(found), written)
            for name in (*file.attrs, *last.attrs, *others["ensemble/maps/2"].attrs):
                self.assertIn(f"`{name}`", TEXT)

    def test_links_lead_somewhere(self):
        anchors = {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-")
                   for title in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)}
        targets = re.findall(r"\]\(([^)]+)\)", TEXT)
        self.assertGreater(len(targets), 10)
        for target in targets:
            with self.subTest(target=target):
                if target.startswith("#"):
                    self.assertIn(target[1:], anchors)
                else:
                    self.assertTrue((program.SOURCE / target).exists())

    def test_exit_codes(self):
        header = (program.SOURCE / "include/distsne/base/error.hpp").read_text()
        listed = re.search(r"enum class ExitCode[^{]*\{(.*?)\};", header, re.DOTALL)[1]
        self.assertEqual(sorted(int(code) for code, _ in table_after("Exit codes")),
                         sorted(int(code) for code in re.findall(r"= (\d+)", listed)))

    def test_files_that_it_names_exist(self):
        for name in re.findall(r"(?<![\w/])(?:jobs|tests|cmake|src|include)/[\w./]*\w", TEXT):
            if "ROOM" not in name:
                self.assertTrue((program.SOURCE / name).exists(), name)


if __name__ == "__main__":
    cases.main()
