"""Public names: what authors import is a list that only a deliberate change changes."""

from __future__ import annotations

import portico.gateway
import portico.schema
from portico.gateway import Gateway, Settings, reflect


def test_the_grammar_has_these_names_and_no_others() -> None:
    assert sorted(portico.schema.__all__) == [
        "Caller", "Channel", "Data", "Event", "Id", "IntId", "Jobs", "Me", "Model", "Now", "Refused", "Rule", "Touched",
        "allow", "before", "computed", "cron", "database_function", "enum_table", "everyone", "file", "job", "mutation", "named", "on", "owner", "preset", "query",
        "require", "role", "subscription", "view", "webhook",
    ]  # fmt: skip
    assert len(portico.schema.__all__) <= 33
    for name in portico.schema.__all__:
        assert hasattr(portico.schema, name)


def test_the_gateway_offers_the_application_its_settings_and_reflection() -> None:
    assert sorted(portico.gateway.__all__) == ["Gateway", "Settings", "reflect"]
    assert callable(Gateway)
    assert callable(reflect)
    assert Settings().port == 8000
