//! A chat as tutorials in other languages write it, by the files of the examples as they are.

use std::path::Path;

use needs::Need;

use super::server::{Server, program};

/// An example, which `.ci/languages` installs.
struct Example {
    language: &'static str,
    need: &'static Need,
    /// A message that its handler does not handle, and the log of that.
    mistake: (&'static str, &'static str),
}

const NODE: Example = Example {
    language: "node",
    need: &needs::NODE_EXAMPLE,
    mistake: (r#"{"action":"broadcast"}"#, " broadcast failed: TypeError: "),
};

const PYTHON: Example = Example {
    language: "python",
    need: &needs::PYTHON_EXAMPLE,
    mistake: (r#"{"action":"broadcast"}"#, " broadcast failed: KeyError: 'data'"),
};

const GO: Example = Example {
    language: "go",
    need: &needs::GO_EXAMPLE,
    mistake: (r#"{"action":"broadcast","data":5}"#, " broadcast failed: UnmarshalTypeError: "),
};

impl Example {
    /// Starts a server of the example, if it is installed.
    fn start(&self) -> Option<Server> {
        if !self.need.is_met() {
            return None;
        }
        let examples = Path::new(crate::SERVE).join("examples");
        let file = examples.join(self.language).join("functions.toml");
        Some(Server::start_by(&mut program(&file), 0))
    }

    /// Connects clients, broadcasts, and closes them.
    fn holds_a_chat(&self) {
        let Some(server) = self.start() else { return };
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
        let (message, failure) = self.mistake;
        second.send(message);
        assert!(second.next().contains("Internal server error"));
        drop((second, third));
        let log = server.stop();
        assert!(log.contains(failure), "{log}");
    }
}

#[test]
fn a_chat_in_javascript_is_served_unmodified() {
    NODE.holds_a_chat();
}

#[test]
fn a_chat_in_python_is_served_unmodified() {
    PYTHON.holds_a_chat();
}

#[test]
fn a_chat_in_go_is_served_unmodified() {
    GO.holds_a_chat();
}
