"""The manual and the completions of bash: they hold what --help says, and man and bash take them."""
import re
import subprocess

import cases
import program

COMMANDS = ("embed", "neighbors", "info", "plan", "evaluate", "transform", "align", "plot", "export")


def said(*arguments, **options):
    result = program.run(*arguments, **options)
    assert (result.code, result.stderr) == (0, ""), result.stderr
    return result.stdout


class Manual(program.ProgramTest):
    def set_by_man(self, page):
        """The text of a page as man shows it; no macro or escape may be unknown."""
        result = subprocess.run(["groff", "-man", "-Tascii", "-P-c", "-ww", "-rLL=400n"], input=page, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return re.sub(r".\x08", "", result.stdout)

    def test_each_command_has_its_page(self):
        for command in COMMANDS:
            with self.subTest(command):
                text = self.set_by_man(said("help", command, "--man"))
                for part in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "SEE ALSO", f"distsne-{command} - "):
                    self.assertIn(part, text)
                options = re.findall(r"^  (?:-\w,)?(--[\w-]+)", said(command, "--help"), re.M)
                self.assertIn("--help", options)
                for option in options:
                    self.assertRegex(text, rf"(?m)^ +(-\w, )?{option}( |$)")

    def test_the_program_has_one_that_leads_to_the_others(self):
        page = said("help", "--man", ranks=2)
        text = self.set_by_man(page)
        for command in COMMANDS:
            self.assertIn(f"distsne-{command}(1)", text)
            self.assertIn(f"distsne {command} ", said("help"))
        self.assertEqual(page, said("help", "--man"), "printed once, by one rank")

    def test_help_of_a_command(self):
        self.assertEqual(said("help", "plot"), said("plot", "--help"))
        for arguments in (["help", "plotting"], ["help", "plot", "more"]):
            result = program.run(*arguments)
            self.assertEqual(result.code, 2)

    def complete(self, *words):
        (self.folder / "map.h5").touch()
        script = said("help", "--bash", ranks=2)
        self.assertEqual(script.count("\n    embed)"), 1)
        commands = (script + 'COMP_WORDS=("$@")\nCOMP_CWORD=$(($# - 1))\n_distsne\n'
                    'printf "%s\\n" "${COMPREPLY[@]}"\n')
        result = subprocess.run(["bash", "-u", "-c", commands, "bash", *words], cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete("distsne", "ex"), ["export"])
        self.assertEqual(self.complete("distsne", "embed", "--early-e"), ["--early-exaggeration"])
        self.assertEqual(self.complete("distsne", "embed", "--method", ""), ["sne", "ssne", "tsne"])
        self.assertEqual(self.complete("distsne", "plot", "--legend", "be"), ["beside", "below"])
        self.assertEqual(self.complete("distsne", "plot", "m"), ["map.h5"])
        self.assertEqual(self.complete("distsne", "embed", "-o", "m"), ["map.h5"])
        self.assertEqual(self.complete("distsne", "embed", "--seed", "--"), [])


if __name__ == "__main__":
    cases.main()
