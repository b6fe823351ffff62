//! Tests of the gateway from its driver's side: inputs and times go in, effects come out.

mod authorizer;
mod closing;
mod domains;
mod events;
mod handshake;
mod management;
mod messages;
mod readings;
mod sketches;
mod throttling;

use stormglass_spec::quotas::{CONNECTION_DURATION_MAX, IDLE_TIMEOUT, INTEGRATION_TIMEOUT};

use super::closing::IDLE_LATENESS;
use super::upgrade::Upgrade;
use super::*;
use crate::gateway::selection::Selection;

const CONNECTION: &str = "PJqB0fHsqRcCHlw=";
const HOST: &str = "https://aabbccdd.execute-api.eu-central-1.amazonaws.com";

fn stage() -> Stage {
    Stage {
        api_id: "aabbccdd".to_owned(),
        name: "production".to_owned(),
        region: "eu-central-1".to_owned(),
        host: None,
        epoch_ms: 1_701_245_041_000,
        ..Stage::default()
    }
}

fn api(routes: &[Route]) -> Api {
    let selection = Selection::parse("$request.body.action").expect("an expression");
    Api { routes: routes.to_vec(), selection, authorizer: None }
}

fn gateway(routes: &[Route]) -> Gateway {
    Gateway::new(stage(), api(routes), Limits::default())
}

fn routes() -> Vec<Route> {
    vec![
        Route::one_way("$connect", "connect"),
        Route::one_way("$disconnect", "disconnect"),
        Route::two_way("ask", "ask"),
        Route::one_way("tell", "tell"),
    ]
}

fn at(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
}

fn id() -> ConnectionId {
    CONNECTION.to_owned()
}

fn respond(json: &str) -> IntegrationOutcome {
    IntegrationOutcome::Response(json.to_owned())
}

fn ok() -> IntegrationOutcome {
    respond(r#"{"statusCode":200}"#)
}

/// Asks for a connection at 0 s; `$connect` is the request `r0`.
fn upgrade(gateway: &mut Gateway) -> Vec<GatewayEffect> {
    ask_for(gateway, &Upgrade::default())
}

fn ask_for(gateway: &mut Gateway, upgrade: &Upgrade) -> Vec<GatewayEffect> {
    gateway.on_upgrade(at(0), id(), "a0".to_owned(), "r0".to_owned(), upgrade)
}

fn settle(gateway: &mut Gateway, outcome: &IntegrationOutcome) -> Vec<GatewayEffect> {
    gateway.on_integration(at(1), &"r0".to_owned(), outcome)
}

/// A gateway whose connection is open since 1 s.
fn opened_with(limits: Limits) -> Gateway {
    let mut gateway = Gateway::new(stage(), api(&routes()), limits);
    upgrade(&mut gateway);
    let effects = settle(&mut gateway, &ok());
    assert_eq!(effects, [GatewayEffect::Upgraded { connection: id(), protocol: None }]);
    gateway
}

fn opened() -> Gateway {
    opened_with(Limits::default())
}

/// Sends a text at 2 s.
fn send(gateway: &mut Gateway, request: &str, text: &str) -> Vec<GatewayEffect> {
    send_at(gateway, at(2), request, text)
}

fn send_at(gateway: &mut Gateway, now: Time, request: &str, text: &str) -> Vec<GatewayEffect> {
    let message = ClientMessage::text(text.to_owned());
    gateway.on_message(now, &id(), (request.to_owned(), "d1".to_owned()), message)
}

/// Sends a message at 2 s; a close is followed by the request `d1`.
fn send_message(
    gateway: &mut Gateway,
    request: &str,
    message: ClientMessage,
) -> Vec<GatewayEffect> {
    gateway.on_message(at(2), &id(), (request.to_owned(), "d1".to_owned()), message)
}

fn post(gateway: &mut Gateway, now: Time, bytes: usize) -> ManagementOutcome {
    manage(gateway, now, ManagementOperation::Post { bytes }).0
}

fn manage(
    gateway: &mut Gateway,
    now: Time,
    operation: ManagementOperation,
) -> (ManagementOutcome, Vec<GatewayEffect>) {
    gateway.on_management_request(now, &ManagementRequest { id: id(), operation }, "d1".to_owned())
}

fn texts(effects: &[GatewayEffect]) -> Vec<&str> {
    let sent = effects.iter().filter_map(|effect| match effect {
        GatewayEffect::Send { text, .. } => Some(text.as_str()),
        _ => None,
    });
    sent.collect()
}

fn refused(status: u16) -> GatewayEffect {
    GatewayEffect::Refused { connection: id(), status }
}

fn closed(code: u16, reason: &str, by_client: bool) -> GatewayEffect {
    GatewayEffect::Closed { connection: id(), code, reason: reason.to_owned(), by_client }
}

/// The event of the one function that is to run.
fn event(effects: &[GatewayEffect]) -> &str {
    match effects.last() {
        Some(GatewayEffect::Invoke { event, .. } | GatewayEffect::Authorize { event, .. }) => event,
        other => panic!("expected an invocation, got {other:?}"),
    }
}

/// The `requestContext` of the event.
fn context(effects: &[GatewayEffect]) -> serde_json::Value {
    let event: serde_json::Value = serde_json::from_str(event(effects)).expect("JSON");
    event["requestContext"].clone()
}

/// The route keys of the functions that are to run.
fn invoked(effects: &[GatewayEffect]) -> Vec<&str> {
    let routes = effects.iter().filter_map(|effect| match effect {
        GatewayEffect::Invoke { route, .. } => Some(route.key.as_str()),
        _ => None,
    });
    routes.collect()
}
