"""Any image file as 8-bit RGB."""

from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ablate.errors import AblateError

BACKGROUND = (255, 255, 255)


def decode(path: Path, size: tuple[int, int] | None = None) -> np.ndarray:
    """Read an image as uint8 [H, W, 3], resized (bilinear, antialiased) to `size` if one is given.

    Transparent pixels show white, 16-bit grey is rounded to 8 bits, and of an animation the first
    frame counts. A camera's orientation tag is not followed, as in torchvision's ImageFolder.

    Raises:
        AblateError: the file cannot be read, is empty, or is no image that can be decoded.
    """
    try:
        if path.stat().st_size == 0:
            raise ValueError("the file is empty")
        with Image.open(path) as image:
            rgb = _rgb(image)
            if size is not None:
                rgb = rgb.resize(size[::-1], Image.Resampling.BILINEAR)
            return np.asarray(rgb)
    except UnidentifiedImageError:
        raise AblateError(f"{path} cannot be decoded as an image: its format is unknown") from None
    except MemoryError:
        raise
    except Exception as error:  # decoders fail in as many ways as there are formats
        reason = getattr(error, "strerror", None) or error
        raise AblateError(f"{path} cannot be decoded as an image: {reason}") from None


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise ValueError("it holds floating point numbers; 8 or 16 bits are needed")
    if image.mode.startswith("I"):
        return _from_16_bits(np.asarray(image, dtype=np.int64)).convert("RGB")
    if image.has_transparency_data:
        pixels = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", pixels.size, BACKGROUND), pixels).convert(
            "RGB"
        )
    return image.convert("RGB")


def _from_16_bits(values: np.ndarray) -> Image.Image:
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("it holds numbers beyond 16 bits; 8 or 16 bits are needed")
    # 65535 = 255 x 257
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))
