//! An application that does as it is told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::stack::{Function, Route, Stack};
use stormglass_sim::{App, Handler, Sdk, handler};
use tokio::time::sleep;

/// Whether a message `linger` has reached its function.
pub(super) static LINGERING: AtomicBool = AtomicBool::new(false);
/// Whether that function has come to its end.
pub(super) static LINGERED: AtomicBool = AtomicBool::new(false);

/// Its `$connect` answers with the `status` and the `protocol` of the query, and refuses a `room`
/// that is not in the header `X-Room`; its other route does what a message says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doorman;

impl App for Doorman {
    fn name(&self) -> &str {
        "doorman"
    }

    fn stack(&self) -> Stack {
        let answer = Function::new("answer").timeout(Duration::from_secs(30));
        Stack::new()
            .function(answer.environment("DOOR", "the red one"))
            .function(Function::new("hasty").timeout(Duration::from_millis(200)))
            .route(Route::one_way("$connect", "connect"))
            .route(Route::two_way("$default", "answer"))
            .route(Route::two_way("hasty", "hasty"))
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let sdk = sdk.clone();
        match function {
            "connect" => {
                handler(|event: LambdaEvent<Value>| async move { connect(&event.payload) })
            }
            "hasty" => {
                handler(|_: LambdaEvent<Value>| std::future::pending::<Result<Value, Error>>())
            }
            _ => handler(move |event: LambdaEvent<Value>| answer(sdk.clone(), event)),
        }
    }
}

fn connect(event: &Value) -> Result<Value, Error> {
    let query = |name: &str| event["queryStringParameters"][name].as_str();
    let status: u16 = query("status").map_or(Ok(200), str::parse)?;
    let mut response = json!({ "statusCode": status });
    if let Some(protocol) = query("protocol") {
        response["headers"] = json!({ "Sec-WebSocket-Protocol": protocol });
    }
    if query("room").is_some_and(|room| event["headers"]["X-Room"] != *room) {
        response["statusCode"] = json!(403);
    }
    Ok(response)
}

async fn answer(sdk: Sdk, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let body = match event.payload["body"].as_str().unwrap_or_default() {
        "panic" => panic!("as asked for"),
        "fail" => return Err("as asked for".into()),
        "malformed" => return Ok(json!({ "body": 1 })),
        "hang" => std::future::pending().await,
        "linger" => {
            LINGERING.store(true, Ordering::SeqCst);
            sleep(Duration::from_millis(200)).await;
            LINGERED.store(true, Ordering::SeqCst);
            String::new()
        }
        "event" => event.payload.to_string(),
        "door" => sdk.environment()["DOOR"].clone(),
        "later" => {
            sdk.spawn(async { panic!("left behind") });
            "left".to_owned()
        }
        text => text.len().to_string(),
    };
    Ok(json!({ "statusCode": 200, "body": body }))
}
