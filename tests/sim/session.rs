//! The tutorial's own session, on the production handlers.

use stormglass_apps::STORMGLASS;
use stormglass_sim::report::story;
use stormglass_tests::{assert_snapshot, kept, received};

const SESSION: &str = r#"v1 ana:c bob:c cyd:i1s,c,b"Hi , this is a message ""#;

#[test]
fn three_clients_connect_and_all_three_see_the_message() {
    let run = kept(&STORMGLASS, SESSION);
    let mut seen = received(&run);
    seen.retain(|(_, body)| !body.contains("\"ack\""));
    seen.sort_unstable();
    let message = "Hi , this is a message ";
    assert_eq!(seen, [("ana1", message), ("bob1", message), ("cyd1", message)]);
    assert_snapshot!("session", story(&run));
}
