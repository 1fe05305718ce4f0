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
                    raise unknown_key(key, [*known], cls.meant(key, written))
        return written

    @classmethod
    def meant(cls, key: str, written: dict[str, Any]) -> str | None:
        """What an unknown key in `written` is where it belongs: lr, one level deeper, optimizer.lr.

        None where nothing tells.
        """
        inner = [group for group, of in written.items() if isinstance(of, dict) and key in of]
        return f"{inner[0]}.{key}" if len(inner) == 1 and inner[0] != key else None
