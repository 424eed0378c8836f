"""The include law: a room includes itself and the rooms below it, a library has one room that speaks to it, and a
source file includes its own header first."""
import itertools
import pathlib
import re
import tempfile
import unittest

import cases
import tree

# The build knows the rooms, and what is below each.
ROOMS = re.compile(r"^add_room\(([^)]*)\)", re.MULTILINE)
# Rooms that use the library as others do: the topmost room in it.
USERS = {"python": "map"}
# Which rooms may include a header of a library (or of a folder of one).
HOMES = {
    "mpi.h": {"mpi", "python"},
    "mpi/native.hpp": {"mpi", "io"},
    "hdf5.h": {"io"},
    "CLI/": {"cli"},
    "pybind11/": {"python"},
}
# Public headers beside the rooms, and the room that each is the front of.
FRONTS = {"distsne.h": "pipeline"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def below():
    """For each folder of rooms, the folders of what is below them."""
    folders, lower, found = {}, {}, {}
    for name, *words in map(str.split, ROOMS.findall((tree.ROOT / "src/CMakeLists.txt").read_text())):
        folders[name] = (after("IN", words) or [name])[0]
        # The build refuses rooms that come later: none is below itself.
        lower[name] = {other for near in after("BELOW", words) for other in lower[near] | {near}}
        found.setdefault(folders[name], set()).update(folders[other] for other in lower[name])
    return found | {room: {folders[other] for other in lower[top] | {top}} for room, top in USERS.items()}


def after(keyword, words):
    """What follows a keyword of a call of CMake, up to the next."""
    rest = words[words.index(keyword) + 1:] if keyword in words else []
    return list(itertools.takewhile(lambda word: not word.isupper(), rest))


def violations(root):
    """What breaks the law below a folder that holds include/ and src/."""
    found = []
    lower = below()
    for base in ("include/distsne", "src"):
        for path in sorted((root / base).glob("**/*.[hc]pp")):
            place = path.relative_to(root)
            room = path.relative_to(root / base).parts[0]
            if room not in lower:
                found.append(f"{place}: '{room}' is no room of the house")
                continue
            includes = INCLUDE.findall(path.read_text())
            own = own_header(root, path)
            if own and includes[:1] != [('"', own)]:
                found.append(f'{place}: includes its own header "{own}" not first')
            for quote, name in includes:
                found += [f"{place}: {text}" for text in complaints(root, base, room, lower[room], quote, name)]
    return found


def own_header(root, path):
    """The header that a source file carries out, as it is included; None for headers and where there is none."""
    name = str(path.relative_to(root / "src").with_suffix(".hpp")) if path.suffix == ".cpp" else ""
    for base, own in (("src", name), ("include", f"distsne/{name}")):
        if name and (root / base / own).is_file():
            return own
    return None


def complaints(root, base, room, lower, quote, name):
    for header, rooms in HOMES.items():
        if (name == header or (header.endswith("/") and name.startswith(header))) and room not in rooms:
            yield f"<{name}> belongs to {' and '.join(sorted(rooms))}"
    if quote == "<":
        if name.startswith("distsne/"):
            yield f"<{name}>: own headers are included in quotes"
        return
    public = name.startswith("distsne/")
    if not (root / ("include" if public else "src") / name).is_file():
        yield f'"{name}" is neither a public header nor one below src/'
        return
    if base == "include/distsne" and not public:
        yield f'a public header includes the private "{name}"'
    other = name.split("/")[1 if public else 0]
    other = FRONTS.get(other, other)
    if other != room and other not in lower:
        yield f'{room} includes "{name}", and {other} is not below it'


def installed():
    """The headers of cmake/Install.cmake."""
    text = (tree.ROOT / "cmake/Install.cmake").read_text()
    return set(re.search(r"set\(DISTSNE_PUBLIC_HEADERS([^)]*)\)", text)[1].split())


def needed(name, found):
    """Adds a public header and those that it includes."""
    if name not in found:
        found.add(name)
        for quote, other in INCLUDE.findall((tree.ROOT / "include/distsne" / name).read_text()):
            if quote == '"':
                needed(other.removeprefix("distsne/"), found)
    return found


class InstalledHeaders(unittest.TestCase):
    def test_they_are_the_fronts_and_what_those_include(self):
        wanted = needed("pipeline/map.hpp", set(FRONTS))
        self.assertEqual(installed(), wanted)
        there = (tree.ROOT / "include/distsne").glob("**/*.h*")
        self.assertEqual({str(path.relative_to(tree.ROOT / "include/distsne")) for path in there}, wanted)
        for name in wanted:
            text = (tree.ROOT / "include/distsne" / name).read_text()
            for header in ("mpi.h", "hdf5.h", "fmt/", "nlohmann/", "Eigen/", "hwy/", "omp.h"):
                self.assertNotIn(f"#include <{header}", text, f"{name} hands a dependency on to users of the library")


class IncludeLaw(unittest.TestCase):
    def test_the_house_keeps_it(self):
        self.assertGreater(len(list((tree.ROOT / "src").glob("*/*.cpp"))), 20, "the sources were not found")
        self.assertEqual(violations(tree.ROOT), [])

    def test_breaking_it_is_noticed(self):
        for path, line, complaint in (
            ("src/field/a.cpp", '#include "distsne/embed/e.hpp"', "field includes"),
            ("src/io/a.cpp", '#include "field/f.hpp"', "io includes"),
            ("include/distsne/base/a.hpp", '#include "distsne/mpi/m.hpp"', "base includes"),
            ("src/pipeline/a.cpp", '  #  include "cli/c.hpp"', "pipeline includes"),
            ("include/distsne/field/a.hpp", '#include "field/f.hpp"', "includes the private"),
            ("src/field/a.cpp", '#include "f.hpp"', "neither a public header"),
            ("src/field/a.cpp", "#include <distsne/mpi/m.hpp>", "in quotes"),
            ("src/field/a.cpp", "#include <mpi.h>", "<mpi.h> belongs to mpi"),
            ("src/embed/a.cpp", '#include "mpi/native.hpp"', "belongs to io and mpi"),
            ("src/data/a.cpp", "#include <hdf5.h>", "belongs to io"),
            ("src/io/a.cpp", "#include <CLI/CLI.hpp>", "belongs to cli"),
            ("src/field/f.cpp", '#include <vector>\n#include "field/f.hpp"', "not first"),
            ("src/field/p.cpp", "#include <vector>", "not first"),
            ("src/mpi/a.cpp", '#include "field/f.hpp"', "field is not below it"),
            ("src/attic/a.cpp", "", "'attic' is no room"),
        ):
            with self.subTest(line=line):
                found = self.violations_with(path, line)
                self.assertEqual(len(found), 1, found)
                self.assertIn(complaint, found[0])

    def test_keeping_it_is_not_blamed(self):
        for path, line in (
            ("src/embed/a.cpp", '#include "distsne/field/p.hpp"\n#include "distsne/mpi/m.hpp"\n#include <vector>'),
            ("src/cli/a.cpp", '#include "distsne/embed/e.hpp"\n#include "cli/c.hpp"\n#include <CLI/CLI.hpp>'),
            ("src/io/a.cpp", '#include "mpi/native.hpp"\n#include <hdf5.h>'),
            ("src/field/f.cpp", '#include "field/f.hpp"\n#include <vector>'),
            ("src/field/p.cpp", '#include "distsne/field/p.hpp"'),
        ):
            self.assertEqual(self.violations_with(path, line), [])

    def violations_with(self, path, line):
        """The violations in a small house with one more file."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in (
                ("include/distsne/mpi/m.hpp", ""), ("src/mpi/native.hpp", "#include <mpi.h>"),
                ("include/distsne/embed/e.hpp", ""), ("include/distsne/field/p.hpp", ""), ("src/field/f.hpp", ""),
                ("src/cli/c.hpp", ""), (path, line),
            ):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return violations(root)


if __name__ == "__main__":
    cases.main()
