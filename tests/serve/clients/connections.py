"""Manages connections with boto3, and prints what it sees as lines of JSON.

usage: connections.py URL ENDPOINT DYNAMODB-ENDPOINT
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

MESSAGE_BYTES_MAX = 128 * 1024
TIMEOUT_S = 30


def say(**seen):
    print(json.dumps(seen), flush=True)


def only_connection(endpoint):
    """The id in the one row of the table."""
    table = boto3.resource("dynamodb", endpoint_url=endpoint).Table("stormglass-connections")
    (row,) = table.scan(ConsistentRead=True)["Items"]
    return row["connectionId"]


def say_refusal(what, call, **parameters):
    try:
        call(**parameters)
        say(refused=what, error=None)
    except ClientError as error:
        answer = error.response
        say(
            refused=what,
            exception=type(error).__name__,
            code=answer["Error"]["Code"],
            status=answer["ResponseMetadata"]["HTTPStatusCode"],
            text=str(error),
        )


def main(url, endpoint, dynamodb):
    client = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    with connect(url, user_agent_header="a test") as socket:
        connection = only_connection(dynamodb)
        for data in [b"hello", "x" * MESSAGE_BYTES_MAX]:
            client.post_to_connection(ConnectionId=connection, Data=data)
            got = socket.recv(timeout=TIMEOUT_S)
            say(posted=type(got).__name__, length=len(got))
        found = client.get_connection(ConnectionId=connection)
        identity = found["Identity"]
        say(
            source=identity["SourceIp"],
            agent=identity["UserAgent"],
            in_order=found["ConnectedAt"] <= found["LastActiveAt"],
        )
        post = client.post_to_connection
        too_much = b"x" * (MESSAGE_BYTES_MAX + 1)
        say_refusal("too much", post, ConnectionId=connection, Data=too_much)
        say_refusal("no id", post, ConnectionId="nobody", Data=b"")
        status = client.delete_connection(ConnectionId=connection)["ResponseMetadata"]
        say(deleted=status["HTTPStatusCode"])
        try:
            socket.recv(timeout=TIMEOUT_S)
        except ConnectionClosed as closed:
            say(code=closed.rcvd.code, reason=closed.rcvd.reason)
    gone = client.exceptions.GoneException
    try:
        post(ConnectionId=connection, Data=b"too late")
    except gone as error:
        say(gone=str(error))
    say_refusal("get", client.get_connection, ConnectionId=connection)
    say_refusal("delete", client.delete_connection, ConnectionId=connection)
    elsewhere = endpoint.removesuffix("prod") + "elsewhere"
    client = boto3.client("apigatewaymanagementapi", endpoint_url=elsewhere)
    say_refusal("stage", client.get_connection, ConnectionId=connection)


if __name__ == "__main__":
    main(*sys.argv[1:])
