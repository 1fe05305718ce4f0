"""How all that a config says is checked."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Keys of exactly these names and types, with finite numbers; nothing changes them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
