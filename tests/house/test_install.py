"""cmake/install_packages.sh, with stand-ins for the tools that it calls: as root, with sudo, and with neither."""
import pathlib
import subprocess
import tempfile
import unittest

import cases
import tree

SCRIPT = tree.ROOT / "cmake/install_packages.sh"
TOOLS = {
    # Says that all packages are there but those in $MISSING.
    "dpkg-query": 'for name; do :; done; [[ " $MISSING " != *" $name "* ]] && echo -n installed',
    # $FAILING calls of install fail first, as with outdated lists of packages.
    "apt-get": """echo "apt-get $*" >> "$LOG"
        [[ $1 != install ]] || { failed=$(cat "$LOG.failed" 2>/dev/null || echo 0)
          echo $((failed + 1)) > "$LOG.failed"; [[ $failed -ge ${FAILING:-0} ]]; }""",
    "id": '[[ $1 == -u ]] && echo "$USER_ID" || echo somebody',
    "sudo": """[[ $1 != -n ]] || { [[ ${SUDO:-} == free ]]; exit; }
        echo "sudo" >> "$LOG"; exec "$@\"""",
}


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="distsne-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"

    def install(self, *groups, without=(), **variables):
        """The finished script, and what the stand-ins were asked to do."""
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        for name in ("bash", "env", "cat"):
            (tools / name).unlink(missing_ok=True)
            (tools / name).symlink_to(f"/bin/{name}")
        for name, code in TOOLS.items():
            (tools / name).unlink(missing_ok=True)
            if name not in without:
                (tools / name).write_text(f"#!/bin/bash\n{code}\n")
                (tools / name).chmod(0o755)
        for path in (self.log, pathlib.Path(f"{self.log}.failed")):
            path.unlink(missing_ok=True)
        environment = {"PATH": str(tools), "LOG": str(self.log), "MISSING": "", "USER_ID": "0", **variables}
        result = subprocess.run(["/bin/bash", SCRIPT, *groups], env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        return result, self.log.read_text().splitlines() if self.log.exists() else []

    def test_nothing_is_missing(self):
        for user in ("0", "1000"):
            result, calls = self.install("build", "test", USER_ID=user)
            self.assertEqual((result.returncode, result.stdout, result.stderr, calls), (0, "", "", []))

    def test_root(self):
        result, calls = self.install("build", MISSING="libeigen3-dev libgtest-dev ninja-build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(calls), 1, calls)
        self.assertTrue(calls[0].startswith("apt-get install -y"))
        self.assertTrue({"libeigen3-dev", "ninja-build"} <= set(calls[0].split()))
        self.assertNotIn("libgtest-dev", calls[0], "a package of the tests")
        _, calls = self.install("build", "test", MISSING="libgtest-dev")
        self.assertIn("libgtest-dev", calls[0])

    def test_outdated_lists_of_packages(self):
        result, calls = self.install("build", MISSING="cmake", FAILING="1")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([call.split()[1] for call in calls], ["install", "update", "install"])
        result, calls = self.install("build", MISSING="cmake", FAILING="2")
        self.assertNotEqual(result.returncode, 0, "what cannot be installed is an error")

    def test_user_with_sudo(self):
        result, calls = self.install("build", MISSING="cmake", USER_ID="1000", SUDO="free")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(calls[0], "sudo")
        self.assertTrue(calls[1].startswith("apt-get install"))

    def test_user_without_sudo(self):
        for without, sudo in ((["sudo"], ""), ([], "asks for a password, and there is no terminal")):
            result, calls = self.install("build", MISSING="cmake libhwy-dev", USER_ID="1000", without=without,
                                         SUDO=sudo)
            self.assertEqual((result.returncode, calls), (1, []))
            for text in ("cmake libhwy-dev", "root or sudo, which somebody has not", "apt-get install -y",
                         "cmake --preset release"):
                self.assertIn(text, result.stderr)

    def test_other_systems(self):
        result, calls = self.install("build", MISSING="cmake", without=["apt-get"])
        self.assertEqual((result.returncode, calls), (0, []))
        self.assertIn("not a Debian-like system", result.stderr)

    def test_unknown_group(self):
        result, calls = self.install("builds")
        self.assertEqual((result.returncode, calls), (2, []))
        self.assertIn("unknown group 'builds'", result.stderr)


if __name__ == "__main__":
    cases.main()
