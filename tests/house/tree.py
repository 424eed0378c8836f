"""The files of the checkout."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(os.environ["DISTSNE_SOURCE_DIR"])


def files():
    """Paths, relative to ROOT, of what belongs to the project: tracked, or new and not ignored."""
    # The owner of a checkout may be another user, as in a container.
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = [pathlib.Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name]
    else:  # an unpacked archive
        ignored = {"build", ".git", "__pycache__", "map.h5", "map.png"}
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")
                 if not ignored & set(path.relative_to(ROOT).parts)]
    return sorted({name for name in names if (ROOT / name).is_file()})


def is_shell_script(path):
    with (ROOT / path).open("rb") as file:
        return path.suffix == ".sh" or file.readline().startswith(b"#!/usr/bin/env bash")
