"""A typed JSON file that knows whether it is whole: it carries the digest of its own content."""

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ablate import invocation
from ablate.errors import AblateError
from ablate.files import write_text

FORMAT, DIGEST = "format", "sha256"


class Strict(BaseModel):
    """Fields of exactly these names and types; no NaN, which JSON does not know."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Sealed(Strict):
    """A file of a run's folder: a format number, its fields, and their digest, as JSON.

    NAME: of the file. VERSION: of its format; other versions are not read. MEND: what a user can do
    about a damaged one, a sentence with {folder} and {command}.
    """

    NAME: ClassVar[str]
    VERSION: ClassVar[int]
    MEND: ClassVar[str]

    def write(self, folder: str | Path) -> None:
        """Write the file whole, one key a line."""
        content = {FORMAT: self.VERSION, **self.model_dump(mode="json")}
        content[DIGEST] = digest(content)
        lines = (
            f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
            for key, value in content.items()
        )
        write_text(Path(folder) / self.NAME, "{\n" + ",\n".join(lines) + "\n}\n")

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """The file in `folder`, its digest and its fields checked.

        Raises:
            AblateError: it is absent, cut short, edited, or of another format.
        """
        path = Path(folder) / cls.NAME
        try:
            return cls._of(path.read_bytes())
        except FileNotFoundError as error:
            raise AblateError(
                f"{path} does not exist. Build it first: {invocation.snakemake(path)}"
            ) from error
        except OSError as error:
            raise cls._damaged(path, f"cannot be read: {error.strerror or error}") from error
        except ValueError as error:
            raise cls._damaged(path, str(error)) from error

    @classmethod
    def _of(cls, text: bytes) -> Self:
        try:
            content = json.loads(text)
        except ValueError as error:
            raise ValueError(f"is cut short or not JSON ({error})") from error
        if not isinstance(content, dict):
            raise ValueError("is not a JSON object")
        version = content.get(FORMAT, 0)
        if version != cls.VERSION:
            raise ValueError(
                f"has format {version}; this version of ablate reads format {cls.VERSION}"
            )
        if not _intact(content):
            raise ValueError(f"has been edited: its content does not match its {DIGEST}")
        fields = {key: value for key, value in content.items() if key not in (FORMAT, DIGEST)}
        try:
            return cls.model_validate_json(json.dumps(fields))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"has unexpected content ({place}: {first['msg']})") from error

    @classmethod
    def _damaged(cls, path: Path, finding: str) -> AblateError:
        return AblateError(f"{path} {finding}. {cls.mend(path.parent)}")

    @classmethod
    def mend(cls, folder: Path) -> str:
        """What a user can do about a damaged file of a run's folder."""
        return cls.MEND.format(folder=folder, command=invocation.snakemake(folder / cls.NAME))

    @classmethod
    def schema_text(cls) -> str:
        """The JSON schema (draft 2020-12) of the file."""
        schema = cls.model_json_schema()
        properties = {
            FORMAT: {"const": cls.VERSION, "description": "of this file; changes with its fields"},
            **schema["properties"],
            DIGEST: {
                "description": "of the canonical JSON of this object without this key: "
                "keys sorted, no spaces, UTF-8",
                "pattern": "^[0-9a-f]{64}$",
                "type": "string",
            },
        }
        whole = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **schema,
            "properties": properties,
            "required": list(properties),
        }
        return json.dumps(whole, indent=2) + "\n"


def digest(content: dict[str, Any]) -> str:
    """Sha256, in hex, of the canonical JSON of `content` without its own digest.

    Canonical: keys sorted, no spaces, UTF-8, numbers as Python writes them.

    Raises:
        ValueError: it holds NaN or an infinity.
    """
    bare = {key: value for key, value in content.items() if key != DIGEST}
    text = json.dumps(
        bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _intact(content: dict[str, Any]) -> bool:
    try:
        return content.get(DIGEST) == digest(content)
    except ValueError:
        return False
