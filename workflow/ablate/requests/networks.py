"""What is tried on the images before anything trains: networks, and steps with one's own code."""

from typing import Any

from ablate.requests.asked import Asked, Part


class Tried(Part):
    """A network, the crop it is trained on if any, and where the config asks for it first."""

    place: str
    model: dict[str, Any]
    augmentation: dict[str, Any]


class TriedStep(Part):
    """A run's settings but for its network, where they are asked for, and what of them is own."""

    place: str
    settings: dict[str, Any]
    own: tuple[str, ...]


class Networks(Asked):
    """Each network and each step once; partial: what cannot train is left out, not refused."""

    networks: tuple[Tried, ...]
    steps: tuple[TriedStep, ...]
    partial: bool
