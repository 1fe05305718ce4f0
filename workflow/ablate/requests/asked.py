"""What every request has in common."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ablate.errors import AblateError
from ablate.paths import Results


class Part(BaseModel):
    """A part of a request: plain values that nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Asked(Part):
    """Something to be made.

    Attributes:
        note: a warning that stands on all that is made (a demo is no result), or None.
        results: the tree it is made in. No record has it, since results may be moved.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    note: str | None = None
    results: Results = Field(Results("results"), exclude=True)

    @classmethod
    def read(cls, product: str, plain: dict[str, Any], results: Results) -> Self:
        """What `plain` gave, with all that it holds, for these results.

        Args:
            product: what is to be made, for the message.

        Raises:
            AblateError: it is no request of this kind.
        """
        try:
            return cls.model_validate(plain).at(results)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "all of it"
            raise AblateError(
                f"the request for {product} is damaged ({place}: {first['msg']}); give the same "
                "command again"
            ) from None

    def at(self, results: Results) -> Self:
        """The same for another results tree."""
        inner = {name: _at(value, results) for name, value in self}
        return self.model_copy(update={**inner, "results": results})

    def plain(self) -> dict[str, Any]:
        """As plain JSON values."""
        return self.model_dump(mode="json")


def _at(value: Any, results: Results) -> Any:
    if isinstance(value, Asked):
        return value.at(results)
    return tuple(_at(one, results) for one in value) if isinstance(value, tuple) else value
