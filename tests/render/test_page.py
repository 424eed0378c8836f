"""The page that plot writes, in headless Chromium: what it shows, and what it does when it is used."""
import csv
import http.server
import io
import json
import re
import struct
import threading
import time
import unittest
from functools import partial

import browser
import cases
import h5py
import numpy as np
import png
import program

CLASSES = ["<script>window.hacked = 1</script>", "\"quotes\" & 'more'",
           "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd",
           "\U0001f600 emoji",
           "</script><img src=x onerror='window.hacked=2'>", "plain", "\ud55c\uad6d\uc5b4"]
ROWS = 1400
LOADED = "distsne.tiles.loaded().reduce((sum, tile) => sum + tile.own, 0)"


def words(values):
    return np.array(values, dtype=object).astype(h5py.string_dtype())


def small_map():
    """Seven round clusters far from each other, and columns of all kinds, some of them hardly usable."""
    rng = np.random.default_rng(7)
    kind = np.arange(ROWS) % len(CLASSES)
    angle = 2 * np.pi * kind / len(CLASSES)
    radius = 10 * np.sqrt(rng.random(ROWS))
    turn = 2 * np.pi * rng.random(ROWS)
    points = np.c_[50 * np.cos(angle) + radius * np.cos(turn), 50 * np.sin(angle) + radius * np.sin(turn)]
    numbers = rng.lognormal(3, 1, ROWS)
    numbers[:5] = np.nan
    return {
        "embedding": points.astype("f4"), "labels": words([CLASSES[k] for k in kind]), "depth": numbers,
        "count": rng.integers(0, 5000, ROWS), "is_odd": kind % 2 == 1, "nothing": words([""] * ROWS),
        "unknown": np.full(ROWS, np.nan),
        "names": words([f"<b>row</b> \"{i}\", \u05d0{i}" for i in range(ROWS)])}


class Ranges(http.server.SimpleHTTPRequestHandler):
    """A server that sends parts of files, each after a delay in seconds."""

    delay = 0

    def log_message(self, *_):
        pass

    def do_GET(self):
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not wanted:
            super().do_GET()
            return
        first, last = map(int, wanted.groups())
        time.sleep(self.delay)
        with open(self.translate_path(self.path), "rb") as file:
            file.seek(first)
            data = file.read(last + 1 - first)
        self.send_response(206)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@unittest.skipIf(browser.program() is None, "Chromium is not installed: NOTHING WAS CHECKED")
class Page(program.ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.browser = browser.Browser("--disable-gpu")
        cls.addClassCleanup(cls.browser.close)

    def tearDown(self):
        self.assertEqual(self.browser.errors, [])
        folder = self.browser.address.removesuffix("html") + "tiles/"
        self.assertEqual([url for url in self.browser.requests
                          if url.split("#")[0] != self.browser.address and not url.startswith(folder)], [])

    def page(self, *arguments, output="map.html", **datasets):
        path = self.folder / output
        result = program.run("plot", self.write(f"{output}.h5", **datasets), "-o", path, *arguments)
        self.assertEqual(result.code, 0, result.stderr)
        return path

    def open(self, path, fragment=""):
        self.browser.open(path, fragment)
        self.settle()

    def settle(self):
        self.browser.wait_for("window.distsne?.stage?.complete", 30, "the map is not drawn")

    def open_small(self, fragment=""):
        self.map = small_map()
        self.open(self.page(**self.map), fragment)

    def place(self, row):
        """Where a row is in the window."""
        x, y = map(float, self.map["embedding"][row])
        return self.browser.value(f"[distsne.view.screenX({x}), distsne.view.screenY({y})]")

    def text(self, selector):
        return self.browser.value(f"document.querySelector({json.dumps(selector)}).innerText")

    def opacity(self, x, y):
        """Of the map at a place in the window."""
        return self.browser.value(
            f"document.getElementById('map').getContext('2d').getImageData({round(x)}, {round(y)}, 1, 1).data[3]")

    def press_class(self, name, **more):
        number = self.browser.value(f"distsne.coloring.column.classes.indexOf({json.dumps(name)})")
        self.browser.press(f"#classes [data-shade='{number}']", **more)
        self.settle()

    def test_holds_every_row(self):
        rng = np.random.default_rng(3)
        rows = 120000
        points = np.r_[rng.normal(size=(rows - 1, 2)), [[900, -40]]].astype("f4")  # one far from all others
        numbers = rng.normal(size=rows)
        counts = rng.integers(-7, 70000, rows)
        self.open(self.page(embedding=points, numbers=numbers, counts=counts, number=np.arange(rows) % 3))
        found = self.browser.value("""(async () => {
            const out = { row: [], x: [], y: [], numbers: [], counts: [], number: [], tiles: distsne.tiles.all.length };
            for (const tile of distsne.tiles.all) {
                await distsne.tiles.load(tile, distsne.columns);
                for (let i = 0; i < tile.own; ++i) {
                    out.row.push(tile.rows[i]); out.x.push(tile.mapX(i)); out.y.push(tile.mapY(i));
                    for (const c of distsne.columns) {
                        out[c.name].push(c.kind === 'classes' ? Number(c.text(distsne.tiles.present(tile, c), i))
                            : distsne.tiles.present(tile, c)[i]);
                    }
                }
            }
            return out; })()""")
        self.assertGreater(found["tiles"], 3)
        order = np.argsort(found["row"])
        self.assertTrue((np.array(found["row"])[order] == np.arange(rows)).all())
        for axis, name in enumerate("xy"):
            self.assertLess(np.abs(np.array(found[name])[order] - points[:, axis]).max(), 2e-4)
        self.assertTrue((np.array(found["counts"])[order] == counts).all())
        self.assertTrue((np.array(found["number"])[order] == np.arange(rows) % 3).all())
        self.assertLess(np.abs(np.array(found["numbers"])[order] / numbers - 1).max(), 2.0**-15)

    def test_same_map_same_bytes(self):
        pages = [self.page(output=name, **small_map()).read_bytes() for name in ("a.html", "b.html")]
        self.assertEqual(pages[0], pages[1])

    def test_takes_few_bytes(self):
        rng = np.random.default_rng(4)
        rows = 200000
        path = self.page(embedding=rng.normal(size=(rows, 2)).astype("f4"), labels=rng.integers(0, 20, rows))
        self.assertLess((path.stat().st_size - 150000) / rows, 9.5)

    def test_names_are_but_text(self):
        self.open_small()
        self.assertIsNone(self.browser.value("window.hacked"))
        self.assertEqual(self.browser.value("document.querySelectorAll('img, #classes script, #top b').length"), 0)
        shown = self.browser.value("[...document.querySelectorAll('#classes bdi')].map((name) => name.textContent)")
        self.assertEqual(sorted(shown), sorted(CLASSES))
        self.assertEqual({box["text"] for box in self.browser.value("distsne.boxes")} - set(CLASSES),
                         {CLASSES[4][:39] + "\u2026"})
        for row in range(len(CLASSES)):
            self.browser.move(*self.place(row))
            self.browser.wait_for("!document.getElementById('tooltip').hidden")
        self.assertIsNone(self.browser.value("window.hacked"))

    def test_title_is_but_text(self):
        title = "</title><script>window.hacked = 3</script> & \u202e\"'"
        self.open(self.page("--title", title, **small_map()))
        self.assertEqual(self.browser.value("document.title"), title)
        self.assertEqual(self.browser.value("document.getElementById('title').textContent"), title)
        self.assertIsNone(self.browser.value("window.hacked"))

    def test_runs_no_other_script(self):
        self.open_small()
        self.browser.value("""(() => { const s = document.createElement('script'); s.textContent = 'window.hacked = 4';
            document.body.append(s); })()""")
        self.assertIsNone(self.browser.value("window.hacked"))
        self.assertRegex(" ".join(self.browser.errors), "Content Security Policy")
        self.browser.errors.clear()

    def test_hover_tells_the_row(self):
        self.open_small()
        for row in (700, 3, 1233):
            self.browser.move(*self.place(row))
            name = self.map["names"][row]
            self.browser.wait_for(f"document.querySelector('#tooltip b')?.textContent === {json.dumps(name)}")
            text = self.text("#tooltip")
            self.assertIn(self.map["labels"][row], text)
            self.assertIn(str(self.map["count"][row]), text)
        self.browser.move(*self.browser.value("[distsne.view.screenX(0), distsne.view.screenY(0)]"))
        self.browser.wait_for("document.getElementById('tooltip').hidden")

    def test_legend_hides_and_shows(self):
        self.open_small()
        place = self.place(5)  # of the class "plain"
        self.assertGreater(self.opacity(*place), 100)
        self.press_class("plain")
        self.browser.move(600, 790)
        self.settle()
        self.assertEqual(self.opacity(*place), 0)
        self.assertNotIn("plain", [box["text"] for box in self.browser.value("distsne.boxes")])
        self.press_class("plain", count=2)  # alone
        self.browser.move(600, 790)
        self.settle()
        self.assertGreater(self.opacity(*place), 100)
        self.assertEqual(self.opacity(*self.place(6)), 0)
        self.browser.press("[data-do='show-all']")
        self.settle()
        self.assertGreater(self.opacity(*self.place(6)), 100)

    def test_lasso_counts_and_saves(self):
        self.open_small()
        inside = np.flatnonzero(np.arange(ROWS) % len(CLASSES) == 5)
        x, y = self.map["embedding"][inside].astype(float).mean(axis=0)
        around = [(x + 16 * np.cos(a), y + 16 * np.sin(a)) for a in np.linspace(0, 6.2, 24)]
        line = [self.browser.value(f"[distsne.view.screenX({a}), distsne.view.screenY({b})]") for a, b in around]
        self.browser.press("[data-do='lasso']")
        self.browser.drag(line)
        self.browser.wait_for("!document.getElementById('selection').hidden")
        self.assertIn("200 selected", self.text("#selected"))
        self.assertRegex(self.text("#counts"), r"^plain\s+200$")
        self.browser.press("[data-do='csv']")
        rows = list(csv.reader(io.StringIO(self.browser.downloaded("selected.csv").decode(), newline="")))
        self.assertEqual([int(row[0]) for row in rows[1:]], inside.tolist())
        self.assertEqual(rows[0][:3], ["row", "names", "labels"])
        self.assertEqual([row[1] for row in rows[1:]], self.map["names"][inside].tolist())
        self.browser.drag(line, modifiers=1)  # Alt takes away
        self.browser.wait_for("document.getElementById('selection').hidden")

    def test_search_finds_names_classes_and_rows(self):
        self.open_small()
        self.browser.key("/")
        self.browser.type("\u05d01277")
        self.browser.wait_for("document.querySelectorAll('#found button').length === 1")
        self.browser.key("Enter")
        self.browser.wait_for("distsne.kept?.tile.rows[distsne.kept.i] === 1277")
        self.settle()
        place = self.place(1277)
        self.assertLess(abs(place[0] - 600) + abs(place[1] - 400), 2)
        for wanted, entry in (("plai", "plain"), ("#17", "#17")):
            self.browser.key("Escape")
            self.browser.value("document.getElementById('search').focus()")
            self.browser.type(wanted)
            self.browser.wait_for(f"document.querySelector('#found bdi')?.textContent === '{entry}'")
        self.browser.type("zzz")
        self.browser.wait_for("document.getElementById('found').innerText.includes('nothing found')")

    def test_columns_of_all_kinds_color(self):
        self.open_small()
        for column in ("depth", "count", "is_odd", "nothing", "unknown", "", "labels"):
            self.browser.value(f"""(() => {{ const s = document.getElementById('color'); s.value = {json.dumps(column)};
                s.dispatchEvent(new Event('change')); }})()""")
            self.browser.wait_for(f"(distsne.coloring.column?.name ?? '') === {json.dumps(column)}")
            self.settle()
            self.assertGreater(self.opacity(*self.place(20)), 30, column)
        self.browser.value("distsne.colorBy(distsne.columnOf('depth'))")
        colors = []
        for scale in ("linear", "log", "rank"):
            self.browser.press(f"[data-scale='{scale}']")
            self.settle()
            colors.append(self.browser.value("[...distsne.tiles.root.shades]"))
        self.assertEqual(len({tuple(shades) for shades in colors}), 3)
        depth = self.map["depth"]
        for shades in colors:
            self.assertTrue((np.array(shades)[:5] == 256).all(), "missing")
            self.assertTrue((np.diff(np.array(shades)[5:][np.argsort(depth[5:])]) >= 0).all())

    def test_mouse_keyboard_and_touch_move_it(self):
        self.open_small()
        before = self.place(0)
        self.browser.drag([(400, 400), (420, 410), (500, 450)])
        self.settle()
        after = self.place(0)
        self.assertAlmostEqual(after[0] - before[0], 100, delta=1)
        self.assertAlmostEqual(after[1] - before[1], 50, delta=1)
        self.browser.wheel(*after, -300)
        self.browser.wait_for("distsne.view.zoom > 1.5")
        self.assertLess(np.abs(np.array(self.place(0)) - after).max(), 1)
        self.browser.key("0")
        self.browser.wait_for("Math.abs(distsne.view.zoom - 1) < 1e-9")
        self.browser.touch([(300, 400), (500, 400)], [(250, 400), (550, 400)], [(200, 400), (600, 400)])
        self.assertAlmostEqual(self.browser.value("distsne.view.zoom"), 2, delta=0.05)
        for key, zoom in (("+", 2.6), ("-", 2)):
            self.browser.key(key)
            self.assertAlmostEqual(self.browser.value("distsne.view.zoom"), zoom, delta=0.06)
        self.browser.key("d")
        self.assertTrue(self.browser.value("document.documentElement.classList.contains('dark')"))

    def test_address_keeps_the_view(self):
        self.open_small()
        self.browser.wheel(500, 300, -400)
        self.press_class("plain")
        self.browser.key("d")
        self.settle()
        state = ("[distsne.view.x, distsne.view.y, distsne.view.zoom, [...distsne.coloring.hidden], "
                 "distsne.coloring.dark]")
        before = self.browser.value(state)
        fragment = self.browser.wait_for("location.hash.includes('hidden') && location.hash")
        self.open(self.browser.address, fragment)
        after = self.browser.value(state)
        np.testing.assert_allclose(after[:3], before[:3], rtol=1e-5, atol=1e-5)
        self.assertEqual(after[3:], before[3:])
        self.open(self.browser.address, "#x=nan&zoom=-3&color=nosuch&hidden=a,99999&scale=%3Cb%3E")  # nonsense

    def test_folder_of_tiles_is_read_in_parts(self):
        rng = np.random.default_rng(6)
        rows = 150000
        points = rng.normal(size=(rows, 2)).astype("f4")
        path = self.page("--tiles", embedding=points, label=rng.integers(0, 9, rows))
        self.assertLess(path.stat().st_size, 200000)
        before = self.parts()
        self.assertEqual([re.sub("-[0-9a-f]{8}", "", name) for name in before], ["part-0.bin", "part-1.bin"])
        self.open(self.serve() + "map.html")
        self.assertEqual(self.browser.value(LOADED), rows)
        self.assertTrue(all("/map.tiles/part-" in url for url in self.browser.requests[1:]))
        self.browser.requests.clear()
        self.browser.open(path)  # from the disk a browser reads no folders
        self.browser.wait_for("document.getElementById('message')?.innerText.includes('has to come from a web server')")
        self.page("--tiles", embedding=points, label=np.arange(rows) % 3)
        after = self.parts()
        self.assertEqual(len(after), 2, "files of the page before stay")
        self.assertEqual([new == old for new, old in zip(after, before)], [True, False])

    def parts(self):
        return sorted(part.name for part in (self.folder / "map.tiles").iterdir())

    def serve(self, delay=0):
        """Serves the test's folder; returns its address."""
        handler = type("Delayed", (Ranges,), {"delay": delay})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(self.folder)))
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/"

    def test_large_maps_are_read_as_far_as_they_show(self):
        self.read_a_large_map(delay=0)
        self.browser.value("document.getElementById('search').focus()")
        self.browser.type("n312345")
        self.browser.wait_for("document.querySelector('#found bdi')?.textContent === 'n312345'")
        self.browser.key("Enter")
        self.settle()
        self.assertEqual(self.browser.value("distsne.kept.row"), 312345)
        place = self.place(312345)
        self.assertLess(abs(place[0] - 600) + abs(place[1] - 400), 2)
        self.browser.move(*place)
        self.browser.wait_for("document.querySelector('#tooltip b')?.textContent === 'n312345'")

    def test_large_maps_come_from_slow_servers(self):
        """Tiles wait for those beside them for longer than a picture takes, and stay meanwhile."""
        self.read_a_large_map(delay=0.1)

    def read_a_large_map(self, delay):
        rng = np.random.default_rng(8)
        rows = 400000
        radius, angle = np.sqrt(rng.random(rows)), 2 * np.pi * rng.random(rows)
        points = np.c_[radius * np.cos(angle), radius * np.sin(angle)] * 3
        points[100000:] = points[100000:] / 60 + [1.5, 0.2]  # a dense cluster
        points[:20] = np.c_[np.linspace(-3, 3, 20), np.full(20, 3.6)]  # alone, each
        self.map = {"embedding": points.astype("f4")}
        self.page("--tiles", label=rng.integers(0, 9, rows), names=words([f"n{i}" for i in range(rows)]), **self.map)
        self.open(self.serve(delay) + "map.html")
        root, total = self.browser.value("""[distsne.tiles.root.own,
            distsne.tiles.root.weights.reduce((sum, weight) => sum + weight, 0)]""")
        self.assertLess(root, 40000)
        self.assertAlmostEqual(total / rows, 1, delta=0.03)
        self.assertEqual(set(self.browser.value("[...distsne.tiles.root.rows].slice(0, 20)")), set(range(20)))
        whole = self.browser.value(LOADED)
        self.assertLess(whole, 0.6 * rows)
        for row in range(0, 20, 7):
            self.assertGreater(self.opacity(*self.place(row)), 50)
        # Tiles that are no longer shown leave memory, and come back.
        self.browser.value("distsne.tiles.most = 1")
        self.browser.value("""(() => { const { view } = distsne;
            view.zoomAt(view.screenX(1.5), view.screenY(0.2), 40); distsne.moved(); })()""")
        self.settle()
        self.assertGreater(self.browser.value(LOADED), 150000)
        self.assertEqual(self.browser.value("distsne.tiles.loaded().length"),
                         self.browser.value("distsne.stage.list.length"))
        self.assertLess(self.browser.value("distsne.stage.list.length"),
                        self.browser.value("distsne.tiles.all.length"))
        self.browser.value("(() => { distsne.view.fit(); distsne.moved(); })()")
        self.settle()
        self.assertEqual(self.browser.value(LOADED), whole)

    def test_given_colors(self):
        rng = np.random.default_rng(9)
        rows = 2000
        labels = rng.integers(0, 12, rows)
        source = self.folder / "colored.h5"
        with h5py.File(source, "w") as file:
            file["embedding"] = (np.c_[np.cos(labels), np.sin(labels)] + 0.1 * rng.normal(size=(rows, 2))).astype("f4")
            file["cluster"] = words([f"c{k}" for k in labels])
            file["cluster"].attrs["categories"] = words(["c0", "c1", "c2"])
            file["cluster"].attrs["colors"] = words(["#112233", "#445566", "no color"])
            file["other"] = rng.integers(0, 3, rows)
        (self.folder / "colors.tsv").write_text("class\tcolor\nc1\t#abcdef\n2\t#00ff00\n")

        def colors_of(*arguments):
            path = self.folder / "colored.html"
            result = program.run("plot", source, "-o", path, *arguments)
            self.assertEqual(result.code, 0, result.stderr)
            self.open(path)
            self.assertEqual(self.browser.value("distsne.coloring.column.name"), "cluster")
            return self.browser.value("[0, 1].map((i) => Object.fromEntries(distsne.columns[i].classes.map("
                                      "(name, k) => [name, distsne.columns[i].colors[k]])))")
        cluster, other = colors_of()
        self.assertEqual((cluster["c0"], cluster["c1"]), ("#112233", "#445566"))
        self.assertEqual(len(set(cluster.values())), 12)
        self.assertNotIn("#00ff00", other.values())
        cluster, other = colors_of("--colors", self.folder / "colors.tsv")
        self.assertEqual((cluster["c0"], cluster["c1"], other["2"]), ("#112233", "#abcdef", "#00ff00"))
        (self.folder / "colors.tsv").write_text("c1\tnone\nc2\tred\n")
        result = program.run("plot", source, "-o", self.folder / "x.html", "--colors", self.folder / "colors.tsv")
        self.assertEqual(result.code, 2)
        self.assertRegex(result.stderr, "colors.tsv', color of 'c2': 'red' is no color")

    def test_png(self):
        self.open_small()
        self.browser.key("p")
        data = self.browser.downloaded("map.png")
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24]), (1200, 800))
        self.assertGreater(len(np.unique(png.pixels(data))), 50)

    def test_other_dimensions_and_few_rows(self):
        rng = np.random.default_rng(5)
        for points in (rng.normal(size=(300, 1)), rng.normal(size=(300, 3)), np.zeros((1, 2)), np.ones((50, 2))):
            self.open(self.page(embedding=points.astype("f4")))
            self.assertEqual(self.browser.value("distsne.tiles.rows"), len(points))
            self.assertGreater(self.browser.value("distsne.stage.style.visible"), 0)


@unittest.skipIf(browser.program() is None, "Chromium is not installed: NOTHING WAS CHECKED")
class WebGl(program.ProgramTest):
    def test_draws_as_without(self):
        path = self.folder / "map.html"
        result = program.run("plot", self.write("map.h5", **small_map()), "-o", path)
        self.assertEqual(result.code, 0, result.stderr)
        window = browser.Browser("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
        self.addCleanup(window.close)
        pictures = []
        for drawing in ("webgl", "canvas"):
            window.open(path, f"#draw={drawing}")
            window.wait_for("window.distsne?.stage?.complete", 30)
            self.assertEqual(window.value("distsne.stage.renderer.name"), drawing)
            pictures.append(np.array(window.value("""(() => {
                const small = document.createElement('canvas'); small.width = 120; small.height = 80;
                const context = small.getContext('2d');
                context.drawImage(document.getElementById('map'), 0, 0, 120, 80);
                return [...context.getImageData(0, 0, 120, 80).data]; })()""")).reshape(80, 120, 4))
        self.assertEqual(window.errors, [])
        self.assertGreater(pictures[0][..., 3].mean(), 3)
        self.assertLess(np.abs(pictures[0] - pictures[1])[..., 3].mean(), 2)
        both = (pictures[0][..., 3] > 60) & (pictures[1][..., 3] > 60)
        self.assertGreater(both.sum(), 50)
        self.assertLess(np.abs(pictures[0] - pictures[1])[both].mean(), 12)


if __name__ == "__main__":
    cases.main()
