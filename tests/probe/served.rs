//! Endpoints of `cargo serve`.

use std::net::SocketAddr;
use std::path::Path;

use stormglass_apps::names;
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_probe::{MessageFormat, ProbeRun};
use stormglass_serve::dynamodb::Tables;
use stormglass_serve::{Host, Listeners, Server};
use tokio::net::TcpListener;

use super::strangers::talk_beside;
use super::{ALL_ASSUMED, NOTHING_ASSUMED, SETTINGS, because, verdicts, watch, words};

/// What clients see of an application.
async fn seen_of(app: &str, format: &MessageFormat) -> ProbeRun {
    seen_beside(app, format, 0).await
}

/// What clients see of an application that strangers talk on as well, so many things each whenever
/// a client of the probe broadcasts.
async fn seen_beside(app: &str, format: &MessageFormat, talk: usize) -> ProbeRun {
    let listen = async || TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let listeners = Listeners { gateway: listen().await, dynamodb: listen().await };
    let address: SocketAddr = listeners.gateway.local_addr().expect("its address");
    let app = names::find(app).expect("an app");
    let (stopped, stop) = tokio::sync::oneshot::channel::<()>();
    let stop = async {
        let _ = stop.await;
    };
    let tables = Tables::in_memory(DynamoDb::new(Limits::default()));
    let server = Server::new(listeners, tables);
    let (served, seen) = futures_util::join!(server.serve(Host::App(app), stop), async {
        let address = address.to_string();
        if talk > 0 {
            talk_beside(&address, talk).await;
        }
        let seen = watch(&address, format, &SETTINGS).await;
        drop(stopped);
        seen
    });
    served.expect("it is served");
    seen
}

fn format(name: &str) -> MessageFormat {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("formats");
    MessageFormat::read(&folder.join(name)).expect("a format")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_production_handlers_keep_every_promise() {
    let format = MessageFormat::default();
    let seen = seen_of("stormglass", &format).await;
    for assumptions in [NOTHING_ASSUMED, ALL_ASSUMED] {
        for verdict in verdicts(&seen, &format, assumptions) {
            assert!(!verdict.is_broken(), "{:?}", verdict.evidence.map(|found| found.violation));
            assert!(verdict.tested() > 0, "{}", verdict.judged.property.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_production_handlers_keep_every_promise_while_strangers_talk() {
    let format = MessageFormat::default();
    let seen = seen_beside("stormglass", &format, 8).await;
    let verdicts = verdicts(&seen, &format, NOTHING_ASSUMED);
    assert_eq!(words(&verdicts, "broken"), [""; 0], "{verdicts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tutorial_delivers_no_json_and_tells_nobody() {
    let format = format("tutorial.toml");
    let seen = seen_of("tutorial", &format).await;
    let verdicts = verdicts(&seen, &format, NOTHING_ASSUMED);
    assert_eq!(words(&verdicts, "broken"), ["delivered"]);
    let because = because(&verdicts, "delivered");
    assert!(because.ends_with("but no post to it was ever sent."), "{because}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mutations_that_clients_can_tell_are_told() {
    let format = MessageFormat::default();
    for (mutation, promise) in [("quotes-kept", "verbatim"), ("sender-left-out", "delivered")] {
        let seen = seen_of(mutation, &format).await;
        let verdicts = verdicts(&seen, &format, NOTHING_ASSUMED);
        assert!(words(&verdicts, "broken").contains(&promise), "{mutation}: {verdicts:?}");
    }
}
