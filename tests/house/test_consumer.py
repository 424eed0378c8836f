"""Programs of users of the library, built against the installed package only: they get the bits of the command line."""
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import unittest

import cases
import h5py
import numpy as np
import program
import tree

BUILD = pathlib.Path(os.environ["DISTSNE_BINARY_DIR"])
OPTIONS = ["--perplexity", 12, "--iterations", 80, "--exaggeration-iterations", 30, "--metric", "cosine", "--seed", 7]


def checked(*command, **options):
    """What a command says, which has to end well."""
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, check=False, timeout=240, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command} ended with {result.returncode}:\n{result.stdout}")
    return result.stdout


def made_rows():
    """The rows that the programs make."""
    row = np.arange(400, dtype=np.int64)[:, None]
    column = np.arange(6, dtype=np.int64)[None, :]
    noise = ((row * 7919 + column * 104729) % 1009).astype(np.float32) / np.float32(1009.0)
    return np.where(row % 5 == column, np.float32(8.0), np.float32(0.0)) + noise


@unittest.skipIf(program.SANITIZED, "sanitizers would have to be in the users' programs, too")
class Consumer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="distsne-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        checked("cmake", "--install", BUILD, "--prefix", cls.prefix)
        with h5py.File(cls.folder / "rows.h5", "w") as file:
            file["X"] = made_rows()
            file["heavy"] = 0.5 + np.arange(400) % 4
        cls.expected = cls.by_program()
        cls.weighted = cls.by_program("--weights", "heavy")

    @classmethod
    def by_program(cls, *options):
        """The map of the command line."""
        result = program.run("embed", cls.folder / "rows.h5", "-o", cls.folder / "map.h5", "-q", *OPTIONS, *options)
        assert result.code == 0, result.stderr
        with h5py.File(cls.folder / "map.h5") as file:
            return file["embedding"][:]

    def check(self, binary, **expected):
        """The program's maps on some ranks, by their names, beside those of the command line."""
        for ranks in (1, 3):
            checked(*shlex.split(os.environ["DISTSNE_MPIEXEC"]), "-n", ranks, binary, self.folder,
                    env=program.environment())
            for name, of_program in expected.items():
                parts = [np.fromfile(self.folder / f"{name}.{rank}", dtype=np.float32) for rank in range(ranks)]
                points = np.concatenate(parts).reshape(-1, 2)
                self.assertTrue(np.array_equal(points.view(np.int32), of_program.view(np.int32)),
                                f"other bits from {name} on {ranks} ranks")

    def test_cmake_package(self):
        build = self.folder / "build"
        checked("cmake", "-S", tree.ROOT / "tests/consumer", "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
                "-DCMAKE_BUILD_TYPE=Debug")
        checked("cmake", "--build", build)
        self.check(build / "from_cpp", cpp=self.expected)
        self.check(build / "from_c", c=self.expected, weighted=self.weighted)

    def test_pkg_config(self):
        if shutil.which("pkg-config") is None or shutil.which("mpicc") is None:
            self.skipTest("pkg-config or mpicc is not installed: NOTHING WAS CHECKED")
        folder = next(self.prefix.rglob("distsne.pc")).parent
        flags = checked("pkg-config", "--cflags", "--libs", "--static", "distsne",
                        env={**os.environ, "PKG_CONFIG_PATH": str(folder)})
        binary = self.folder / "from_pkg_config"
        checked("mpicc", tree.ROOT / "tests/consumer/from_c.c", "-o", binary, *shlex.split(flags))
        self.check(binary, c=self.expected, weighted=self.weighted)

    def test_the_host_program_stays_as_it_is(self):
        library = next(path for path in self.prefix.rglob("libdistsne.*") if path.suffix in (".a", ".so"))
        defined = checked("nm", "-C", "--defined-only", library)
        self.assertIn("distsne::compute_map", defined)
        for symbol in ("operator new(", "operator delete(", " main", "malloc"):
            self.assertNotIn(f" T {symbol}", defined, "the library replaces what belongs to the program")
        wanted = checked("nm", "-C", "--undefined-only", library)
        for symbol in ("MPI_Init", "MPI_Init_thread", "MPI_Finalize", "MPI_Abort", "H5open", "fopen", "exit"):
            self.assertNotRegex(wanted, rf"(?m) U {symbol}$", "what belongs to the program is called")


if __name__ == "__main__":
    cases.main()
