//! A broadcast step by step: what is in flight at the same time.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use stormglass_handlers::{Broadcast, Settings};
use tokio::sync::oneshot::{Sender, channel};
use tokio_test::{assert_pending, assert_ready, task};

use crate::services::ack;
use crate::support::{
    NOW, body, dynamodb_at, http, in_virtual_time, management_at, message, settings,
};

/// Services whose every answer is given by hand.
#[derive(Clone, Debug, Default)]
struct ByHand {
    in_flight: Arc<Mutex<Vec<Call>>>,
}

/// The name of a request, and the sender of its answer.
type Call = (String, Sender<HttpResponse>);

impl ByHand {
    /// Lists the requests without an answer: `Scan`, or the recipient of a post.
    fn in_flight(&self) -> Vec<String> {
        let in_flight = self.in_flight.lock().expect("no test panics here");
        in_flight.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Answers the oldest request of this name.
    fn answer(&self, name: &str, body: String) {
        self.respond(name, http(200).map(|_| SdkBody::from(body.as_str())));
    }

    fn respond(&self, name: &str, response: HttpResponse) {
        let mut in_flight = self.in_flight.lock().expect("no test panics here");
        let at = in_flight.iter().position(|(known, _)| known == name).expect("it is in flight");
        in_flight.remove(at).1.send(response).expect("somebody waits for the answer");
    }
}

impl HttpConnector for ByHand {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let name = match request.headers().get("x-amz-target") {
            Some(target) => target.rsplit('.').next(),
            None => request.uri().rsplit('/').next(),
        };
        let (sender, answer) = channel();
        let name = name.unwrap_or_default().to_owned();
        self.in_flight.lock().expect("no test panics here").push((name, sender));
        HttpConnectorFuture::new(async move {
            answer.await.map_err(|error| ConnectorError::io(error.into()))
        })
    }
}

/// A page of old rows, and whether another one follows.
fn page(ids: &[&str], has_next: bool) -> String {
    let at = NOW - 90_000;
    let items = ids
        .iter()
        .map(|id| format!(r#"{{"connectionId":{{"S":"{id}"}},"connectedAt":{{"N":"{at}"}}}}"#));
    let items: Vec<_> = items.collect();
    let next = if has_next { r#","LastEvaluatedKey":{"connectionId":{"S":"k"}}"# } else { "" };
    format!(r#"{{"Items":[{}]{next}}}"#, items.join(","))
}

fn broadcast(services: &ByHand, settings: &Settings) -> Broadcast {
    Broadcast::new(settings, dynamodb_at(services.clone()), management_at(services.clone()))
}

const MESSAGE: &str = r#"{"action":"broadcast","data":"hi"}"#;

#[test]
fn the_next_page_is_read_while_this_one_is_posted() {
    in_virtual_time(async {
        let services = ByHand::default();
        let handler = broadcast(&services, &settings());
        let mut handling = task::spawn(handler.handle(message(MESSAGE)));
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["Scan"]);

        services.answer("Scan", page(&["a", "b"], true));
        assert!(handling.is_woken());
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["Scan", "a", "b"]);

        // One page is read ahead, and no more.
        services.answer("Scan", page(&["c"], true));
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["a", "b", "Scan", "c"]);
        services.answer("Scan", page(&[], false));
        assert_pending!(handling.poll());

        for name in ["c", "a"] {
            services.answer(name, String::new());
            assert_pending!(handling.poll());
        }
        assert_eq!(services.in_flight(), ["b"]);
        services.answer("b", String::new());
        let response = assert_ready!(handling.poll());
        assert_eq!(body(&response), ack(3, 0, 0, 0, true));
    });
}

#[test]
fn a_post_waits_for_a_place_and_a_page_for_its_turn() {
    in_virtual_time(async {
        let services = ByHand::default();
        let narrow = Settings { posts_concurrent_max: 2, ..settings() };
        let handler = broadcast(&services, &narrow);
        let mut handling = task::spawn(handler.handle(message(MESSAGE)));
        assert_pending!(handling.poll());
        services.answer("Scan", page(&["a", "b", "c"], true));
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["Scan", "a", "b"]);

        // With a page read ahead, no other one is asked for.
        services.answer("Scan", page(&["d"], true));
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["a", "b"]);

        services.answer("b", String::new());
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["a", "c"]);
        services.answer("a", String::new());
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["c", "Scan", "d"]);

        services.answer("Scan", page(&[], false));
        services.answer("c", String::new());
        assert_pending!(handling.poll());
        services.answer("d", String::new());
        let response = assert_ready!(handling.poll());
        assert_eq!(body(&response), ack(4, 0, 0, 0, true));
    });
}

#[test]
fn stale_rows_are_deleted_a_few_at_a_time() {
    in_virtual_time(async {
        let services = ByHand::default();
        let handler = broadcast(&services, &settings());
        let mut handling = task::spawn(handler.handle(message(MESSAGE)));
        assert_pending!(handling.poll());
        let ids: Vec<String> = (0..40).map(|number| format!("gone-{number}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        services.answer("Scan", page(&ids, false));
        assert_pending!(handling.poll());
        for id in ids {
            services.respond(id, http(410));
        }
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["DeleteItem"; 32]);
        services.answer("DeleteItem", "{}".to_owned());
        assert_pending!(handling.poll());
        assert_eq!(services.in_flight(), ["DeleteItem"; 32]);
    });
}
