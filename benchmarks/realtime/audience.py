"""Who reads: all subscribers of a scene, in processes of their own, and what they have heard."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any

from benchmarks.processes import cpu_s
from benchmarks.realtime.readers import Arrivals, read
from benchmarks.realtime.scenes import Scene
from benchmarks.realtime.stages import Stage

_PATIENCE_S = 60.0


class Audience:
    """All readers of a scene, in their processes. ramp_s: from the beginning to the last one's subscription."""

    def __init__(self, stage: Stage, scene: Scene) -> None:
        self._scene = scene
        self._share = -(-scene.subscribers // scene.clients)
        self._pipes: list[Any] = []
        self._processes: list[Any] = []
        subscribers = [stage.subscriber(scene, reader) for reader in range(scene.subscribers)]
        began = time.monotonic()
        for first in range(0, scene.subscribers, self._share):
            ours, theirs = multiprocessing.Pipe()
            part = subscribers[first : first + self._share]
            process = multiprocessing.Process(target=read, args=(stage.port, stage.path, part, theirs), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        self.ramp_s = max(_received(pipe) for pipe in self._pipes) - began

    def answered(self) -> int:
        """How many readers have heard something."""
        for pipe in self._pipes:
            pipe.send(("answered",))
        return sum(_received(pipe) for pipe in self._pipes)

    def until_answered(self) -> float:
        """Waits until each has heard something; when that was."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.answered() < self._scene.subscribers:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.answered()} of {self._scene.subscribers} have a first answer")
            time.sleep(0.2)
        return time.monotonic()

    def heard(self) -> list[Arrivals]:
        """What came since the last call."""
        for pipe in self._pipes:
            pipe.send(("heard",))
        return [_received(pipe) for pipe in self._pipes]

    def tell(self, word: str, reader: int) -> None:
        """Tells one reader to stop or go on reading."""
        self._pipes[reader // self._share].send((word, reader % self._share))

    def first_of(self, process: int) -> int:
        """The place in the scene of a process's first reader."""
        return process * self._share

    def cpu_s(self) -> float:
        """CPU seconds of the readers."""
        return sum(cpu_s(process.pid) for process in self._processes)

    def close(self) -> None:
        """Ends the processes."""
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(20)


def _received(pipe: Any) -> Any:
    if not pipe.poll(_PATIENCE_S):
        raise RuntimeError("a process of readers says nothing")
    return pipe.recv()
