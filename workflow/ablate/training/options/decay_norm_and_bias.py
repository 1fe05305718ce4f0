"""Weight decay on the weights of convolutions and Linear layers alone."""

from ablate.training.parts import Parts


def add(parts: Parts, decay: bool) -> None:
    """Spare biases and the scales and shifts of normalisation layers the weight decay.

    They are the parameters of at most one dimension. He, Zhang, Zhang, Zhang, Xie, Li: Bag of
    Tricks for Image Classification with Convolutional Neural Networks, CVPR 2019, section 3.1.
    """
    split = []
    for group in parts.groups:
        weights = [parameter for parameter in group["params"] if parameter.dim() > 1]
        others = [parameter for parameter in group["params"] if parameter.dim() <= 1]
        split += [{**group, "params": weights}, {**group, "params": others, "weight_decay": 0.0}]
    parts.groups = [group for group in split if group["params"]]
