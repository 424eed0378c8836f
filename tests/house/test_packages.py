"""The recipes of package managers under cmake/packages: they can be read, and name what the build asks for."""
import ast
import re
import subprocess
import unittest

import cases
import tree

PACKAGES = tree.ROOT / "cmake/packages"
VERSION = re.search(r"project\(distsne VERSION ([\d.]+)", (tree.ROOT / "CMakeLists.txt").read_text())[1]
# What find_package and pkg-config look for, by a word that each recipe names it with.
NEEDED = ["mpi", "hdf5", "eigen", "highway|hwy", "fftw|foss", "cli11", "fmt", "nlohmann", "zlib", "libzip", "lzf",
          "pango"]


class Packages(unittest.TestCase):
    def require_dependencies(self, text, needed=tuple(NEEDED)):
        for name in needed:
            self.assertRegex(text.lower(), name)

    def test_the_build_needs_nothing_else(self):
        """Whoever adds a dependency adds it to the recipes, too."""
        found = re.findall(r"^(?:find_package\((\w+)|pkg_check_modules\((\w+))",
                           (tree.ROOT / "cmake/Dependencies.cmake").read_text(), re.M)
        names = {(one or other).lower() for one, other in found} - {"openmp", "pkgconfig"}
        self.assertEqual(names, {"mpi", "eigen3", "cli11", "fmt", "nlohmann_json", "zlib", "hwy", "fftw_float",
                                 "fftw_double", "pango", "lzf", "libzip", "hdf5"})

    def test_spack(self):
        text = (PACKAGES / "spack/packages/distsne/package.py").read_text()
        classes = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
        self.assertEqual([node.name for node in classes], ["Distsne"])
        self.require_dependencies(text)

    def test_easybuild(self):
        path = PACKAGES / f"easybuild/distsne-{VERSION}-foss-2023b.eb"
        values = {"SOURCE_TAR_GZ": "%(name)s-%(version)s.tar.gz"}
        exec(compile(path.read_text(), str(path), "exec"), values)  # as EasyBuild reads it
        self.assertEqual((values["name"], values["version"]), ("distsne", VERSION))
        self.assertEqual({"name", "version"}, set(values["toolchain"]))
        for dependency in values["dependencies"] + values["builddependencies"]:
            self.assertEqual(len(dependency), 2, dependency)
        self.require_dependencies(path.read_text())

    def test_conda(self):
        text = (PACKAGES / "conda/meta.yaml").read_text()
        self.assertIn(f'{{% set version = "{VERSION}" %}}', text)
        self.require_dependencies(text)
        self.assertIn("openmpi", (PACKAGES / "conda/conda_build_config.yaml").read_text())
        for line in text.splitlines():
            self.assertNotIn("\t", line)
            self.assertEqual(line.count("{{"), line.count("}}"), line)

    def test_apptainer(self):
        text = (PACKAGES / "apptainer/distsne.def").read_text()
        for section in ("%files", "%post", "%environment", "%runscript", "%test"):
            body = re.search(rf"^{section}\n((?:(?:    .*)?\n)+)", text, re.M)
            self.assertIsNotNone(body, section)
            if section != "%files":
                result = subprocess.run(["sh", "-n"], input=body[1], text=True, stderr=subprocess.PIPE, check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""), section)
        self.assertIn(f"Version {VERSION}", text)

    def test_versions(self):
        self.assertIn(f'"/opt/distsne/{VERSION}"', (PACKAGES / "lua/distsne.lua").read_text())


if __name__ == "__main__":
    cases.main()
