"""Names in a config must be names of something: what is not gets the nearest that is."""

from collections.abc import Collection

from ablate.errors import AblateError
from ablate.settings.refusal import nearest


def check(
    place: str, kind: str, name: str, names: Collection[str], also: Collection[str] = ()
) -> None:
    """Return where `name` is one of `names`.

    Args:
        place: where it stands in the config.
        kind: what it should name, in a word.
        also: what else may be written there.

    Raises:
        AblateError: it is none.
    """
    if name not in names:
        raise AblateError(f"{place}: unknown {kind} {name!r}; {nearest(name, [*also, *names])}")
