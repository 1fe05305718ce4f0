"""What a user is told when something is wrong: one message, no traceback."""


class AblateError(Exception):
    """Bad input or a state that cannot go on.

    The text says where, what was found and what is allowed or what to do. It goes to a terminal and
    may name files and classes of others: what cannot be printed is shown by its escape.

    All that reads or writes files raises it where one is missing, damaged or cannot be written;
    docstrings name only what else can be wrong.
    """

    def __str__(self) -> str:
        text = super().__str__()
        return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


class WeightsNotKept(AblateError):
    """A finished run without its weights: not kept, pruned, or left behind by an export."""
