"""How all that a config says is checked."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from ablate.settings.refusal import unknown_key


class Settings(BaseModel):
    """Keys of exactly these names and types, with finite numbers; nothing changes them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, written: Any) -> Any:
        """Name the keys that there are beside one that there is not, as pydantic does not."""
        known = cls.model_fields
        if isinstance(written, dict) and cls.model_config["extra"] == "forbid":
            for key in written:
                if key not in known:
                    raise unknown_key(key, [*known], _further_in(key, written))
        return written


def _further_in(key: str, written: dict[str, Any]) -> str | None:
    """Where a key stands one level deeper: lr in optimizer.lr."""
    groups = (group for group, inner in written.items() if isinstance(inner, dict) and key in inner)
    return next((f"{group}.{key}" for group in groups if group != key), None)
