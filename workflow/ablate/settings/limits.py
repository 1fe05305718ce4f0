"""What torch itself refuses of arguments, to be told before anything is loaded or packed."""

from collections.abc import Callable
from typing import Any

# What torch wants, in words, and whether arguments (defaults included) are so.
Limit = tuple[str, Callable[[dict[str, Any]], bool]]

_BETAS: Limit = (
    "betas of at least 0 and below 1",
    lambda a: all(0 <= beta < 1 for beta in a["betas"]),
)

LIMITS: dict[str, list[Limit]] = {
    "CELU": [("an alpha other than 0", lambda a: a["alpha"] != 0)],
    "GELU": [("approximate: none or tanh", lambda a: a["approximate"] in ("none", "tanh"))],
    "Hardtanh": [("a min_val below max_val", lambda a: a["min_val"] < a["max_val"])],
    "RReLU": [("a lower of at most upper", lambda a: a["lower"] <= a["upper"])],
    "Softshrink": [("a lambd of at least 0", lambda a: a["lambd"] >= 0)],
    "Adam": [_BETAS],
    "AdamW": [_BETAS],
    "Adamax": [_BETAS],
    "NAdam": [_BETAS],
    "RAdam": [_BETAS],
    "Adadelta": [("a rho from 0 to 1", lambda a: 0 <= a["rho"] <= 1)],
    "Rprop": [("etas below and above 1", lambda a: 0 < a["etas"][0] < 1 < a["etas"][1])],
    "SGD": [
        (
            "a momentum, and no dampening, with nesterov",
            lambda a: not a["nesterov"] or (a["momentum"] > 0 and a["dampening"] == 0),
        )
    ],
    "CrossEntropyLoss": [
        ("a label_smoothing from 0 to 1", lambda a: 0 <= a["label_smoothing"] <= 1)
    ],
    "MultiMarginLoss": [("a p of 1 or 2", lambda a: a["p"] in (1, 2))],
    "OneCycleLR": [
        ("a pct_start from 0 to 1", lambda a: 0 <= a["pct_start"] <= 1),
        ("an anneal_strategy: cos or linear", lambda a: a["anneal_strategy"] in ("cos", "linear")),
    ],
    "ConstantLR": [("a factor from 0 to 1", lambda a: 0 <= a["factor"] <= 1)],
    "MultiStepLR": [
        ("whole epochs as milestones", lambda a: all(m == int(m) for m in a["milestones"]))
    ],
    "LinearLR": [
        ("a start_factor above 0 and at most 1", lambda a: 0 < a["start_factor"] <= 1),
        ("an end_factor from 0 to 1", lambda a: 0 <= a["end_factor"] <= 1),
    ],
}
