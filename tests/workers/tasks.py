"""Tasks that the tests give to workers; imported there as ``tasks``."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import sys
import time
from typing import Any

from tfmigrate.errors import Damaged, Problem
from tfmigrate.workers import landlock
from tfmigrate.workers.worker import Parent

Data = dict[str, Any]


def hello(payload: Data, parent: Parent) -> Data:
    return {"heard": payload}


def nothing(payload: Data, parent: Parent) -> Data:
    return {}


def surroundings(payload: Data, parent: Parent) -> Data:
    return {
        "pid": os.getpid(),
        "server": os.getppid(),
        "group": os.getpgid(0),
        "server's group": os.getpgid(os.getppid()),
        "cwd": os.getcwd(),
        "environment": dict(os.environ),
        "path": sys.path,
        "modules": sorted(sys.modules),
        "stdin": os.readlink("/proc/self/fd/0"),
        "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1],
        "open files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }


def _tried(error: OSError) -> Data:
    return {"error": errno.errorcode[error.errno or 0]}


def write(payload: Data, parent: Parent) -> Data:
    try:
        with open(payload["file"], "xb") as file:
            file.write(b"x" * payload.get("size", 1))
    except OSError as error:
        return _tried(error)
    return {"error": ""}


def write_more_than_allowed(payload: Data, parent: Parent) -> Data:
    with open(payload["file"], "xb") as file:
        file.write(b"x" * payload["size"])
    return {}


def read(payload: Data, parent: Parent) -> Data:
    try:
        with open(payload["file"], "rb") as file:
            file.read()
    except OSError as error:
        return _tried(error)
    return {"error": ""}


def change(payload: Data, parent: Parent) -> Data:
    """Everything that writing in a folder may mean."""
    folder = payload["folder"]
    os.mkdir(f"{folder}/new")
    with open(f"{folder}/new/a", "w") as file:
        file.write("a")
    os.mkdir(f"{folder}/other")
    os.rename(f"{folder}/new/a", f"{folder}/other/b")
    os.truncate(f"{folder}/other/b", 0)
    os.rmdir(f"{folder}/new")
    with open(f"{folder}/other/b") as file:
        return {"text": file.read()}


def connect(payload: Data, parent: Parent) -> Data:
    try:
        socket.create_connection(("127.0.0.1", payload["port"]), 5).close()
    except OSError as error:
        return _tried(error)
    return {"error": ""}


def execute(payload: Data, parent: Parent) -> Data:
    child = os.fork()
    if child == 0:
        try:
            os.execv(sys.executable, [sys.executable, "-c", ""])
        except OSError as error:
            os._exit(error.errno or 1)
    return {"status": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}


def interrupt(payload: Data, parent: Parent) -> Data:
    try:
        os.kill(payload["pid"], 0)
    except OSError as error:
        return _tried(error)
    return {"error": ""}


def allocate(payload: Data, parent: Parent) -> Data:
    return {"bytes": len(bytearray(payload["bytes"]))}


def map_memory(payload: Data, parent: Parent) -> Data:
    try:
        mmap.mmap(-1, payload["bytes"]).close()
    except OSError as error:
        return _tried(error)
    return {"error": ""}


def core_dumps(payload: Data, parent: Parent) -> Data:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    return {"soft": soft, "hard": hard, "dumpable": ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)}


def spin(payload: Data, parent: Parent) -> Data:
    parent.progress(payload.get("step", "spinning"))
    while True:
        time.sleep(0.05)


def spin_until(payload: Data, parent: Parent) -> Data:
    time.sleep(payload["seconds"])
    return {}


def stop_itself(payload: Data, parent: Parent) -> Data:
    os.kill(os.getpid(), signal.SIGSTOP)
    return {}


def abort(payload: Data, parent: Parent) -> Data:
    os.write(2, payload.get("say", "").encode())
    os.abort()


def segfault(payload: Data, parent: Parent) -> Data:
    parent.progress("reading weights", 3, 7)
    return {"byte": ctypes.string_at(0)[0]}


def leave(payload: Data, parent: Parent) -> Data:
    os._exit(payload["status"])


def garbage(payload: Data, parent: Parent) -> Data:
    os.write(3, bytes.fromhex(payload["hex"]))
    time.sleep(60)
    return {}


def wrong_report(payload: Data, parent: Parent) -> Data:
    parent._channel.send(payload)
    time.sleep(60)
    return {}


def ask(payload: Data, parent: Parent) -> Data:
    total = 0
    for number in range(payload["times"]):
        total += parent.ask("double", {"number": number})["number"]
    return {"total": total}


def progress(payload: Data, parent: Parent) -> Data:
    for done in range(payload["times"]):
        parent.progress("counting", done + 1, payload["times"])
    parent.progress("done")
    return {}


def damaged(payload: Data, parent: Parent) -> Data:
    raise Damaged(
        "cut off", [Problem("ends early", where="w", nearest=("a",))], where="f", help="h"
    )


def bug(payload: Data, parent: Parent) -> Data:
    raise KeyError("conv1")


def no_json(payload: Data, parent: Parent) -> Data:
    return {"set": {1, 2}}


def no_dict(payload: Data, parent: Parent) -> Data:
    return [1]  # type: ignore[return-value]


def print_much(payload: Data, parent: Parent) -> Data:
    os.write(2, b"noise " * 100_000 + b"\nthe last words\n")
    print("to stdout", flush=True)
    if payload.get("die"):
        os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def lie_about_walls(payload: Data, parent: Parent) -> Data:
    parent._channel.send({"walls": {"connect": True}, "notes": ["all is well"]})
    return {}


def escape(payload: Data, parent: Parent) -> Data:
    """A process that leaves the worker's group, session and parent."""
    if os.fork() == 0:
        os.setsid()
        grandchild = os.fork()
        if grandchild == 0:
            time.sleep(60)
        os._exit(0)
    os.wait()
    parent.progress("escaped")
    if payload.get("spin"):
        time.sleep(60)
    return {}


def large(payload: Data, parent: Parent) -> Data:
    return {"text": "x" * payload["size"], "got": len(payload.get("text", ""))}


def restrict_as_on(payload: Data, parent: Parent) -> Data:
    """Raise Landlock's wall the way it is done on a kernel with that ABI."""
    landlock.restrict([(payload["folder"], landlock.WRITE)], payload["abi"])
    with open(f"{payload['folder']}/inside", "w") as file:
        file.write("x")
    return write({"file": f"{payload['folder']}/../outside"}, parent)
