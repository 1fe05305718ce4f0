"""Crops that show less than a whole image are said beside the results."""

import pytest

from ablate.planning import studies
from ablate.planning.plan import Plan


def asked(data, crop):
    plan = Plan(
        {
            "presets": {"paper": {}},
            "data": data,
            "recipes": {"resnet": {"model": {"name": "resnet18"}}},
            "studies": {
                "crops": {
                    "title": "Crops",
                    "recipe": "resnet",
                    "rows": {"a": {}, "b": {"set": {"augmentation.RandomCrop": crop}}},
                }
            },
        }
    )
    return studies.asked(plan, plan.studies["crops"])


def folder(**others):
    return {"source": "folder", "path": "x", "name": "x", **others}


@pytest.mark.parametrize(
    ("data", "crop", "said"),
    [
        (folder(resize=64), {"size": 32, "padding": 4}, (32, 32)),
        (folder(resize=64), {"size": [64, 32]}, (64, 32)),
        (folder(), {"size": 32}, (32, 32)),
        (folder(), {"size": "image", "padding": 4}, None),
        (folder(resize=64), {"size": 64, "padding": 4}, None),
        ({"source": "synthetic", "train": 512}, {"size": 28}, (28, 28)),
    ],
)
def test_a_row_says_how_little_of_an_image_it_shows(data, crop, said):
    request = asked(data, crop)
    assert [row.crop for row in request.rows] == [None, said]
    assert request.image_side == (32 if data["source"] == "synthetic" else data.get("resize"))
