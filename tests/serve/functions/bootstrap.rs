//! The runtime for Node among the examples: what handlers and their errors become.

use std::fs;
use std::path::Path;

use super::function::routes;
use super::server::{Folder, Server, program, write};

/// Handlers in both styles, and their mistakes.
const HANDLERS: &str = r#"
const body = (value) => ({ statusCode: 200, body: JSON.stringify(value) });
let delayed = 0;
export const handler = (event, context, callback) => {
  switch (event.requestContext.routeKey) {
    case "async":
      return Promise.resolve(body([context.functionName, context.memoryLimitInMB]));
    case "remaining":
      return Promise.resolve(body(context.getRemainingTimeInMillis()));
    case "request":
      console.log("the request is", context.awsRequestId);
      return Promise.resolve(body(process.env._X_AMZN_TRACE_ID.slice(0, 5)));
    case "callback":
      setTimeout(() => { delayed += 1; }, 20);
      return callback(null, body(delayed));
    case "hasty":
      context.callbackWaitsForEmptyEventLoop = false;
      setTimeout(() => {}, 3_600_000);
      return callback(null, body("hasty"));
    case "delayed":
      return setTimeout(() => callback(null, body(delayed)), 1);
    case "throws":
      throw new RangeError("out of range");
    case "rejects":
      return Promise.reject("a text");
    case "calls-back":
      return callback(new TypeError("called back"));
    case "circular": {
      const value = {};
      value.value = value;
      return Promise.resolve(value);
    }
    case "crashes":
      setTimeout(() => { throw new Error("too late"); }, 1);
      return new Promise(() => {});
  }
};
"#;

/// The text of a file with one function by this handler.
fn described(handler: &str, keys: &[&str]) -> String {
    let bootstrap = Path::new(crate::SERVE).join("examples/node/bootstrap.mjs");
    format!(
        "# Nothing has to be installed.\n[[function]]\nname = \"tiny\"\n\
         command = [\"node\", {bootstrap:?}]\nhandler = \"{handler}\"\ntimeout = \"30s\"\n{}",
        routes("tiny", keys)
    )
}

/// A server of handlers in a file of this name, if there is Node.
fn served(name: &str, handlers: &str, handler: &str, keys: &[&str]) -> Option<(Folder, Server)> {
    if !needs::NODE.is_met() {
        return None;
    }
    let (folder, file) = write(&described(handler, keys));
    fs::write(file.with_file_name(name), handlers).expect("a file for a test");
    let server = Server::start_by(&mut program(&file), 0);
    Some((folder, server))
}

#[test]
fn handlers_that_return_promises_or_call_back_are_answered() {
    let keys = ["async", "remaining", "request", "callback", "hasty", "delayed", "nothing"];
    let Some((_folder, server)) = served("index.mjs", HANDLERS, "index.handler", &keys) else {
        return;
    };
    let mut client = server.connect();
    assert_eq!(client.asks("async"), serde_json::json!(["tiny", "128"]));
    let remaining = client.asks("remaining").as_u64().expect("milliseconds");
    assert!((1..=30_000).contains(&remaining), "{remaining}");
    assert_eq!(client.asks("request"), "Root=");
    // The answer waits until nothing is left to do, as Lambda's own runtime has it, but was made
    // before.
    assert_eq!(client.asks("callback"), 0);
    assert_eq!(client.asks("delayed"), 1);
    assert_eq!(client.asks("hasty"), "hasty");
    let log = server.stop();
    let (_, line) = log.split_once("the request is ").expect("the line of the function");
    let request = line.lines().next().expect("a request");
    assert!(log.contains(&format!("tiny {request}: ")), "{log}");
}

#[test]
fn a_handler_that_neither_returns_nor_calls_back_has_no_result() {
    let Some((_folder, server)) =
        served("index.mjs", "export const handler = () => {};", "index.handler", &["nothing"])
    else {
        return;
    };
    let mut client = server.connect();
    client.send(r#"{"action":"nothing"}"#);
    server.await_log(" nothing failed: malformed response: it is null");
    client.assert_error("nothing");
    server.stop();
}

#[test]
fn errors_of_handlers_are_reported_with_their_type() {
    let keys = ["throws", "rejects", "calls-back", "circular", "crashes", "async"];
    let Some((_folder, server)) = served("index.mjs", HANDLERS, "index.handler", &keys) else {
        return;
    };
    let mut client = server.connect();
    for key in &keys[..5] {
        client.assert_error(key);
    }
    assert_eq!(client.asks("async")[0], "tiny");
    let log = server.stop();
    for said in [
        "RangeError: out of range",
        "Error: a text",
        "TypeError: called back",
        "TypeError: Converting circular structure",
        "Error: too late",
    ] {
        assert!(log.contains(&format!(" failed: {said}")), "no {said} in {log}");
    }
}

#[test]
fn modules_of_both_kinds_are_found() {
    let module = "exports.run = async () => ({ statusCode: 200, body: '\"common\"' });";
    let Some((_folder, server)) = served("common.cjs", module, "common.run", &["go"]) else {
        return;
    };
    assert_eq!(server.connect().asks("go"), "common");
    server.stop();
}

#[test]
fn a_module_that_cannot_be_loaded_is_an_error_of_the_start() {
    for (name, handlers, handler, said) in [
        (
            "index.mjs",
            "import 'no-such-package';",
            "index.handler",
            "Runtime.ImportModuleError: Cannot find package 'no-such-package' imported from ",
        ),
        ("index.mjs", "export const other = 1;", "index.handler", "Runtime.HandlerNotFound: "),
        ("index.mjs", "", "absent.handler", "Runtime.ImportModuleError: Cannot find module "),
    ] {
        let Some((_folder, server)) = served(name, handlers, handler, &["go"]) else { return };
        server.connect().assert_error("go");
        let log = server.stop();
        let wanted = format!(" did not begin: {said}");
        let line = log.lines().find(|line| line.contains(&wanted));
        let line = line.unwrap_or_else(|| panic!("no {wanted} in {log}"));
        assert!(line.contains("; the first lines of "), "{line}");
        assert!(line.ends_with("functions.toml may say what to install"), "{line}");
    }
}
