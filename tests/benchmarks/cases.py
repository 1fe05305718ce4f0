"""What is timed: networks of the report, with the augmentation and optimizer that it gives them."""

from ablate.settings import Run

BATCH_SIZES = (16, 128, 512)

# The report's recipe with max-pool (2.1) and the one without (2.2.11), and VGG-A's (3.2).
WITH_POOL = {
    "optimizer": {"name": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 1e-5},
    "epochs": 50,
}
WITHOUT_POOL = {
    "optimizer": {"name": "SGD", "lr": 0.1, "momentum": 0.9, "weight_decay": 5e-4},
    "augmentation": {"RandomCrop": {"size": 32, "padding": 4}, "RandomHorizontalFlip": {"p": 0.5}},
    "epochs": 240,
}
NETWORKS = {
    "resnet18": {"model": {"name": "resnet18"}, **WITH_POOL},
    "resnet18 without max-pool": {
        "model": {"name": "resnet18", "max_pool": False},
        **WITHOUT_POOL,
    },
    "resnet34": {"model": {"name": "resnet34"}, **WITH_POOL},
    "resnet34 without max-pool": {
        "model": {"name": "resnet34", "max_pool": False},
        **WITHOUT_POOL,
    },
    "vgg_a": {
        "model": {"name": "vgg_a"},
        "optimizer": {"name": "Adam", "lr": 1e-3},
        "normalize": {"mean": 0.5, "std": 0.5},
        "epochs": 20,
    },
}
QUICK = ("resnet18 without max-pool", "resnet34", "vgg_a")


def settings(network: str, batch_size: int, **changes) -> Run:
    """The settings of a training: a network of NETWORKS, with `changes`, at a constant rate."""
    return Run.model_validate(
        {**NETWORKS[network], "schedule": None, "batch_size": batch_size, **changes}
    )
