"""A learning rate that rises before its schedule begins."""

from ablate.training.parts import Parts


def add(parts: Parts, epochs: float) -> None:
    """Rise by step to the rate of the schedule's beginning, over the first epochs.

    At step i of m (from 1) the rate is i / m of it: the gradual warm-up of Goyal et al., Accurate,
    Large Minibatch SGD: Training ImageNet in 1 Hour, 2017. The schedule follows, from its
    beginning; its last epochs go unused.
    """
    steps = parts.length.steps_of(epochs)
    rising = [parts.rates[0] * step / steps for step in range(1, steps + 1)]
    parts.rates = [*rising, *parts.rates][: parts.length.steps]
