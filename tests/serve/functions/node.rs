//! A chat in JavaScript as tutorials write it, with the AWS SDK and Lambda's own runtime for Node,
//! by the file of the example.

use std::fs;
use std::path::Path;

use super::server::{Server, program, skip};

const VARIABLE: &str = "STORMGLASS_NODE";

/// What `.ci/node` installs, and the functions as they are in `node`.
fn is_ready(root: &Path) -> bool {
    let target = root.join("target/node");
    let wanted = fs::read(root.join("tests/serve/functions/node/package.json")).expect("a package");
    if fs::read(target.join("installed.json")).ok() != Some(wanted) {
        return false;
    }
    for entry in fs::read_dir(root.join("tests/serve/functions/node")).expect("the functions") {
        let file = entry.expect("a file").path();
        let name = file.file_name().expect("a name");
        fs::copy(&file, target.join(name)).expect("a function is copied");
    }
    true
}

#[test]
fn a_chat_in_javascript_is_served_unmodified() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if !is_ready(&root) {
        skip(VARIABLE, "target/node has no AWS SDK and no runtime of Lambda: `source .ci/node`");
        return;
    }
    let file = root.join("sim/serve/examples/tutorial-node.toml");
    let server = Server::start_by(&mut program(&file), 0);
    let mut clients = [server.connect(), server.connect(), server.connect()];
    assert_eq!(server.rows("connections").len(), 3);
    clients[1].send(r#"{"action":"broadcast","data":"hello"}"#);
    for client in &mut clients {
        assert_eq!(client.next(), "hello");
    }
    server.await_log("a broadcast of 5 characters");
    let [first, mut second, mut third] = clients;
    first.close();
    server.await_rows("connections", 2);
    second.send(r#"{"action":"broadcast","data":"goodbye"}"#);
    assert_eq!((second.next(), third.next()), ("goodbye".to_owned(), "goodbye".to_owned()));
    // The gateway has no frame for what a tutorial does not handle.
    second.send(r#"{"action":"broadcast"}"#);
    assert!(second.next().contains("Internal server error"));
    drop((second, third));
    let log = server.stop();
    assert!(log.contains(" broadcast failed: TypeError: "), "{log}");
}
