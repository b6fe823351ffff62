"""Creates a stack of a translated template, and checks what is there then.

usage: stack.py STACK TEMPLATE FUNCTIONS [PARAMETER=VALUE ...]

FUNCTIONS are all that must exist, with commas between them.
"""

import json
import sys

import boto3

stack, template_path, functions, *parameters = sys.argv[1:]
with open(template_path, encoding="utf-8") as file:
    template = json.load(file)


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"error: {what} is {found!r}, not {wanted!r}")


def create():
    """Creates the stack and yields its resources' names by their logical ids."""
    cloudformation = boto3.client("cloudformation")
    pairs = [parameter.split("=", 1) for parameter in parameters]
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in pairs],
    )
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    expect("the stack's status", found["StackStatus"], "CREATE_COMPLETE")
    summaries = cloudformation.list_stack_resources(StackName=stack)["StackResourceSummaries"]
    return {
        summary["LogicalResourceId"]: summary["PhysicalResourceId"]
        for summary in summaries
        if summary["PhysicalResourceId"].strip()
    }


def check_table(name):
    dynamodb = boto3.client("dynamodb")
    table = dynamodb.describe_table(TableName=name)["Table"]
    key = [{"AttributeName": "connectionId", "KeyType": "HASH"}]
    expect("the table's key", table["KeySchema"], key)
    types = [{"AttributeName": "connectionId", "AttributeType": "S"}]
    expect("the type of the table's key", table["AttributeDefinitions"], types)
    mode = table["BillingModeSummary"]["BillingMode"]
    expect("the table's billing mode", mode, "PAY_PER_REQUEST")


def check_function(logical_id, resources):
    name = resources[logical_id]
    properties = template["Resources"][logical_id]["Properties"]
    found = boto3.client("lambda").get_function_configuration(FunctionName=name)
    for key in ["Runtime", "Handler", "MemorySize", "Timeout"]:
        expect(f"{key} of {name}", found[key], properties[key])
    role = boto3.client("iam").get_role(RoleName=resources[f"{logical_id}Role"])["Role"]
    expect(f"the role of {name}", found["Role"], role["Arn"])
    variables = found.get("Environment", {}).get("Variables", {})
    if "TABLE_NAME" in variables:
        expect(f"TABLE_NAME of {name}", variables["TABLE_NAME"], resources["Connections"])
    logs = boto3.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")
    groups = [(group["logGroupName"], group["retentionInDays"]) for group in logs["logGroups"]]
    expect(f"the logs of {name}", groups, [(f"/aws/lambda/{name}", 14)])
    print(f"{name}: {found['MemorySize']} MB, {found['Timeout']} s, variables {sorted(variables)}")


resources = create()
check_table(resources["Connections"])
created = {
    logical_id: name
    for logical_id, name in resources.items()
    if template["Resources"][logical_id]["Type"] == "AWS::Lambda::Function"
}
wanted = [f"{stack}-{function}" for function in functions.split(",")]
expect("the list of functions", sorted(created.values()), sorted(wanted))
for logical_id in created:
    check_function(logical_id, resources)
