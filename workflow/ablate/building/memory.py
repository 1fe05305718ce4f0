"""How much main memory a training asks a cluster for: an estimate from above, rounded up.

Measured on a CPU at full scale (batches of 128 images of 32 x 32): importing torch and making an
optimizer take 0.55 GB, a network and its optimizer at most 90 MB a copy of the weights, and a step
at most 6 MB an image.
"""

from ablate.settings import Run
from ablate.settings.data import Data

PROCESS = 700  # MB: Python, torch, and what else it imports
CUDA = 2500  # MB: the driver's share of a process
WEIGHTS = 90  # MB: of the largest network here, at width 1
COPIES = 8  # weights, gradients, two moments, the best, a saved state being written
ACTIVATIONS = 6  # MB: of an image of 32 x 32 at width 1, forward and backward
SIDE = 32
IMAGES = 60_000
STEP = 500  # MB: requests are rounded up to it


def needed_mb(run: Run, data: Data, on_gpu: bool) -> int:
    """Megabytes for one training of `run`; activations lie in main memory only on the CPU."""
    side = data.side or SIDE
    images = 1.2 * data.training_images if data.training_images else IMAGES
    held = 3 * images * 3 * side**2 / 1e6  # as read, as unpacked, and as they are trained on
    width = run.model.width
    weights = COPIES * WEIGHTS * width**2
    step = run.batch_size * ACTIVATIONS * width * (side / SIDE) ** 2
    total = PROCESS + held + weights + (CUDA if on_gpu else step)
    return STEP * -(-int(total) // STEP)
