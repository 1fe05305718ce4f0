"""Settings by their last word: lr is an argument of the optimizer, and is written optimizer.lr."""

from ablate.settings.augmentation import Augmentation
from ablate.settings.model import OURS
from ablate.settings.named import vocabulary

NAMED = ("optimizer", "schedule", "loss")


def deeper(word: str) -> str | None:
    """The path of a setting that stands in a group, by its last word; None for any other word."""
    # Every group has a name, and so it tells none of them.
    if word == "name":
        return None
    words = {
        "model": {field for family in OURS for field in family.model_fields},
        **{kind: {key for known in vocabulary()[kind].values() for key in known} for kind in NAMED},
        "augmentation": set(Augmentation.model_fields),
    }
    return next((f"{group}.{word}" for group, known in words.items() if word in known), None)
