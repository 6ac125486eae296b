#!/usr/bin/env python3
"""extractKernel.py BZIMAGE OUTPUT: writes the uncompressed ELF kernel, which boots through PVH without decompressing itself."""

import struct
import sys
import zlib


def extract(image: bytes) -> bytes:
    # The boot protocol's header (offset 0x1f1) says where the compressed kernel lies, relative to the protected-mode code.
    setup_sectors = image[0x1F1] or 4
    payload_offset, payload_length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + payload_offset
    kernel = zlib.decompressobj(wbits=31).decompress(image[start : start + payload_length])
    if kernel[:4] != b"\x7fELF":
        raise ValueError("the payload is not an ELF file")
    return kernel


if __name__ == "__main__":
    source, target = sys.argv[1:]
    try:
        with open(source, "rb") as file:
            kernel = extract(file.read())
    except (zlib.error, ValueError, struct.error) as error:
        sys.exit(f"image: {source} is not a gzip-compressed bzImage: {error}")
    with open(target, "wb") as file:
        file.write(kernel)
