"""The grammar of model files: every name an author imports."""

from portico.schema.caller import Caller
from portico.schema.channels import Channel
from portico.schema.columns import owner, preset
from portico.schema.computed import computed
from portico.schema.database_functions import database_function
from portico.schema.events import cron, job, on, webhook
from portico.schema.files import file
from portico.schema.functions import before, mutation, query, subscription
from portico.schema.infos import enum_table, named, view
from portico.schema.model import Id, IntId, Model, Now, Touched
from portico.schema.problems import Refused
from portico.schema.provided import Data, Event, Jobs
from portico.schema.rules import Me, Rule, allow, everyone, require, role

__all__ = [
    "Caller",
    "Channel",
    "Data",
    "Event",
    "Id",
    "IntId",
    "Jobs",
    "Me",
    "Model",
    "Now",
    "Refused",
    "Rule",
    "Touched",
    "allow",
    "before",
    "computed",
    "cron",
    "database_function",
    "enum_table",
    "everyone",
    "file",
    "job",
    "mutation",
    "named",
    "on",
    "owner",
    "preset",
    "query",
    "require",
    "role",
    "subscription",
    "view",
    "webhook",
]
