"""What is begun before it is waited for, so that phone and district work at the same time; one thread does for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

HEAD_START: Final = 0.005  # seconds for a request to get on its way, before other work takes the thread

_T = TypeVar("_T")


async def begun(asked: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
    """The task of a request, which is on its way when this returns, or answered. Cancelled meanwhile, it is dropped."""
    task = asyncio.create_task(asked)
    try:
        await asyncio.wait({task}, timeout=HEAD_START)
    except asyncio.CancelledError:
        await dropped(task)
        raise
    return task


async def dropped(task: asyncio.Task[Any]) -> None:
    """Ends a task whose answer nobody wants; whatever came of it is no matter."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
