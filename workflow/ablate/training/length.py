"""How long a run is, and where in its schedule each step lies."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ablate.settings import Run


@dataclass(frozen=True)
class Length:
    """steps: of the whole run; it may end within an epoch. Epochs count from 1, steps from 0."""

    images: int
    batch_size: int
    steps: int
    schedule_epochs: int | None = None

    @classmethod
    def of(cls, settings: "Run", images: int) -> "Length":
        """The length of a run on `images` training images; a small last batch is kept."""
        steps = settings.steps or settings.epochs * math.ceil(images / settings.batch_size)
        return cls(images, settings.batch_size, steps, settings.schedule_epochs)

    @property
    def steps_per_epoch(self) -> int:
        return math.ceil(self.images / self.batch_size)

    @property
    def epochs(self) -> int:
        """Epochs begun, the last perhaps not finished."""
        return math.ceil(self.steps / self.steps_per_epoch)

    def first_step(self, epoch: int) -> int:
        return (epoch - 1) * self.steps_per_epoch

    def steps_in(self, epoch: int) -> int:
        """The steps of this epoch: fewer in the last epoch of a run that ends within it."""
        return min(self.steps_per_epoch, self.steps - self.first_step(epoch))

    def batch_at(self, position: int) -> int:
        """Images in the batch at `position` (from 0) of any epoch."""
        return min(self.batch_size, self.images - position * self.batch_size)

    def images_in(self, steps: int) -> int:
        """Images that the first `steps` steps train on, each time counted."""
        epochs, position = divmod(steps, self.steps_per_epoch)
        return epochs * self.images + position * self.batch_size

    def scheduled(self) -> int:
        """Epochs that the schedule is written for."""
        return self.schedule_epochs or self.epochs

    def steps_of(self, epochs: float) -> int:
        """The steps that take a run through `epochs` of its schedule, at least one."""
        per_epoch = self.steps / self.schedule_epochs if self.schedule_epochs else None
        return max(1, round(epochs * (per_epoch or self.steps_per_epoch)))

    def schedule_epoch(self, step: int) -> int:
        """The schedule's epoch (from 0) at `step`.

        A run shorter than its schedule follows it by progress: floor(step / steps x epochs), in
        whole numbers. Otherwise that is the epoch the step lies in.
        """
        if self.schedule_epochs is None:
            return step // self.steps_per_epoch
        return step * self.schedule_epochs // self.steps
