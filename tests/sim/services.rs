//! Services that an application brings, and clients that its code builds from an `SdkConfig`.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_apigatewaymanagement::primitives::Blob;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::service::{Call, HttpAnswer, HttpRequest, Service, Sketch, Time};
use stormglass_sim::stack::{Route, Stack};
use stormglass_sim::{App, Case, Handler, HarnessError, Run, Sdk, Vocabulary, handler, replay};
use stormglass_spec::history::{EventKind, Request};
use stormglass_tests::pick;
use stormglass_tests::seen::{answers, early, effects, texts_at_bob};

/// A service that keeps texts in an object store, and reads them again.
struct Library;

/// An object store with `GET` and `PUT`.
#[derive(Debug, Default)]
struct Store {
    objects: BTreeMap<String, Vec<u8>>,
}

impl Service for Store {
    fn name(&self) -> &str {
        "store"
    }

    fn read(&self, request: &HttpRequest) -> Option<Call> {
        let operation = if request.method == "PUT" { "PutObject" } else { "GetObject" };
        let key = request.path().trim_start_matches('/');
        (request.host() == "store.example").then(|| Call::new(operation, key))
    }

    fn answer(&mut self, _now: Time, request: &HttpRequest) -> HttpAnswer {
        if request.method == "PUT" {
            self.objects.insert(request.path().to_owned(), request.body.clone());
            return HttpAnswer::new(200, "text/plain", "");
        }
        match self.objects.get(request.path()) {
            Some(object) => HttpAnswer::new(200, "text/plain", object.clone()),
            None => HttpAnswer::new(404, "text/plain", ""),
        }
    }

    fn sketch(&self, sketch: &mut Sketch) {
        let Store { objects } = self;
        sketch.hashed(objects);
    }
}

/// A service that is always out of order.
#[derive(Debug)]
struct Ruin;

impl Service for Ruin {
    fn name(&self) -> &str {
        "ruin"
    }

    fn read(&self, request: &HttpRequest) -> Option<Call> {
        (request.host() == "ruin.example").then(|| Call::new("visit", ""))
    }

    fn answer(&mut self, _now: Time, _request: &HttpRequest) -> HttpAnswer {
        HttpAnswer::new(503, "text/plain", "")
    }

    fn sketch(&self, _: &mut Sketch) {}
}

impl App for Library {
    fn name(&self) -> &str {
        "library"
    }

    fn stack(&self) -> Stack {
        let routes = ["put", "get", "visit", "elsewhere"];
        let routes = routes.map(|key| Route::two_way(key, key));
        let stack = Stack::new().timeout(Duration::from_secs(900));
        routes.into_iter().fold(stack, Stack::route)
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, r#"{"action":"get"}"#)
    }

    fn services(&self) -> Vec<Box<dyn Service>> {
        vec![Box::new(Store::default()), Box::new(Ruin)]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let (function, sdk) = (function.to_owned(), sdk.clone());
        handler(move |event: LambdaEvent<Value>| {
            let (function, sdk) = (function.clone(), sdk.clone());
            async move {
                let body = event.payload["body"].as_str().unwrap_or_default();
                let asked: Value = serde_json::from_str(body)?;
                let text = asked["text"].as_str().unwrap_or_default();
                let answer = match function.as_str() {
                    "put" => exchange(&sdk, "PUT", "https://store.example/a-book", text).await,
                    "get" => exchange(&sdk, "GET", "https://store.example/a-book", "").await,
                    "visit" => visit(&sdk).await,
                    _ => exchange(&sdk, "GET", "https://elsewhere.example/", "").await,
                };
                Ok::<_, Error>(json!({ "statusCode": 200, "body": answer }))
            }
        })
    }
}

async fn exchange(sdk: &Sdk, method: &str, uri: &str, body: &str) -> String {
    match sdk.fetch(HttpRequest::new(method, uri, body)).await {
        Ok(answer) => format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)),
        Err(error) => error.to_string(),
    }
}

/// Calls the ruin until the retry bucket of a client is empty.
async fn visit(sdk: &Sdk) -> String {
    let config = aws_sdk_apigatewaymanagement::config::Builder::from(&sdk.config())
        .endpoint_url("https://ruin.example")
        .build();
    let client = aws_sdk_apigatewaymanagement::Client::from_conf(config);
    for _ in 0..60 {
        let _ = client.post_to_connection().connection_id("x").data(Blob::new("x")).send().await;
    }
    "done".to_owned()
}

fn run(case: &str) -> Run {
    let case: Case = case.parse().expect("a case");
    replay(&Library, &case, &[]).expect("it runs")
}

const BOTH: &str = r#"v1 bob:c,m{"action":"put","text":"storms"},i30s,m{"action":"get"}"#;

#[test]
fn a_service_of_the_application_answers_its_functions() {
    let run = run(BOTH);
    assert_eq!(texts_at_bob(&run), ["200 ", "200 storms"]);
    let requests = early(&run, |what| match what {
        EventKind::CallSent { call, request: Request::Service { .. }, .. } => Some(call.as_str()),
        _ => None,
    });
    assert_eq!(requests, ["bob.t1.put-object-a-book-1", "bob.t2.get-object-a-book-1"]);
}

#[test]
fn a_service_of_the_application_fails_as_others_do() {
    let met = |fault: &str| {
        let run = run(&format!("{BOTH} | bob.t1.put-object-a-book-1={fault}"));
        let texts: Vec<String> = texts_at_bob(&run).into_iter().map(str::to_owned).collect();
        (texts, effects(&run, "bob.t1.put").len(), answers(&run, "bob.t1.put").len())
    };
    let [stored, nothing] = ["200 storms", "404 "];
    let reset = "connection reset by peer";
    for (fault, first, second) in [
        ("throttled", "429 ", nothing),
        ("error", "503 ", nothing),
        ("error-after", "503 ", stored),
        ("request-lost", reset, nothing),
        ("reply-lost", reset, stored),
    ] {
        assert_eq!(met(fault).0, [first, second], "{fault}");
    }
    // The function does without an answer, and after 29 s the gateway tells the client so.
    for (fault, second, carried_out) in [("hang", nothing, 0), ("hang-after", stored, 1)] {
        let (texts, effects, answers) = met(fault);
        assert!(texts[0].contains("Endpoint request timed out"), "{fault}: {texts:?}");
        assert_eq!((texts[1].as_str(), effects, answers), (second, carried_out, 0), "{fault}");
    }
    assert_eq!(met("crash").0[1], stored);
}

#[test]
fn a_request_to_a_service_that_nobody_brought_stops_the_run() {
    let case: Case = r#"v1 bob:c,m{"action":"elsewhere"}"#.parse().expect("a case");
    let error = replay(&Library, &case, &[]).expect_err("no such service");
    assert!(matches!(error, HarnessError::NoService { .. }));
    assert_eq!(
        error.to_string(),
        "bob.t1 sent GET https://elsewhere.example/, and the simulator has no such service: bring \
         one with `App::services`"
    );
}

/// A retry after a 503 costs 10 of 500 tokens, so 60 calls are repeated 50 times in all.
#[test]
fn each_sandbox_has_its_own_retry_bucket_even_for_clients_of_an_sdk_config() {
    let calls = |run: &Run, of: &str| {
        let sent = pick(run, |what| match what {
            EventKind::CallSent { call, .. } if call.starts_with(of) => Some(call.clone()),
            _ => None,
        });
        sent.len()
    };
    let case = r#"v1 bob:c,m{"action":"visit"},i200s,m{"action":"visit"} | bob.t2.start=cold"#;
    let first = run(case);
    assert_eq!([calls(&first, "bob.t1."), calls(&first, "bob.t2.")], [110, 110]);
    let second = run(case);
    assert_eq!(first.trace_hash, second.trace_hash);
    // A sandbox that is used again has nothing left but what its first client held at its end.
    let warm = run(r#"v1 bob:c,m{"action":"visit"},i200s,m{"action":"visit"}"#);
    assert_eq!([calls(&warm, "bob.t1."), calls(&warm, "bob.t2.")], [110, 61]);
}
