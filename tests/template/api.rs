//! The API: its routes, and the deployment and the stage that put them into effect.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use stormglass_apps::{STORMGLASS, reading};
use stormglass_sim::App;
use stormglass_sim::stack::Route;
use stormglass_spec::hash::Fnv;
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use crate::stack::{GUARDED, Stack};
use crate::template;

const ROUTE: &str = "AWS::ApiGatewayV2::Route";
const ROUTE_RESPONSE: &str = "AWS::ApiGatewayV2::RouteResponse";
const DEPLOYMENT: &str = "AWS::ApiGatewayV2::Deployment";
const STAGE: &str = "AWS::ApiGatewayV2::Stage";

/// The id in `integrations/${Id}`, or in any other text with one substitution.
fn substituted<'a>(value: &'a Value, before: &str, after: &str) -> &'a str {
    let text = value["Fn::Sub"].as_str().unwrap_or_else(|| panic!("{value} substitutes nothing"));
    let id = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    id.unwrap_or_else(|| panic!("{text} is not {before}...{after}"))
}

/// The logical id of the function that a URI of API Gateway runs.
pub(crate) fn invoked(uri: &Value) -> &str {
    let before = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/\
                  ${";
    substituted(uri, before, ".Arn}/invocations")
}

#[test]
fn the_api_routes_messages_by_their_action() {
    let stack = Stack::by_default();
    let api = stack.properties("Api");
    assert_eq!(api["ProtocolType"], "WEBSOCKET");
    assert_eq!(api["RouteSelectionExpression"], "$request.body.action");
}

#[test]
fn the_simulator_runs_the_routes_of_the_template() {
    let routes = [
        Route::one_way("$connect", "stormglass-on-connect"),
        Route::one_way("$disconnect", "stormglass-on-disconnect"),
        Route::two_way("broadcast", "stormglass-on-broadcast"),
        Route::two_way("$default", "stormglass-on-default"),
    ];
    let guarded = reading(&GUARDED).expect("the template can be read").stack;
    assert_eq!(guarded.routes, routes);
    assert_eq!(guarded.authorizer.as_deref(), Some("stormglass-on-authorize"));
    assert_eq!(STORMGLASS.stack().routes, routes);
    assert_eq!(STORMGLASS.stack().authorizer, None);
}

#[test]
fn nothing_of_the_template_is_left_out_of_a_simulation() {
    for parameters in [&[][..], &GUARDED] {
        assert_eq!(reading(parameters).expect("the template can be read").warnings, []);
    }
}

#[test]
fn everything_belongs_to_the_one_api() {
    let stack = Stack::with(&GUARDED);
    let of_gateway = stack.resources.iter().filter(|(id, resource)| {
        resource["Type"].as_str().expect("a type").starts_with("AWS::ApiGatewayV2::")
            && *id != "Api"
    });
    for (id, resource) in of_gateway {
        assert_eq!(resource["Properties"]["ApiId"], json!({"Ref": "Api"}), "the API of {id}");
    }
    assert_eq!(stack.ids("AWS::ApiGatewayV2::Api"), ["Api"]);
}

#[test]
fn the_gateway_waits_as_long_for_a_function_as_the_function_believes() {
    let stack = Stack::by_default();
    let integrations = stack.ids("AWS::ApiGatewayV2::Integration");
    assert_eq!(integrations.len(), stack.ids(ROUTE).len());
    for id in integrations {
        let integration = stack.properties(id);
        assert_eq!(integration["IntegrationType"], "AWS_PROXY", "{id}");
        assert_eq!(integration["IntegrationMethod"], "POST", "{id}");
        let timeout_ms = u64::try_from(INTEGRATION_TIMEOUT.as_millis()).expect("a short time");
        assert_eq!(integration["TimeoutInMillis"], timeout_ms, "{id}");
    }
}

#[test]
fn a_deployment_waits_for_all_that_it_is_a_snapshot_of() {
    for stack in [Stack::by_default(), Stack::with(&GUARDED)] {
        let ids = stack.ids(DEPLOYMENT);
        let [deployment] = ids.as_slice() else { panic!("{ids:?} are not one deployment") };
        let waits_for = stack.resources[*deployment]["DependsOn"].as_array().expect("a list");
        let waits_for: BTreeSet<&str> = waits_for.iter().filter_map(Value::as_str).collect();
        let routes = [stack.ids(ROUTE), stack.ids(ROUTE_RESPONSE)].concat();
        assert_eq!(waits_for, routes.into_iter().collect());
    }
}

/// A deployment that keeps its id keeps the routes that the API had when it was made.
#[test]
fn the_ids_of_the_deployments_change_with_the_api() {
    let template = template::read();
    let resources = template["Resources"].as_object().expect("resources");
    let mut snapshot = Fnv::default();
    for (id, resource) in resources.iter().collect::<BTreeMap<_, _>>() {
        let kind = resource["Type"].as_str().expect("a type");
        if kind.starts_with("AWS::ApiGatewayV2::") && ![DEPLOYMENT, STAGE].contains(&kind) {
            let mut resource = resource.clone();
            resource.sort_all_objects();
            snapshot.write(format!("{id} {resource}\n").as_bytes());
        }
    }
    let fingerprint = format!("{:08x}", snapshot.finish() >> 32);
    let deployments = resources.iter().filter(|(_, resource)| resource["Type"] == DEPLOYMENT);
    let found: Vec<&str> = deployments.map(|(id, _)| id.as_str()).collect();
    let wanted =
        [format!("GuardedDeployment{fingerprint}"), format!("OpenDeployment{fingerprint}")];
    assert_eq!(
        found.into_iter().collect::<BTreeSet<_>>(),
        wanted.iter().map(String::as_str).collect(),
        "the API's resources changed: give its deployments the ids on the right, in the stage too"
    );
}

#[test]
fn turning_the_authorizer_on_or_off_makes_another_deployment() {
    let (open, guarded) = (Stack::by_default(), Stack::with(&GUARDED));
    for stack in [&open, &guarded] {
        let deployed = &stack.properties("Stage")["DeploymentId"];
        assert_eq!(*deployed, json!({"Ref": stack.ids(DEPLOYMENT)[0]}));
    }
    assert_ne!(open.ids(DEPLOYMENT), guarded.ids(DEPLOYMENT));
}

#[test]
fn the_stage_is_throttled_and_logs_who_came() {
    let stack = Stack::by_default();
    let stage = stack.properties("Stage");
    assert_eq!(stack.ids(STAGE), ["Stage"]);
    assert_eq!(stage["StageName"], json!({"Ref": "StageName"}));
    let limits = json!({
        "ThrottlingRateLimit": {"Ref": "RouteRateLimit"},
        "ThrottlingBurstLimit": {"Ref": "RouteBurstLimit"},
    });
    assert_eq!(stage["DefaultRouteSettings"], limits);
    let logs = &stage["AccessLogSettings"];
    assert_eq!(logs["DestinationArn"], json!({"Fn::GetAtt": ["AccessLogs", "Arn"]}));
    let line = logs["Format"].as_str().expect("a format");
    let line: Value = serde_json::from_str(line).expect("a line of the log is JSON");
    assert_eq!(line["connectionId"], "$context.connectionId");
    for (name, value) in line.as_object().expect("an object") {
        assert!(value.as_str().is_some_and(|value| value.starts_with("$context.")), "{name}");
    }
}

/// A stage with logs cannot be created in an account whose gateway has no role for them.
#[test]
fn the_gateway_gets_its_role_for_logs_first_and_keeps_it() {
    let stack = Stack::by_default();
    let waits = stack.properties("Stage")["Description"].to_string();
    assert!(waits.contains("${GatewayAccount}"), "the stage does not wait: {waits}");
    for id in ["GatewayAccount", "GatewayAccountRole"] {
        assert_eq!(stack.resources[id]["DeletionPolicy"], "Retain");
        assert_eq!(stack.resources[id]["UpdateReplacePolicy"], "Retain");
    }
    let without = Stack::with(&[("GatewayLogRole", "exists")]);
    assert_eq!(without.ids("AWS::ApiGateway::Account"), [""; 0]);
    assert!(!without.resources.contains_key("GatewayAccountRole"));
    assert!(!format!("{:?}", without.resources).contains("GatewayAccount"));
}

#[test]
fn the_outputs_say_where_everything_is() {
    let stack = Stack::by_default();
    let outputs = &stack.outputs;
    let url = "wss://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${StageName}";
    assert_eq!(outputs["Url"]["Value"], json!({"Fn::Sub": url}));
    assert_eq!(outputs["TableName"]["Value"], json!({"Ref": "Connections"}));
    for id in stack.ids("AWS::Serverless::Function") {
        assert_eq!(outputs[&format!("{id}Name")]["Value"], json!({"Ref": id}));
    }
}
