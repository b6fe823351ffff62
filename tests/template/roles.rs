//! The permissions: the functions' roles, and the services that may run the functions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::api::invoked;
use crate::functions::{FUNCTION, function_name};
use crate::stack::{GUARDED, Stack};

const ROLE: &str = "AWS::IAM::Role";
const PERMISSION: &str = "AWS::Lambda::Permission";

/// A part of the API, as an ARN.
fn of_api(path: &str) -> Value {
    let before = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}";
    json!({"Fn::Sub": format!("{before}/{path}")})
}

fn allow(actions: &Value, resource: &Value) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn log(function: &str) -> Value {
    let logs = format!("{function}Logs");
    let actions = json!(["logs:CreateLogStream", "logs:PutLogEvents"]);
    allow(&actions, &json!({"Fn::GetAtt": [logs, "Arn"]}))
}

fn on_table(actions: &Value) -> Value {
    allow(actions, &json!({"Fn::GetAtt": ["Connections", "Arn"]}))
}

/// Everything that the role of a function allows.
fn statements<'a>(stack: &'a Stack, function: &str) -> &'a Value {
    let role = stack.properties(&format!("{function}Role"));
    assert!(role.get("ManagedPolicyArns").is_none(), "{function} has policies of somebody else");
    let policies = role["Policies"].as_array().expect("policies");
    assert_eq!(policies.len(), 1, "the policies of {function}");
    &policies[0]["PolicyDocument"]["Statement"]
}

#[test]
fn a_function_may_do_what_its_handler_does_and_nothing_else() {
    let stack = Stack::with(&GUARDED);
    let expected = [
        ("OnConnect", json!([log("OnConnect"), on_table(&json!("dynamodb:PutItem"))])),
        ("OnDisconnect", json!([log("OnDisconnect"), on_table(&json!("dynamodb:DeleteItem"))])),
        (
            "OnBroadcast",
            json!([
                log("OnBroadcast"),
                on_table(&json!(["dynamodb:Scan", "dynamodb:DeleteItem"])),
                allow(
                    &json!("execute-api:ManageConnections"),
                    &of_api("${StageName}/POST/@connections/*"),
                ),
            ]),
        ),
        ("OnDefault", json!([log("OnDefault")])),
        ("OnAuthorize", json!([log("OnAuthorize")])),
    ];
    for (function, allowed) in &expected {
        assert_eq!(statements(&stack, function), allowed, "{function}");
    }
    let checked: BTreeSet<&str> = expected.iter().map(|(function, _)| *function).collect();
    assert_eq!(checked, stack.ids(FUNCTION).into_iter().collect());
}

#[test]
fn every_function_has_a_role_of_its_own_that_only_lambda_assumes() {
    let stack = Stack::with(&GUARDED);
    for function in stack.ids(FUNCTION) {
        let role = format!("{function}Role");
        assert_eq!(stack.properties(function)["Role"], json!({"Fn::GetAtt": [role, "Arn"]}));
        assert!(stack.properties(function).get("Policies").is_none(), "{function}");
        let trusted = &stack.properties(&role)["AssumeRolePolicyDocument"]["Statement"];
        let lambda = json!([{
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }]);
        assert_eq!(*trusted, lambda, "{role}");
    }
    // The one role that is no function's is the gateway's own.
    assert_eq!(stack.ids(ROLE).len(), stack.ids(FUNCTION).len() + 1);
    assert!(stack.ids(ROLE).contains(&"GatewayAccountRole"));
}

#[test]
fn no_role_is_allowed_everything() {
    let stack = Stack::with(&GUARDED);
    for function in stack.ids(FUNCTION) {
        for statement in statements(&stack, function).as_array().expect("statements") {
            let action = statement["Action"].to_string();
            assert!(!action.contains('*'), "{function} may do {action}");
            assert_ne!(statement["Resource"], "*", "{function} may do {action} everywhere");
        }
    }
}

#[test]
fn the_gateway_may_run_each_function_from_its_own_route_only() {
    let stack = Stack::with(&GUARDED);
    let expected = [
        ("OnConnect", of_api("${StageName}/$connect")),
        ("OnDisconnect", of_api("${StageName}/$disconnect")),
        ("OnBroadcast", of_api("${StageName}/broadcast")),
        ("OnDefault", of_api("${StageName}/$default")),
        ("OnAuthorize", of_api("authorizers/${Authorizer}")),
    ];
    assert_eq!(stack.ids(PERMISSION).len(), expected.len());
    for (function, source) in expected {
        let permission = json!({
            "FunctionName": {"Ref": function},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": source,
        });
        assert_eq!(*stack.properties(&format!("{function}Permission")), permission);
    }
}

/// A permission for another route than the function's own would be of no use.
#[test]
fn permissions_are_for_the_routes_that_run_the_functions() {
    let stack = Stack::by_default();
    for id in stack.ids("AWS::ApiGatewayV2::Route") {
        let route = stack.properties(id);
        let integration = route["Target"]["Fn::Sub"].as_str().expect("a target");
        let integration = integration.trim_start_matches("integrations/${").trim_end_matches('}');
        let function = invoked(&stack.properties(integration)["IntegrationUri"]);
        let key = route["RouteKey"].as_str().expect("a key");
        let permission = stack.properties(&format!("{function}Permission"));
        assert_eq!(permission["SourceArn"], of_api(&format!("${{StageName}}/{key}")));
        assert_eq!(permission["FunctionName"], json!({"Ref": function}));
        assert!(!function_name(&stack, function).is_empty());
    }
}
