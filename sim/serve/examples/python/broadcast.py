import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event, context):
    domain, stage = event["requestContext"]["domainName"], event["requestContext"]["stage"]
    callback = boto3.client("apigatewaymanagementapi", endpoint_url=f"https://{domain}/{stage}")
    data = json.loads(event["body"])["data"]
    print("a broadcast of", len(data), "characters")
    for item in table.scan()["Items"]:
        try:
            callback.post_to_connection(ConnectionId=item["connectionId"], Data=data)
        except callback.exceptions.GoneException:
            table.delete_item(Key={"connectionId": item["connectionId"]})
    return {"statusCode": 200, "body": "Sent."}
