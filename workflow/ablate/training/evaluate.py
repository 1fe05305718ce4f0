"""What a network makes of images it does not train on."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ablate.errors import AblateError
from ablate.training import memory
from ablate.training.step import Pipeline

# Pixels at once: 2000 images of 32 x 32 fill a GPU, and 250 are what a CPU's caches like.
PIXELS = {"cuda": 2000 * 32 * 32, "cpu": 250 * 32 * 32}


@dataclass(frozen=True)
class Scores:
    """loss: mean cross entropy, 0-dim. correct: images classified rightly, 0-dim.

    probabilities: float32 [n, classes]. All on the network's device, not yet waited for.
    """

    loss: Tensor
    correct: Tensor
    probabilities: Tensor


class Evaluation:
    """Evaluates one network on one set of images.

    images: uint8 [n, height, width, 3], labels: int64 [n], both on the network's device.
    softmax: whether the network's outputs are probabilities already. pause: called between batches,
    may raise to interrupt. batch: images at once, halved whenever memory does not suffice.
    """

    def __init__(
        self,
        network: nn.Module,
        forward: Callable[[Tensor], Tensor],
        pipeline: Pipeline,
        images: Tensor,
        labels: Tensor,
        softmax: bool,
        pause: Callable[[], None],
    ) -> None:
        self.network = network
        self.forward = forward
        self.pipeline = pipeline
        self.images = images
        self.labels = labels
        self.softmax = softmax
        self.pause = pause
        height, width = images.shape[1:3]
        self.batch = max(1, PIXELS[images.device.type] // (height * width))
        self.score = self._score

    def __call__(self) -> Scores:
        """Scores in evaluation mode; the network is left in training mode.

        Raises:
            AblateError: memory does not suffice for one image.
        """
        self.network.eval()
        try:
            while (scores := self._scores()) is None:
                self._halve()
            return scores
        finally:
            self.network.train()

    def _scores(self) -> Scores | None:
        """None where memory is out."""
        try:
            return self.score(len(self.images))
        except (RuntimeError, MemoryError) as error:
            if memory.is_out(error):
                return None
            raise

    def _halve(self) -> None:
        if self.batch == 1:
            raise AblateError(
                "out of memory in the evaluation, even of one image at a time. Take smaller images "
                "(data.resize), fewer runs at a time on one device, or a device with more memory."
            )
        self.batch //= 2
        print(f"out of memory in the evaluation: {self.batch} images at once now", file=sys.stderr)
        if self.images.device.type == "cuda":
            torch.cuda.empty_cache()

    @torch.no_grad()
    def _score(self, images: int) -> Scores:
        starts = range(0, images, self.batch)
        outputs = torch.cat([self._outputs(start, start + self.batch) for start in starts])
        return Scores(
            loss=functional.cross_entropy(outputs, self.labels),
            correct=(outputs.argmax(1) == self.labels).sum(),
            probabilities=outputs if self.softmax else outputs.softmax(1),
        )

    def _outputs(self, start: int, stop: int) -> Tensor:
        self.pause()
        images = self.images[start:stop].permute(0, 3, 1, 2)
        inputs = self.pipeline.apply_test(images)
        return self.forward(inputs.contiguous(memory_format=torch.channels_last)).float()
