"""All C++ sources are as clang-format writes them. Skipped without the version whose style the project keeps."""
import re
import shutil
import subprocess
import unittest

import cases
import tree

VERSION = 14


def clang_format():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        path = shutil.which(name)
        if path:
            answer = subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
            found = re.search(r"version (\d+)", answer)
            if found and int(found[1]) == VERSION:
                return path
    return None


class Format(unittest.TestCase):
    def test_sources_are_formatted(self):
        program = clang_format()
        if program is None:
            self.skipTest(f"clang-format {VERSION} is not installed: NOTHING WAS CHECKED")
        sources = [path for path in tree.files() if path.suffix in (".cpp", ".hpp")]
        self.assertGreater(len(sources), 60, "the sources were not found")
        result = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *sources], cwd=tree.ROOT,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(result.returncode, 0, f"run {program} -i on what is named here:\n{result.stdout}")


if __name__ == "__main__":
    cases.main()
