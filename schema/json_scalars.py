"""What is a scalar that only JSON knows: a class by whose name it is called."""

from __future__ import annotations


class JsonScalar:
    """
    The base of scalars whose values functions take and give as JSON has them:

        class Price(JsonScalar):
            "An amount with its currency."

    A parameter annotated with it is handed whatever the client has sent. One that is called like a scalar of columns (`bigint`, `BigInt`)
    is that scalar, and its values are checked as columns' are.
    """
