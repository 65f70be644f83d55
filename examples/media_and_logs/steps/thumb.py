"""Write the thumbnail of an image: `python thumb.py IN OUT PIXELS`."""

import os
import sys
from io import BytesIO

from PIL import Image

DO_NOT_RETRY = 100


def shrink(path: str, pixels: int) -> bytes:
    """Return *path* as a PNG that fits a square of *pixels*; never larger than it was."""
    with Image.open(path) as image:
        small = image.convert("RGBA")
    small.thumbnail((pixels, pixels))
    encoded = BytesIO()
    small.save(encoded, format="PNG")
    return encoded.getvalue()


def main() -> int:
    """Shrink, and put the file in place only when it is whole."""
    source, output, pixels = sys.argv[1:]
    try:
        content = shrink(source, int(pixels))
    except OSError as error:  # Pillow's own errors are of this kind too
        print(f"{source}: {error}", file=sys.stderr)
        return DO_NOT_RETRY
    unfinished = f"{output}.{os.environ.get('QUEUECTL_JOB_ID', 'part')}"
    with open(unfinished, "wb") as file:
        file.write(content)
    os.replace(unfinished, output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
