"""How many images are evaluated at once, and what happens where memory does not suffice."""

import numpy as np
import pytest
import torch
from tiny_training import begin
from torch import nn

from ablate.errors import AblateError
from ablate.training.evaluate import Evaluation


class Brightness:
    """Stands in for the pipeline: what is seen is the image itself."""

    def apply_test(self, images):
        return images.float()


class Limited(nn.Module):
    """Class 0 for dark images, 1 for bright ones; out of memory with more than `most` at once."""

    def __init__(self, most=10**9, words="CUDA out of memory. Tried to allocate 52.6 GiB"):
        super().__init__()
        self.most = most
        self.words = words
        self.seen = []

    def forward(self, images):
        if len(images) > self.most:
            raise RuntimeError(self.words)
        self.seen.append(len(images))
        bright = images.mean((1, 2, 3)) - 127
        return torch.stack([-bright, bright], 1)


def evaluation(network, images=1000, side=32):
    pixels = np.random.default_rng(0).integers(0, 2, (images, 1, 1, 1)) * 200
    shown = torch.from_numpy(pixels.astype(np.uint8)).expand(images, side, side, 3)
    labels = torch.from_numpy((pixels > 0).astype(np.int64)).reshape(-1)
    return Evaluation(network, network, Brightness(), shown, labels, False, lambda: None)


@pytest.mark.parametrize(("side", "at_once"), [(32, 250), (64, 62), (224, 5), (1024, 1)])
def test_the_larger_the_images_the_fewer_at_once(side, at_once):
    network = Limited()
    evaluation(network, 3 if at_once < 3 else at_once + 1, side)()
    assert max(network.seen) == at_once


def test_on_a_card_as_many_pixels_as_fill_it():
    with torch.device("meta"):
        shown, labels = torch.empty(9, 224, 224, 3), torch.empty(9)
    shown = CudaShape(shown)
    assert Evaluation(None, None, None, shown, labels, False, None).batch == 40


class CudaShape:
    """The shape of a tensor, said to be on a card."""

    def __init__(self, tensor):
        self.shape = tensor.shape
        self.device = torch.device("cuda", 0)


def test_where_memory_is_out_fewer_images_at_once_give_the_same(capsys):
    expected = evaluation(Limited())()
    network = Limited(most=40)
    scores = evaluation(network)
    found = scores()
    assert max(network.seen) == 31  # 250, 125, 62, 31
    assert torch.equal(found.probabilities, expected.probabilities)
    assert found.correct == expected.correct == 1000
    assert "out of memory in the evaluation: 31 images at once now" in capsys.readouterr().err
    # It remembers.
    network.seen.clear()
    scores()
    assert network.seen[0] == 31
    assert network.training


@pytest.mark.parametrize(
    "words",
    ["CUDA out of memory", "cuDNN error: CUDNN_STATUS_ALLOC_FAILED", "can't allocate memory"],
)
def test_not_even_one_image_is_said_of_the_evaluation(words):
    with pytest.raises(AblateError, match=r"in the evaluation, even of one image.*data\.resize"):
        evaluation(Limited(most=0, words=words))()


def test_another_error_is_not_taken_for_one_of_memory():
    def broken(images):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    scores = evaluation(Limited())
    scores.forward = broken
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        scores()
    assert scores.batch == 250


def test_a_training_evaluates_its_images_as_it_stored_them():
    training = begin()
    assert training.evaluations["test"].images.shape == (30, 32, 32, 3)
    assert training.evaluations["test"].batch == 250
