"""Networks to be tried on the images before anything trains."""

from typing import Any

from ablate.requests.asked import Asked, Part


class Tried(Part):
    """A network, the crop it is trained on if any, and where the config asks for it first."""

    place: str
    model: dict[str, Any]
    augmentation: dict[str, Any]


class Networks(Asked):
    """Each network once; partial: what cannot take the images is left out, not refused."""

    networks: tuple[Tried, ...]
    partial: bool
