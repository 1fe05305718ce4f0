"""What a user is told when something is wrong: one message, no traceback."""


class AblateError(Exception):
    """Bad input or a state that cannot go on.

    The text says where, what was found and what is allowed or what to do.
    """
