"""The file tree stays as the design has it: few names at the top, short files that say what they are for."""
import os
import shutil
import subprocess
import unittest

import cases
import tree

TOP = {"src", "include", "tests", "jobs", "cmake", "CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE",
       "CHANGELOG.md"}
MOST_LINES = 350
# Files that hold one idea in more lines than that: the table of options grows by a row for each.
LONGER = {"src/pipeline/options.cpp": 600}
MOST_COLUMNS = 120
OPENINGS = {".cpp": "/// ", ".hpp": "/// ", ".cmake": "# ", ".py": '"""'}


def text_of(path):
    return (tree.ROOT / path).read_text()


class Layout(unittest.TestCase):
    def setUp(self):
        self.files = tree.files()
        self.assertGreater(len(self.files), 60, "the files of the project were not found")

    def check(self, paths, complaint):
        """Every path passes: complaint(path) is empty."""
        paths = list(paths)
        self.assertTrue(paths)
        self.assertEqual([f"{path}: {text}" for path in paths if (text := complaint(path))], [])

    def test_top_level(self):
        top = {path.parts[0] for path in self.files}
        self.assertEqual({name for name in top if not name.startswith(".")} - TOP, set())

    def test_sources_are_short(self):
        def complaint(path):
            lines = len(text_of(path).splitlines())
            return "" if lines < LONGER.get(str(path), MOST_LINES) else f"{lines} lines; split it"

        self.check((path for path in self.files if path.parts[0] in ("src", "include")), complaint)

    def test_lines_fit(self):
        def complaint(path):
            lines = text_of(path).split("\n")
            wrong = [i for i, line in enumerate(lines, 1) if len(line) > MOST_COLUMNS or line != line.rstrip()]
            if wrong:
                return f"lines {wrong} are too long or end in blanks"
            return "" if lines[-1] == "" else "the last line does not end"

        self.check((path for path in self.files if path.suffix in (*OPENINGS, ".txt") or tree.is_shell_script(path)),
                   complaint)

    def test_files_open_with_their_purpose(self):
        def complaint(path):
            lines = text_of(path).splitlines()
            first = next(line for line in lines if not line.startswith("#!"))
            return "" if first.startswith(OPENINGS.get(path.suffix, "# ")) else f"opens with: {first}"

        self.check((path for path in self.files if path.suffix in OPENINGS or tree.is_shell_script(path)), complaint)


class ShellScripts(unittest.TestCase):
    def setUp(self):
        self.scripts = [path for path in tree.files() if tree.is_shell_script(path)]
        self.assertIn("tests/run.sh", map(str, self.scripts))

    def test_bash_can_read_them(self):
        for path in self.scripts:
            with self.subTest(path=path):
                result = subprocess.run(["bash", "-n", path], cwd=tree.ROOT, stderr=subprocess.PIPE, text=True,
                                        check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_they_can_be_started_and_stop_at_errors(self):
        for path in self.scripts:
            with self.subTest(path=path):
                self.assertTrue(os.access(tree.ROOT / path, os.X_OK), "not executable")
                self.assertTrue(text_of(path).startswith("#!/usr/bin/env bash\n"))
                self.assertIn("\nset -euo pipefail\n", text_of(path))

    def test_shellcheck(self):
        program = shutil.which("shellcheck")
        if program is None:
            self.skipTest("shellcheck is not installed: NOTHING WAS CHECKED")
        result = subprocess.run([program, *self.scripts], cwd=tree.ROOT, stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout)


if __name__ == "__main__":
    cases.main()
