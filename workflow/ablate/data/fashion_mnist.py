"""FashionMNIST: pictures of clothes, from the archives that torchvision takes."""

from collections.abc import Mapping
from typing import Any

from ablate.data import idx
from ablate.data.images import Images

URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
FILES = idx.archives(
    URL,
    "fashion-mnist",
    train_images="8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    train_labels="25c81989df183df01b3e8a0aad5dffbe",
    test_images="bef4ecab320f06d8554ea6380940ec79",
    test_labels="bb300cfdad3c16e7a12a480ee83cd310",
)
CLASSES = [
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
]


def load(settings: Mapping[str, Any]) -> Images:
    """Read the archives in the folder `settings["path"]`; see `idx.load`."""
    return idx.load(settings, "fashion_mnist", CLASSES, FILES)
