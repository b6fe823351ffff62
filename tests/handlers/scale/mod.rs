//! The duration and the reach of a broadcast, by the number of connections.

mod services;

use std::time::Duration;

use aws_lambda_events::encodings::Body;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use stormglass_handlers::{Broadcast, Settings};
use stormglass_tests::assert_snapshot;
use stormglass_tests::clients::{NOW, dynamodb_at, in_virtual_time, management_at};
use tokio::time::Instant;

use self::services::{Gateway, Table};

/// The duration of a post on a good day.
const POST: Duration = Duration::from_millis(15);

/// The outcome of a broadcast.
struct Outcome {
    ack: Value,
    took: Duration,
    scans: usize,
    posts: usize,
}

/// One broadcast to so many connections, with nothing but the latency of the services.
fn broadcast(connections: usize, settings: &Settings) -> Outcome {
    let table = Table::new(connections, Duration::from_millis(10));
    let gateway = Gateway::new(POST);
    let (ack, took) = in_virtual_time(async {
        let dynamodb = dynamodb_at(table.clone());
        let handler = Broadcast::new(settings, dynamodb, management_at(gateway.clone()));
        let begin = Instant::now();
        let response = handler.handle(event()).await;
        let Some(Body::Text(body)) = response.body else { panic!("a broadcast is acknowledged") };
        let mut reply: Value = serde_json::from_str(&body).expect("a reply is JSON");
        (reply["ack"].take(), begin.elapsed())
    });
    Outcome { ack, took, scans: table.scans(), posts: gateway.posts() }
}

fn event() -> LambdaEvent<aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest> {
    let event = json!({
        "requestContext": {
            "routeKey": "broadcast", "eventType": "MESSAGE", "stage": "production",
            "connectedAt": NOW - 2, "requestTimeEpoch": NOW, "requestId": "PJqCFEqHqRcFd0w=",
            "connectionId": "PJqB0fHsqRcCHlw=", "apiId": "aabbccdd"
        },
        "body": r#"{"action":"broadcast","data":"hi"}"#,
        "isBase64Encoded": false
    });
    let mut context = Context::default();
    context.deadline = NOW + 30_000;
    LambdaEvent::new(serde_json::from_value(event).expect("this is an event"), context)
}

/// The time that the posts alone take: connections x latency / concurrency.
fn bound(connections: usize, settings: &Settings) -> Duration {
    POST * u32::try_from(connections.div_ceil(settings.posts_concurrent_max)).expect("a number")
}

#[test]
fn a_broadcast_takes_as_long_as_its_posts() {
    let settings = Settings::new("connections");
    let mut text = "connections    bound   virtual time   scans    posts\n".to_owned();
    for connections in [1_000, 10_000, 100_000] {
        let Outcome { ack, took, scans, posts } = broadcast(connections, &settings);
        assert_eq!(ack["delivered"], connections);
        assert_eq!(ack["complete"], true);
        let bound = bound(connections, &settings);
        assert!(took < bound + bound / 20 + Duration::from_millis(30), "{took:?} for {bound:?}");
        text += &format!("{connections:>11} {bound:>8.2?} {took:>14.2?} {scans:>7} {posts:>8}\n");
    }
    assert_snapshot!("scale", text);
}

#[test]
fn what_cannot_be_reached_in_time_is_not_acknowledged() {
    let narrow = Settings { posts_concurrent_max: 8, ..Settings::new("connections") };
    let Outcome { ack, took, posts, .. } = broadcast(20_000, &narrow);
    // The budget is 28.5 s, and no post begins in the last 200 ms of it.
    let reach = 8 * (28_500 - 200) / POST.as_millis() as usize;
    assert!(posts.abs_diff(reach) <= 2 * 8, "{posts} posts instead of {reach}");
    assert_eq!(ack["delivered"], posts);
    assert_eq!(ack["complete"], false);
    assert!(took <= Duration::from_millis(28_500), "{took:?}");
}
