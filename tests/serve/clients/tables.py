"""Works on tables with boto3, and prints what it sees as lines of JSON.

usage: tables.py DYNAMODB-ENDPOINT
"""

import json
import sys

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary
from botocore.exceptions import ClientError

TABLE = "rooms"


def say(**seen):
    print(json.dumps(seen, default=str), flush=True)


def make_table(client):
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "room", "KeyType": "HASH"},
            {"AttributeName": "seat", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "room", "AttributeType": "S"},
            {"AttributeName": "seat", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(TableName=TABLE)
    pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
    say(tables=[name for page in pages for name in page["TableNames"]])


def use_items(client, table):
    """With the client, every value is told its type; with the resource, Python has the types."""
    item = {"room": {"S": "a"}, "seat": {"N": "0"}, "who": {"S": "ana"}}
    client.put_item(TableName=TABLE, Item=item)
    key = {"room": {"S": "a"}, "seat": {"N": "0"}}
    say(client=client.get_item(TableName=TABLE, Key=key)["Item"])
    key = {"room": "a", "seat": 0}
    picture = b"\x00\xff"
    deep = [None, True, {"n": 1}]
    table.put_item(Item={**key, "tags": {"x", "y"}, "picture": picture, "deep": deep})
    got = table.get_item(Key=key, ConsistentRead=True)["Item"]
    say(
        tags=sorted(got["tags"]),
        picture=got["picture"] == Binary(picture),
        deep=got["deep"] == deep,
    )
    changed = table.update_item(
        Key=key,
        UpdateExpression="SET #n = if_not_exists(#n, :zero) + :one REMOVE picture",
        ExpressionAttributeNames={"#n": "count"},
        ExpressionAttributeValues={":zero": 0, ":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    say(updated=changed["Attributes"])
    say(names=sorted(table.get_item(Key=key)["Item"]))


def use_many(client, table):
    with table.batch_writer() as batch:
        for seat in range(1, 60):
            batch.put_item(Item={"room": "a", "seat": seat, "even": seat % 2 == 0})
    pages = client.get_paginator("scan").paginate(
        TableName=TABLE, PaginationConfig={"PageSize": 25}
    )
    say(scanned=[len(page["Items"]) for page in pages])
    found = table.query(
        KeyConditionExpression=Key("room").eq("a") & Key("seat").between(10, 19),
        FilterExpression=Attr("even").eq(True),
        ScanIndexForward=False,
    )
    say(queried=[int(item["seat"]) for item in found["Items"]], looked_at=found["ScannedCount"])
    pages = client.get_paginator("query").paginate(
        TableName=TABLE,
        KeyConditionExpression="room = :room",
        ExpressionAttributeValues={":room": {"S": "a"}},
        PaginationConfig={"PageSize": 40},
    )
    say(pages=[page["Count"] for page in pages])


def use_conditions(client, table):
    free = Attr("room").not_exists()
    try:
        table.put_item(Item={"room": "a", "seat": 0}, ConditionExpression=free)
    except client.exceptions.ConditionalCheckFailedException as error:
        say(condition=str(error))


def put_if_free(room):
    item = {"room": {"S": room}, "seat": {"N": "0"}}
    free = "attribute_not_exists(room)"
    return {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": free}}


def use_transactions(client):
    try:
        client.transact_write_items(TransactItems=[put_if_free("b"), put_if_free("a")])
    except client.exceptions.TransactionCanceledException as error:
        say(cancelled=[reason["Code"] for reason in error.response["CancellationReasons"]])
    client.transact_write_items(TransactItems=[put_if_free("b")])
    key = {"room": {"S": "b"}, "seat": {"N": "0"}}
    got = client.transact_get_items(TransactItems=[{"Get": {"TableName": TABLE, "Key": key}}])
    say(transacted=[answer["Item"] for answer in got["Responses"]])


def end(client, table):
    table.delete()
    try:
        table.load()
    except client.exceptions.ResourceNotFoundException as error:
        say(missing=str(error))
    try:
        client.scan(TableName="???")
    except ClientError as error:
        say(invalid=error.response["Error"]["Code"])


def main(endpoint):
    client = boto3.client("dynamodb", endpoint_url=endpoint)
    table = boto3.resource("dynamodb", endpoint_url=endpoint).Table(TABLE)
    make_table(client)
    use_items(client, table)
    use_many(client, table)
    use_conditions(client, table)
    use_transactions(client)
    end(client, table)


if __name__ == "__main__":
    main(*sys.argv[1:])
