"""What does a subscription run: its program for many members at once, and which changes its answers depend on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from portico.resolvers.sql.dependencies import Dependencies
from portico.resolvers.sql.members import MembersStatement


@dataclass(frozen=True, eq=False, slots=True)
class LivePlan:
    """
    One program as subscriptions run it. It does not hold the program, with which it is forgotten.

    of_row, of_parameter: the forms in which a value of the change log and a driver's parameter are compared.
    """

    many: MembersStatement
    dependencies: Dependencies
    of_row: Callable[[Any], Hashable]
    of_parameter: Callable[[Any], Hashable]
