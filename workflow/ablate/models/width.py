"""How a width multiplier changes a number of channels."""


def scaled(channels: int, width: float) -> int:
    """`channels` times `width`, to the nearest whole number, and never below 1."""
    return max(1, round(channels * width))
