"""A process of its own that takes part in channels: does what its standard input says, prints what it is given."""

from __future__ import annotations

import asyncio
import json
import sys

from portico.gateway.live import make_hub
from portico.gateway.settings import Settings
from portico.resolvers.limits import ChannelLimits
from portico.resolvers.live.carried import Rendering

TOPIC = '["room",{"id":"1"}]'
MESSAGES = Rendering(b'{"message":', ((b'{"body":', "body"), (b',"from":', "sender_id"), (b"", "")))
PRESENT = Rendering(b'{"present":', ((b'{"user":', "user_id"), (b',"status":', "status"), (b"", "")))


class Printer:
    """Prints what it is given."""

    def give(self, body: bytes) -> None:
        sys.stdout.write(body.decode()[:-1] + "\n")  # without the brace of a whole response
        sys.stdout.flush()


async def main(database_url: str, broadcast_url: str, lease_s: float) -> None:
    """Commands, one on each line: `["send", sender, body]`, `["appear", user, status]`, `["status", user, status]`, `["end"]`."""
    limits = ChannelLimits(presence_lease_s=lease_s)
    hub = make_hub(Settings(database_url=database_url, broadcast_url=broadcast_url, channels=limits))
    await hub.start()
    hub.listen(TOPIC, MESSAGES, Printer())
    hub.presence.watch(TOPIC, PRESENT, Printer())
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        match json.loads(line):
            case ["send", sender, body]:
                await hub.send(TOPIC, sender, {"body": body})
            case ["appear", user, status]:
                hub.presence.appear(TOPIC, user, user, {"status": status})
            case ["status", user, status]:
                hub.presence.update(TOPIC, user, {"status": status})
            case _:
                break
    await hub.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
