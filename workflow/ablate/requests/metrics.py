"""What one training came to."""

from ablate.requests.asked import Asked


class AskedMetrics(Asked):
    """The metrics of one run and seed."""

    run: str
    seed: int
