"""torchvision's classifiers by their names there, without pretrained weights."""

from typing import TYPE_CHECKING

import torch
import torchvision
from torch import nn

from ablate.errors import AblateError

if TYPE_CHECKING:
    from ablate.settings.model import Torchvision

# What a builder is given besides: their auxiliary heads are no part of the classifier.
WITHOUT_HEADS = {"aux_logits": False, "init_weights": True}
GIVEN = {"googlenet": WITHOUT_HEADS, "inception_v3": WITHOUT_HEADS}


def build(model: "Torchvision", classes: int) -> nn.Module:
    """The network, initialised as torchvision does.

    Raises:
        AblateError: torchvision refuses the arguments.
    """
    given = {"weights": None, "num_classes": classes, **GIVEN.get(model.name, {})}
    try:
        try:
            return torchvision.models.get_model(model.name, **given, **model.arguments)
        except NotImplementedError:
            # RegNet looks at values while it is built, which meta tensors have none of.
            with torch.device("cpu"):
                built = torchvision.models.get_model(model.name, **given, **model.arguments)
            return built.to("meta")
    except (TypeError, ValueError, AssertionError) as error:
        raise AblateError(f"model: torchvision's {model.name} refuses: {error}") from error
