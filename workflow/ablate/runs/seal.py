"""A JSON file that knows whether it is whole: it carries the digest of its own content."""

import hashlib
import json
from pathlib import Path

from ablate.errors import AblateError

DIGEST = "sha256"


def digest(content: dict) -> str:
    """Sha256, in hex, of the canonical JSON of `content` without its own digest.

    Canonical: keys sorted, no spaces, UTF-8, numbers as Python writes them.
    """
    bare = {key: value for key, value in content.items() if key != DIGEST}
    text = json.dumps(
        bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_text(content: dict) -> str:
    """`content` and its digest as JSON text, one key a line."""
    whole = {**content, DIGEST: digest(content)}
    lines = (
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}"
        for key, value in whole.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read_sealed(path: str | Path, mend: str) -> dict:
    """The content of a sealed file, its digest verified and kept.

    Args:
        path: the file.
        mend: what a user can do about a damaged file, as a sentence.

    Raises:
        AblateError: the file is absent, cut short, edited or no such file at all.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AblateError(f"{path} does not exist. Let snakemake make it.") from error
    except OSError as error:
        raise AblateError(f"{path} cannot be read: {error.strerror or error}. {mend}") from error
    except ValueError as error:
        raise AblateError(f"{path} is cut short or not JSON ({error}). {mend}") from error
    if not isinstance(content, dict) or DIGEST not in content:
        raise AblateError(f"{path} carries no {DIGEST} of its own content. {mend}")
    if not _intact(content):
        raise AblateError(
            f"{path} has been edited: its content does not match the {DIGEST} it carries. {mend}"
        )
    return content


def _intact(content: dict) -> bool:
    try:
        return content[DIGEST] == digest(content)
    except ValueError:
        return False
