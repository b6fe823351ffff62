//! Tests of a front from its driver's side: requests and outcomes go in, effects come out.

mod answers;
mod authorizers;
mod domains;
mod events;
mod requests;
mod settings;

use super::*;

/// The id of every request.
const ID: &str = "r0";

fn stage(name: &str) -> Stage {
    Stage {
        api_id: "aabbccdd".to_owned(),
        name: name.to_owned(),
        epoch_ms: 1_701_245_041_000,
        ..Stage::default()
    }
}

fn front_with(
    kind: FrontKind,
    stage: Stage,
    keys: &[&str],
    settings: FrontSettings,
) -> Result<Front, FrontError> {
    let routes: Result<Vec<HttpRoute>, FrontError> =
        keys.iter().map(|key| HttpRoute::new(key, "show")).collect();
    Front::new(kind, stage, routes?, settings)
}

fn front(kind: FrontKind, stage_name: &str, keys: &[&str]) -> Front {
    let front = front_with(kind, stage(stage_name), keys, FrontSettings::default());
    front.expect("a sound front")
}

fn http() -> Front {
    front(FrontKind::HttpApi, "$default", &["GET /pets/{id}", "POST /pets"])
}

fn rest() -> Front {
    front(FrontKind::RestApi, "prod", &["GET /pets/{id}", "POST /pets"])
}

fn url() -> Front {
    front(FrontKind::FunctionUrl, "$default", &["$default"])
}

fn get(path: &str) -> ClientRequest {
    request("GET", path, &[], b"")
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)], body: &[u8]) -> ClientRequest {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ClientRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: headers.collect(),
        body: body.to_vec(),
        source_ip: "203.0.113.7".to_owned(),
    }
}

fn bucket() -> TokenBucket {
    TokenBucket::new(10, 10)
}

fn send(front: &mut Front, request: &ClientRequest) -> FrontEffect {
    front.on_request(Time::ZERO, &mut bucket(), ID.to_owned(), request)
}

/// The event of the function or the authorizer that is to run.
fn event(effect: FrontEffect) -> String {
    match effect {
        FrontEffect::Invoke { event, .. } | FrontEffect::Authorize { event, .. } => event,
        FrontEffect::Answer { answer, .. } => panic!("expected an invocation, got {answer:?}"),
    }
}

fn answer(effect: FrontEffect) -> ClientAnswer {
    match effect {
        FrontEffect::Answer { answer, .. } => answer,
        other => panic!("expected an answer, got {other:?}"),
    }
}

/// The status and the body of an answer.
fn seen(effect: FrontEffect) -> (u16, String) {
    let answer = answer(effect);
    (answer.status, String::from_utf8(answer.body).expect("the body is text"))
}

fn status_and_body(status: u16, body: &str) -> (u16, String) {
    (status, body.to_owned())
}

fn respond(json: &str) -> Outcome {
    Outcome::Response(json.to_owned())
}

/// Sends a request to a front, and then the outcome of its function.
fn settle(front: &mut Front, outcome: &Outcome) -> FrontEffect {
    let path = if front.stage().name == "$default" { "/pets/1" } else { "/prod/pets/1" };
    let effect = send(front, &get(path));
    assert!(matches!(effect, FrontEffect::Invoke { .. }), "{effect:?}");
    front.on_outcome(ID, outcome).expect("the request is pending")
}
