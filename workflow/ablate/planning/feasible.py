"""Whether runs can train on the data: what cannot is refused before anything is trained.

Only as far as the settings tell how many images there are, and how large; ablate.steps.networks
tries the rest once they are packed.
"""

from collections.abc import Iterable

from ablate.errors import AblateError
from ablate.planning.planned import PlannedRun
from ablate.settings import Run
from ablate.settings.data import Data


def check(runs: Iterable[PlannedRun], data: Data) -> None:
    """Refuse runs whose last batch cannot be normalised, then crops larger than the images.

    Raises:
        AblateError: naming the first, and where it is asked for.
    """
    runs = list(runs)
    for planned in runs if data.training_images else ():
        _check_last_batch(planned.run, data.training_images, data.side, planned.place)
    for planned in runs if data.side else ():
        crop = planned.run.augmentation.RandomCrop
        if crop and (fault := crop.fault((data.side, data.side))):
            raise AblateError(f"{planned.place}: {fault}")


def _check_last_batch(run: Run, images: int, side: int | None, place: str) -> None:
    """Refuse a run whose last batch is one image where its network needs two.

    Args:
        images: training images before any are held out.
        side: of an image, in pixels, where it is known.
    """
    held_out = min(max(1, round(images * run.holdout)), images - 1) if run.holdout else 0
    kept = images - held_out
    if run.last_batch_needs_two(side) and (kept % run.batch_size or run.batch_size) == 1:
        raise AblateError(
            f"{place}: batch_size: found {run.batch_size}, which leaves a last batch of one of "
            f"{kept} images, and this network's batch normalisation needs two; choose another size"
        )
