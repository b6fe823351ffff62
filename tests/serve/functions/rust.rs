//! The functions of this workspace as they are deployed, by the file of the example.

use std::fs;
use std::path::Path;

use super::server::Server;

/// A server of the example, if this run has binaries to test.
fn served() -> Option<Server> {
    if !needs::BINARIES.is_met() {
        return None;
    }
    let folder = needs::find_binaries()?;
    let package = Path::new(crate::SERVE);
    let text =
        fs::read_to_string(package.join("examples/rust/functions.toml")).expect("the example");
    assert!(text.contains("\"../../../../target/debug/on-connect\""), "{text}");
    let folder = folder.to_str().expect("a path of Unicode");
    Some(Server::start(&text.replace("../../../../target/debug", folder)))
}

#[test]
fn the_deployed_functions_serve_a_chat() {
    let Some(server) = served() else { return };
    let mut clients = [server.connect(), server.connect(), server.connect()];
    assert_eq!(server.rows("connections").len(), 3);
    clients[1].send(r#"{"action":"broadcast","data":"hello","id":7}"#);
    for client in &mut clients {
        assert_eq!(client.next(), "hello");
    }
    let ack = clients[1].next();
    let counts = r#"{"delivered":3,"gone":0,"pending":0,"failed":0,"complete":true}"#;
    assert_eq!(ack, format!(r#"{{"ack":{counts},"id":7}}"#));
    let [first, mut second, third] = clients;
    first.close();
    server.await_rows("connections", 2);
    second.send(r#"{"action":"shout"}"#);
    assert!(second.next().contains("the action is unknown"));
    drop((second, third));
    let log = server.stop();
    assert!(!log.contains("WARN"), "{log}");
}
