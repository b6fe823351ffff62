//! The function that most tests serve: this very program, which the server starts with one test.

use std::env;
use std::fs;
use std::path::Path;
use std::process;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{Answer, ask};

/// The test that is the function.
pub(crate) const NAME: &str = "functions::function::function";

/// The entry of a file for a function of this name, with variables as `A = "b"`, and more lines.
pub(crate) fn entry(name: &str, variables: &str, lines: &str) -> String {
    let program = env::current_exe().expect("this program is a file");
    let command = json!([program, "--exact", NAME, "--nocapture"]);
    format!(
        "[[function]]\nname = \"{name}\"\ncommand = {command}\nenvironment = {{ {variables} }}\n\
         {lines}\n"
    )
}

/// Two-way routes of these keys to a function.
pub(crate) fn routes(function: &str, keys: &[&str]) -> String {
    let route = |key: &&str| {
        format!("[[route]]\nkey = \"{key}\"\nfunction = \"{function}\"\ntwo-way = true\n")
    };
    keys.iter().map(route).collect()
}

/// Does what the route of an event says, where a server has started it. In a run of all tests, it
/// makes sure that a server would find it.
#[test]
fn function() {
    let Ok(api) = env::var("AWS_LAMBDA_RUNTIME_API") else {
        let (_, module) = module_path!().split_once("::").expect("a module of a test");
        assert_eq!(format!("{module}::function"), NAME);
        assert!(entry("function", "", "").contains(NAME));
        return;
    };
    begin(&api);
    loop {
        let next = ask(&api, "GET", "/2018-06-01/runtime/invocation/next", b"");
        let id = next.header("lambda-runtime-aws-request-id").expect("an id").to_owned();
        let event = next.json();
        let to = |what: &str| format!("/2018-06-01/runtime/invocation/{id}/{what}");
        let answer = match event["requestContext"]["routeKey"].as_str() {
            Some("crash") => process::exit(7),
            Some("hang") => loop {
                thread::sleep(Duration::from_secs(1));
            },
            Some("fail") => {
                let error = json!({"errorType": "Broken", "errorMessage": "as asked"});
                ask(&api, "POST", &to("error"), error.to_string().as_bytes())
            }
            Some("leave") => {
                respond(&api, &to("response"), &json!("left"));
                process::exit(0);
            }
            Some("ask-again") => {
                let again = ask(&api, "GET", "/2018-06-01/runtime/invocation/next", b"");
                let begin = ask(&api, "POST", "/2018-06-01/runtime/init/error", b"{}");
                let answers = [again, begin].map(|answer| json!([answer.status, answer.json()]));
                respond(&api, &to("response"), &json!(answers))
            }
            Some("malformed") => {
                let response = json!({"statusCode": 200, "foo": 1});
                ask(&api, "POST", &to("response"), response.to_string().as_bytes())
            }
            Some("wait") => {
                println!("it waits for a file");
                await_file(&env::var("WAIT").expect("a file to wait for"));
                respond(&api, &to("response"), &told(&next))
            }
            Some("print") => {
                println!("a line of the function");
                eprintln!("a line of its errors");
                respond(&api, &to("response"), &json!("printed"))
            }
            _ => respond(&api, &to("response"), &told(&next)),
        };
        assert_eq!(answer.status, 202, "{answer:?}");
    }
}

fn begin(api: &str) {
    match env::var("BEGIN").unwrap_or_default().as_str() {
        "crash" => process::exit(8),
        "hang" => thread::sleep(Duration::from_secs(3_600)),
        "count" => count_beginnings(&env::var("COUNT").expect("a folder")),
        "fail" => {
            let error =
                json!({"errorType": "NoWay", "errorMessage": "it cannot begin"}).to_string();
            let answer = ask(api, "POST", "/2018-06-01/runtime/init/error", error.as_bytes());
            assert_eq!(answer.status, 202, "{answer:?}");
            thread::sleep(Duration::from_secs(3_600));
        }
        _ => {}
    }
}

/// Prints the number of processes that begin at the same time, each of which has a file.
fn count_beginnings(folder: &str) {
    let file = Path::new(folder).join(process::id().to_string());
    fs::write(&file, "").expect("a file");
    for _ in 0..20 {
        let count = fs::read_dir(folder).expect("a folder").count();
        println!("{count} begin at once");
        thread::sleep(Duration::from_millis(5));
    }
    fs::remove_file(&file).expect("its own file");
}

fn await_file(file: &str) {
    while !Path::new(file).exists() {
        thread::sleep(Duration::from_millis(5));
    }
}

/// All that a function is told.
fn told(next: &Answer) -> Value {
    let variables: serde_json::Map<String, Value> =
        env::vars().map(|(name, value)| (name, Value::from(value))).collect();
    json!({
        "process": process::id(),
        "program": env::args().next(),
        "arn": next.header("lambda-runtime-invoked-function-arn"),
        "trace": next.header("lambda-runtime-trace-id"),
        "folder": env::current_dir().expect("a folder"),
        "variables": variables,
        "event": next.json(),
    })
}

fn respond(api: &str, path: &str, body: &Value) -> Answer {
    let response = json!({"statusCode": 200, "body": body.to_string()});
    ask(api, "POST", path, response.to_string().as_bytes())
}
