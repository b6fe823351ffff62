"""Prints an event as if it had just happened: a handler has 29 s from the time in there.

usage: event.py FILE
"""

import json
import sys
import time

with open(sys.argv[1], encoding="utf-8") as file:
    event = json.load(file)

context = event["requestContext"]
age_ms = context["requestTimeEpoch"] - context["connectedAt"]
context["requestTimeEpoch"] = time.time_ns() // 1_000_000
context["connectedAt"] = context["requestTimeEpoch"] - age_ms
json.dump(event, sys.stdout)
