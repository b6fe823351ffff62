"""Talks to a gateway with the package `websockets`, and prints what it sees as lines of JSON.

usage: sockets.py SCENARIO URL
"""

import json
import sys
from contextlib import suppress

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

FRAME_BYTES_MAX = 32 * 1024
TIMEOUT_S = 30


def say(**seen):
    print(json.dumps(seen), flush=True)


def say_close(socket):
    """Reads to the end, and says what comes and how the other side ends it."""
    try:
        while True:
            say(text=socket.recv(timeout=TIMEOUT_S))
    except ConnectionClosed as closed:
        say(code=closed.rcvd.code, reason=closed.rcvd.reason)


def send_too_much(socket, message):
    """The other side may end it before all of the message is sent."""
    with suppress(ConnectionClosed):
        socket.send(message)
    say_close(socket)


def broadcast(url):
    with connect(url) as ana, connect(url) as bob:
        ana.send(json.dumps({"action": "broadcast", "data": "hi \N{WAVING HAND SIGN}"}))
        say(bob=bob.recv(timeout=TIMEOUT_S))
        say(ana=ana.recv(timeout=TIMEOUT_S))
        say(reply=json.loads(ana.recv(timeout=TIMEOUT_S)))


def subprotocol(url):
    with connect(url, subprotocols=["chat", "superchat"]) as socket:
        say(subprotocol=socket.subprotocol)


def binary(url):
    with connect(url) as socket:
        socket.send(b"\x00\x01")
        say_close(socket)


def largest(url):
    """What may just be sent: the answer says that there is no such action, and so that it came."""
    with connect(url) as socket:
        socket.send("x" * FRAME_BYTES_MAX)
        say(reply=json.loads(socket.recv(timeout=TIMEOUT_S)))
        socket.send("x" * FRAME_BYTES_MAX for _ in range(4))
        say(reply=json.loads(socket.recv(timeout=TIMEOUT_S)))


def too_large_frame(url):
    with connect(url) as socket:
        send_too_much(socket, "x" * (FRAME_BYTES_MAX + 1))


def too_large_message(url):
    frames = ["x" * FRAME_BYTES_MAX] * 4 + ["x"]
    with connect(url) as socket:
        send_too_much(socket, iter(frames))


def ping(url):
    with connect(url) as socket:
        say(answered=socket.ping(b"are you there").wait(timeout=TIMEOUT_S))


def close(url):
    with connect(url) as socket:
        socket.close(1000, "that is all")
        say(code=socket.close_code, reason=socket.close_reason)


def wait(url):
    """Stays until the other side ends it."""
    with connect(url) as socket:
        say(open=True)
        say_close(socket)


SCENARIOS = [
    broadcast,
    subprotocol,
    binary,
    largest,
    too_large_frame,
    too_large_message,
    ping,
    close,
    wait,
]

if __name__ == "__main__":
    named = {scenario.__name__: scenario for scenario in SCENARIOS}
    named[sys.argv[1]](sys.argv[2])
