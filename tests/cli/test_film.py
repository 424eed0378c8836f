"""Snapshots of a map on its way, the film of them, the live picture, and the curves of a run."""
import signal
import struct
import subprocess
import time
import zlib

import h5py
import numpy as np
import cases
import program

OPTIONS = ("-q", "--iterations", 60, "--exaggeration-iterations", 20, "--perplexity", 10, "--snapshots", 25)


def chunks(path):
    """Types and data of a PNG file's chunks, whose checksums are right."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, found = 8, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body)
        found.append((kind.decode(), body))
        at += 12 + length
    return found


def snapshots(path):
    with h5py.File(path) as file:
        group = file["snapshots"]
        return {name: group[name][:] for name in ("iteration", "low", "high", "steps")}


def maps_of(kept, dims=2):
    """Snapshots x rows x dims, in map units."""
    count = len(kept["iteration"])
    steps = kept["steps"].reshape(-1, count, dims).transpose(1, 0, 2).astype(float) / 65535
    low, high = (kept[name].reshape(count, 1, dims) for name in ("low", "high"))
    return low + steps * (high - low)


class Film(program.ProgramTest):
    def plot(self, *arguments, code=0):
        result = program.run("plot", *arguments)
        self.assertEqual(result.code, code, result.stderr)
        return result

    def test_snapshots_are_the_map_on_its_way_on_any_ranks(self):
        source = self.digits(301)
        for ranks in (1, 3):
            self.embed(source, "-o", self.folder / f"{ranks}.h5", *OPTIONS, ranks=ranks)
        one, three = (snapshots(self.folder / f"{ranks}.h5") for ranks in (1, 3))
        for name, values in one.items():
            self.assertTrue(program.same_bits(values, three[name]), name)
        self.assertEqual(one["iteration"].tolist(), [25, 50, 60])
        self.assertEqual(one["steps"].dtype, np.uint16)
        self.assertEqual(one["steps"].shape, (301, 6))
        final = program.map_of(self.folder / "1.h5")
        width = float((final.max(0) - final.min(0)).max())
        maps = maps_of(one)
        self.assertLess(np.abs(maps[-1] - final).max(), width / 60000)
        self.assertGreater(np.abs(maps[0] - final).max(), width / 100)
        self.assertEqual([name for name in self.names() if "snapshots" in name], [])
        with h5py.File(self.folder / "1.h5") as file:
            self.assertIn("snapshots", file["timings/phase"].asstr()[:])

        film = self.folder / "film.apng"
        self.plot(self.folder / "1.h5", "--film", film, "--size", 300)
        found = chunks(film)
        kinds = [kind for kind, _ in found]
        self.assertEqual(kinds[:3], ["IHDR", "acTL", "fcTL"])
        self.assertEqual((kinds.count("fcTL"), kinds[-1]), (3, "IEND"))
        self.assertEqual(struct.unpack(">II", dict(found)["acTL"]), (3, 0))
        sequence = [struct.unpack(">I", body[:4])[0] for kind, body in found if kind in ("fcTL", "fdAT")]
        self.assertEqual(sequence, list(range(len(sequence))))
        self.plot(self.folder / "1.h5", "--film", self.folder / "frame.png", "--size", 300)
        frames = [chunks(self.folder / f"frame_{number:05}.png") for number in (25, 50, 60)]
        self.assertEqual(len({dict(frame)["IHDR"] for frame in frames}), 1)
        self.assertEqual(len({dict(frame)["IDAT"] for frame in frames}), 3)
        first = b"".join(body for kind, body in frames[0] if kind == "IDAT")
        self.assertEqual(b"".join(body for kind, body in found if kind == "IDAT"), first)

    def test_a_run_that_was_stopped_keeps_the_same_snapshots(self):
        source, output = self.digits(200), self.folder / "map.h5"
        options = ("-q", "--iterations", 300, "--perplexity", 10, "--snapshots", 10)
        self.embed(source, "-o", self.folder / "whole.h5", *options)
        command = program.command("embed", source, "-o", output, *options, "--checkpoint-every", 0)
        with subprocess.Popen(command, env=program.environment(), stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + 60 * program.PATIENCE
            while not (self.folder / "map.h5.snapshots").exists() and time.monotonic() < deadline:
                time.sleep(0.005)
            process.send_signal(signal.SIGUSR1)
            self.assertIn(process.wait(60 * program.PATIENCE), (0, 75))
        if (self.folder / "map.h5.snapshots").exists():  # it was stopped before its end
            self.assertLess(len(snapshots(output)["iteration"]), 30)
            self.embed(source, "-o", output, *options, "--checkpoint-every", 0, ranks=2)
        kept, whole = snapshots(output), snapshots(self.folder / "whole.h5")
        for name, values in whole.items():
            self.assertTrue(program.same_bits(values, kept[name]), name)
        self.assertFalse((self.folder / "map.h5.snapshots").exists())

    def test_the_live_picture_and_curves(self):
        source, output, live = self.digits(150), self.folder / "map.h5", self.folder / "live.png"
        for ranks in (1, 2):
            self.embed(source, "-q", "-o", output, "--iterations", 40, "--perplexity", 10, "--measure-every", 10,
                       "--exaggeration-iterations", 20, "--live", live, ranks=ranks)
            self.assertEqual(struct.unpack(">II", dict(chunks(live))["IHDR"][:8])[0], 900)
            pictures = live.read_bytes() if ranks == 1 else pictures
        self.assertEqual(live.read_bytes(), pictures)
        for what in ("--history", "--timings"):
            self.plot(output, what, "-o", self.folder / "curves.svg", "-q")
            text = (self.folder / "curves.svg").read_text()
            for word in {"--history": ("KL divergence", "gradient norm", "exaggeration", "iterations"),
                         "--timings": ("iterations", "affinities", " s, ")}[what]:
                self.assertIn(word, text)
        self.assertNotIn("snapshots", set(h5py.File(output)))

    def test_bad_wishes_are_told_in_one_sentence(self):
        source, output = self.digits(100), self.folder / "map.h5"
        result = program.run("embed", source, "-o", output, "--live", self.folder / "live.gif")
        self.assertEqual(result.code, 2)
        self.assertIn("let the name end in .png", result.errors)
        result = program.run("embed", source, "-o", output, "--live", self.folder / "live.png", "--dims", 1)
        self.assertEqual(result.code, 2)
        self.assertIn("--dims 2", result.errors)
        self.embed(source, "-q", "-o", output, "--iterations", 5)
        for arguments, words in (
            (("--film", self.folder / "film.apng"), "has no snapshots to make a film of"),
            (("--film", self.folder / "film.gif"), ".apng"),
            (("--film", self.folder / "film.apng", "-o", self.folder / "a.png"), "takes the place of --output"),
            (("--history", "--timings", "-o", self.folder / "a.png"), "--timings"),
        ):
            self.assertIn(words, self.plot(output, *arguments, code=2).errors)
        self.assertIn("has no /history", self.plot(source, "--history", "-o", self.folder / "a.png", code=2).errors)
        self.assertEqual([name for name in self.names() if name.endswith((".png", ".apng", ".gif"))], [])


if __name__ == "__main__":
    cases.main()
