"""What a network makes of images it does not train on."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ablate.training.step import Pipeline

# Images at once. On a GPU as many as fill it; on a CPU as many as its caches like.
BATCH = {"cuda": 2000, "cpu": 250}


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

    softmax: whether the network's outputs are probabilities already. pause: called between batches,
    may raise to interrupt.
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
        self.images = images.permute(0, 2, 3, 1).contiguous()
        self.labels = labels
        self.softmax = softmax
        self.pause = pause
        self.score = self._score

    def __call__(self) -> Scores:
        """Scores in evaluation mode; the network is left in training mode."""
        self.network.eval()
        try:
            return self.score(len(self.images))
        finally:
            self.network.train()

    @torch.no_grad()
    def _score(self, images: int) -> Scores:
        batch = BATCH[self.images.device.type]
        outputs = torch.cat([self._outputs(i, i + batch) for i in range(0, images, batch)])
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
