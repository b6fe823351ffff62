//! The functions: their names, their code, their variables and their logs.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stormglass_handlers::Settings;

use crate::cargo_lambda::binaries;
use crate::stack::{GUARDED, Stack};
use crate::template;

pub(crate) const FUNCTION: &str = "AWS::Serverless::Function";

/// The name of a function without the stack's name in front.
pub(crate) fn function_name(stack: &Stack, id: &str) -> String {
    let name = stack.properties(id)["FunctionName"]["Fn::Sub"].as_str();
    let name = name.and_then(|name| name.strip_prefix("${AWS::StackName}-"));
    name.unwrap_or_else(|| panic!("the name of {id} does not begin with the stack's")).to_owned()
}

/// A property of a function, or of all functions.
pub(crate) fn setting(stack: &Stack, id: &str, name: &str) -> Value {
    let own = stack.properties(id).get(name).cloned();
    own.unwrap_or_else(|| template::read()["Globals"]["Function"][name].clone())
}

/// The names of a function's variables.
pub(crate) fn variables(stack: &Stack, id: &str) -> BTreeSet<String> {
    let variables = stack.properties(id)["Environment"]["Variables"].as_object();
    variables.map(|variables| variables.keys().cloned().collect()).unwrap_or_default()
}

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(String::from).into()
}

#[test]
fn every_binary_is_a_function_of_its_name() {
    let stack = Stack::with(&GUARDED);
    let deployed: BTreeSet<String> =
        stack.ids(FUNCTION).into_iter().map(|id| function_name(&stack, id)).collect();
    assert_eq!(deployed, binaries());
}

#[test]
fn a_function_runs_what_cargo_lambda_builds() {
    let stack = Stack::with(&GUARDED);
    for id in stack.ids(FUNCTION) {
        let code = format!("../target/lambda/{}", function_name(&stack, id));
        assert_eq!(stack.properties(id)["CodeUri"], code);
        assert_eq!(setting(&stack, id, "Runtime"), "provided.al2023", "{id}");
        assert_eq!(setting(&stack, id, "Handler"), "bootstrap", "{id}");
        assert_eq!(setting(&stack, id, "Architectures"), json!(["arm64"]), "{id}");
    }
}

#[test]
fn a_function_gets_the_variables_that_its_handler_reads() {
    let stack = Stack::by_default();
    let given = |id| variables(&stack, id);
    assert_eq!(given("OnConnect"), names(["TABLE_NAME", "SUBPROTOCOLS", "ALLOWED_ORIGINS"]));
    assert_eq!(given("OnDisconnect"), names(["TABLE_NAME"]));
    let broadcast = names(["TABLE_NAME", "MESSAGE_BYTES_MAX", "CALLBACK_ENDPOINT"]);
    assert_eq!(given("OnBroadcast"), broadcast);
    assert_eq!(given("OnDefault"), names([]));
    for id in stack.ids(FUNCTION) {
        for name in given(id) {
            assert!(Settings::VARIABLES.contains(&name.as_str()), "{id} knows no {name}");
        }
    }
}

#[test]
fn variables_say_what_they_are_named_after() {
    let stack = Stack::by_default();
    let endpoint = "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${StageName}";
    let expected = [
        ("OnConnect", "TABLE_NAME", json!({"Ref": "Connections"})),
        ("OnConnect", "SUBPROTOCOLS", json!({"Ref": "Subprotocols"})),
        ("OnConnect", "ALLOWED_ORIGINS", json!({"Ref": "AllowedOrigins"})),
        ("OnDisconnect", "TABLE_NAME", json!({"Ref": "Connections"})),
        ("OnBroadcast", "TABLE_NAME", json!({"Ref": "Connections"})),
        ("OnBroadcast", "MESSAGE_BYTES_MAX", json!({"Fn::Sub": "${MessageBytesMax}"})),
        ("OnBroadcast", "CALLBACK_ENDPOINT", json!({"Fn::Sub": endpoint})),
    ];
    for (id, name, value) in expected {
        let variables = &stack.properties(id)["Environment"]["Variables"];
        assert_eq!(variables[name], value, "{name} of {id}");
    }
}

/// Parameters that a deployer leaves alone must be the handlers' own defaults.
#[test]
fn the_parameters_default_to_the_handlers_own_defaults() {
    let parameters = template::read()["Parameters"].clone();
    let read = |name: &str| {
        let parameter = match name {
            "TABLE_NAME" => return Some(String::from("connections")),
            "SUBPROTOCOLS" => "Subprotocols",
            "ALLOWED_ORIGINS" => "AllowedOrigins",
            "MESSAGE_BYTES_MAX" => "MessageBytesMax",
            _ => return None,
        };
        let default = &parameters[parameter]["Default"];
        Some(default.as_str().map_or_else(|| default.to_string(), String::from))
    };
    assert_eq!(Settings::from_variables(read), Ok(Settings::new("connections")));
}

#[test]
fn every_function_has_logs_of_its_own_that_end_some_day() {
    let stack = Stack::with(&GUARDED);
    for id in stack.ids(FUNCTION) {
        let logs = stack.properties(&format!("{id}Logs"));
        let name = format!("/aws/lambda/${{AWS::StackName}}-{}", function_name(&stack, id));
        assert_eq!(logs["LogGroupName"], json!({"Fn::Sub": name}));
    }
    for id in stack.ids("AWS::Logs::LogGroup") {
        let retention = &stack.properties(id)["RetentionInDays"];
        assert_eq!(*retention, json!({"Ref": "LogRetentionDays"}), "{id}");
    }
}
