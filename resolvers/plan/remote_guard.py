"""May a role ask what a plan asks of other services: the door's second lock, as `HiddenColumn` is of columns."""

from __future__ import annotations

from portico.resolvers.plan.remote_nodes import RemoteField
from portico.resolvers.plan.root_nodes import Plan, leaves
from portico.resolvers.problems import HiddenColumn
from portico.schema.access import RoleAccess


def check_remotes(plan: Plan, access: RoleAccess) -> None:
    """
    Whether everything that is asked is the role's, and with the arguments that are set for it.

    Raises:
        HiddenColumn
    """
    asked = [each for each in leaves(plan.fields) if isinstance(each, RemoteField)]
    for each in (*asked, *plan.joined):
        mine = access.remote(each.remote).fields
        for (type_name, name), grant in each.selection.asked.items():
            if mine.get(type_name, {}).get(name) is not grant:
                raise HiddenColumn(f"There is no field {name!r} here.")
