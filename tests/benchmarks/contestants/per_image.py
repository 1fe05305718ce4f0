"""A torchvision dataset: PIL images, transformed one by one."""

from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset
from torchvision import transforms

from benchmarks.task import Task


class PerImage(Dataset):
    """The task's training images, as torchvision.datasets.CIFAR10 gives them."""

    def __init__(self, task: Task) -> None:
        self.images = task.data.train_images.transpose(0, 2, 3, 1)
        self.labels = task.data.train_labels.tolist()
        moves = [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()]
        self.transform = transforms.Compose(
            [
                *(moves if task.crops_and_flips else []),
                transforms.ToTensor(),
                transforms.Normalize(*task.statistics),
            ]
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]
