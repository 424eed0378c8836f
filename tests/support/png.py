"""Pixels of PNG files with 8 bits a channel."""
import struct
import zlib

import numpy as np

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def raw_bytes(png):
    """The filtered bytes of a PNG's pixels, and its header."""
    at = 8
    data = b""
    header = None
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        part = png[at + 8:at + 8 + length]
        header = struct.unpack(">IIBBBBB", part) if kind == b"IHDR" else header
        data += part if kind == b"IDAT" else b""
        at += 12 + length
    return zlib.decompress(data), header


def pixels(png):
    """Height x width x channels (PNG specification, section 9: filtering)."""
    raw, (width, height, depth, color, _, _, interlaced) = raw_bytes(png)
    assert depth == 8 and not interlaced
    channels = CHANNELS[color]
    lines = np.frombuffer(raw, np.uint8).reshape(height, 1 + width * channels)
    result = np.zeros((height + 1, width + 1, channels), np.int32)  # with a row and a column of zeros before
    for y in range(height):
        line = lines[y, 1:].reshape(width, channels).astype(np.int32)
        above, row = result[y], result[y + 1]
        if lines[y, 0] == 0:
            row[1:] = line
        elif lines[y, 0] == 1:
            row[1:] = np.cumsum(line, axis=0) & 255
        elif lines[y, 0] == 2:
            row[1:] = (line + above[1:]) & 255
        else:
            for x in range(width):
                a, b, c = row[x], above[x + 1], above[x]
                if lines[y, 0] == 3:
                    guess = (a + b) // 2
                else:
                    far_a, far_b, far_c = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
                    guess = np.where((far_a <= far_b) & (far_a <= far_c), a, np.where(far_b <= far_c, b, c))
                row[x + 1] = (line[x] + guess) & 255
    return result[1:, 1:]
