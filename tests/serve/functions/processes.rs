//! Processes that the server starts, and what becomes of those that fail.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::thread;

use serde_json::Value;

use super::function::{entry, routes};
use super::server::{Server, Socket, await_end_of, program, write};

const ACTIONS: [&str; 7] = ["tell", "crash", "hang", "fail", "leave", "print", "ask-again"];

const INVALID: &str = "InvalidStateTransition";

fn served(variables: &str, lines: &str) -> Server {
    Server::start(&(entry("tiny", variables, lines) + &routes("tiny", &ACTIONS)))
}

/// The process that an event went to.
fn process(client: &mut Socket) -> String {
    client.asks("tell")["process"].as_u64().expect("a process").to_string()
}

#[test]
fn a_function_is_told_what_lambda_tells() {
    let server = served("TABLE = \"t\", AT = \"{callback} {dynamodb}\"", "memory = 512");
    let told = server.connect().asks("tell");
    let (gateway, dynamodb) = (&server.gateway, &server.dynamodb);
    for (name, value) in [
        ("AWS_LAMBDA_FUNCTION_NAME", "tiny"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("_HANDLER", "tiny"),
        ("TZ", ":UTC"),
        ("TABLE", "t"),
        ("AT", &format!("https://{gateway}/prod http://{dynamodb}")),
        ("AWS_ENDPOINT_URL_DYNAMODB", &format!("http://{dynamodb}")),
        ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", &format!("https://{gateway}/prod")),
    ] {
        assert_eq!(told["variables"][name], value, "{name}");
    }
    assert_eq!(told["variables"]["LAMBDA_TASK_ROOT"], told["folder"]);
    let arn = told["arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:lambda:") && arn.ends_with(":function:tiny"), "{arn}");
    assert!(told["trace"].as_str().is_some_and(|trace| trace.starts_with("Root=1-")));
    assert_eq!(told["event"]["requestContext"]["domainName"], **gateway);
    // Cargo has set it for this process, and nobody has for a function.
    assert_eq!(told["variables"]["CARGO_PKG_NAME"], Value::Null);
    server.stop();
}

/// A Python goes by the link that it was started by, to find what is installed beside it.
#[test]
fn a_program_is_found_from_the_folder_of_the_file_by_the_name_it_is_given() {
    let (_folder, file) = write("");
    let itself = env::current_exe().expect("a file");
    std::os::unix::fs::symlink(&itself, file.with_file_name("link")).expect("a link");
    let text = entry("tiny", "", "").replace(itself.to_str().expect("text"), "./link");
    fs::write(&file, text + &routes("tiny", &["tell"])).expect("a file for a test");
    let server = Server::start_by(&mut program(&file), 0);
    let told = server.connect().asks("tell");
    assert!(told["program"].as_str().is_some_and(|name| name.ends_with("/link")), "{told}");
    server.stop();
}

#[test]
fn a_process_is_used_again_and_another_is_started_while_it_is_busy() {
    let server = served("", "timeout = \"30s\"");
    let mut client = server.connect();
    let first = process(&mut client);
    assert_eq!(process(&mut client), first);
    client.send(r#"{"action":"hang"}"#);
    assert_ne!(process(&mut client), first);
    // The function that hangs does not go on for longer than its server.
    server.end_by("-INT");
    await_end_of(&first);
}

#[test]
fn one_function_runs_where_no_more_may() {
    let text = entry("tiny", "", "timeout = \"30s\"") + &routes("tiny", &ACTIONS);
    let server = Server::start_with(&text, &["--concurrency", "1"]);
    let mut client = server.connect();
    client.send(r#"{"action":"hang"}"#);
    client.assert_error("tell");
    server.end_by("-INT");
}

#[test]
fn a_process_that_ends_in_the_middle_of_an_event_is_followed_by_another() {
    let server = served("", "");
    let mut client = server.connect();
    let first = process(&mut client);
    client.assert_error("crash");
    await_end_of(&first);
    assert_ne!(process(&mut client), first);
    drop(client);
    let log = server.stop();
    let error = " Error: Runtime exited with error: exit status 7";
    assert!(log.contains("Runtime.ExitError: RequestId: ") && log.contains(error), "{log}");
}

#[test]
fn a_process_that_takes_too_long_is_killed() {
    let server = served("", "timeout = \"300ms\"");
    let mut client = server.connect();
    let first = process(&mut client);
    client.assert_error("hang");
    await_end_of(&first);
    assert_ne!(process(&mut client), first);
    drop(client);
    assert!(server.stop().contains("Task timed out after 0.30 seconds"));
}

#[test]
fn a_process_that_reports_an_error_goes_on() {
    let server = served("", "");
    let mut client = server.connect();
    let first = process(&mut client);
    client.assert_error("fail");
    assert_eq!(process(&mut client), first);
    drop(client);
    assert!(server.stop().contains(" fail failed: Broken: as asked, "));
}

#[test]
fn a_process_that_leaves_between_two_events_is_started_by_the_next() {
    let server = served("", "");
    let mut client = server.connect();
    let first = process(&mut client);
    assert_eq!(client.asks("leave"), "left");
    await_end_of(&first);
    assert_ne!(process(&mut client), first);
    drop(client);
    server.stop();
}

#[test]
fn what_a_process_prints_is_in_the_log_with_its_function_and_its_request() {
    let server = served("", "");
    server.connect().asks("print");
    for line in ["a line of the function", "a line of its errors"] {
        server.await_log(line);
    }
    let log = server.stop();
    let line = log.lines().find(|line| line.ends_with(": a line of the function"));
    let (_, tagged) = line.and_then(|line| line.split_once(" tiny ")).expect("the function");
    let (request, _) = tagged.split_once(':').expect("a request");
    assert_eq!(request.len(), "8ceb58a9-0caf-40db-a35b-30f54d4b5e23".len(), "{request}");
}

/// It is started twice, and the second time has as long as its function.
#[test]
fn a_process_that_cannot_begin_is_an_error_for_the_client_and_a_line_in_the_log() {
    for (begin, said) in [
        ("crash", "Error: Runtime exited with error: exit status 8"),
        ("fail", "NoWay: it cannot begin"),
        ("hang", "Runtime.Timeout: it asked for no event within 0.20 seconds"),
    ] {
        let server = served(&format!("BEGIN = \"{begin}\""), "timeout = \"200ms\"");
        server.connect().assert_error("tell");
        let log = server.stop();
        assert!(log.contains(said), "{log}");
        assert_eq!(log.matches(" did not begin: ").count(), 2, "{log}");
    }
}

#[test]
fn a_process_has_one_event_at_a_time_and_begins_once() {
    let server = served("", "");
    let answers = server.connect().asks("ask-again");
    for answer in answers.as_array().expect("two answers") {
        assert_eq!((&answer[0], &answer[1]["errorType"]), (&403.into(), &INVALID.into()));
    }
    server.stop();
}

#[test]
fn a_route_is_selected_as_the_file_says_and_answers_if_it_is_two_way() {
    let text = format!(
        "route-selection = \"$request.body.kind\"\n{}{}[[route]]\nkey = \"tell\"\n\
         function = \"tiny\"\n",
        entry("tiny", "", ""),
        routes("tiny", &["print"]),
    );
    let server = Server::start(&text);
    let mut client = server.connect();
    client.send(r#"{"kind":"tell"}"#);
    server.await_log(" tell: 200, ");
    client.send(r#"{"kind":"print"}"#);
    assert_eq!(client.next(), "\"printed\"");
    drop(client);
    server.stop();
}

#[test]
fn a_program_that_cannot_be_started_refuses_a_handshake_and_stops_nothing() {
    let text = "[[function]]\nname = \"broken\"\ncommand = \"./broken --now\"\n\
                [[route]]\nkey = \"$connect\"\nfunction = \"broken\"\n";
    let (_folder, file) = write(text);
    // It may be run, and only the machine knows that its interpreter is missing.
    let broken = file.with_file_name("broken");
    fs::write(&broken, "#!/no/such/interpreter\n").expect("a program for a test");
    fs::set_permissions(&broken, Permissions::from_mode(0o755)).expect("it may be run");
    let server = Server::start_by(&mut program(&file), 0);
    for _ in 0..2 {
        assert_eq!(server.ask("/").err(), Some(502));
    }
    let log = server.stop();
    let said = "the command of broken cannot be started: `./broken --now` in ";
    assert!(log.contains(said) && log.contains("No such file"), "{log}");
}

#[test]
fn an_authorizer_may_be_a_program() {
    let text = format!(
        "authorizer = \"guard\"\n{}[[route]]\nkey = \"$connect\"\nfunction = \"guard\"\n",
        entry("guard", "", ""),
    );
    let server = Server::start(&text);
    // What it tells is no policy, which is an error of the authorizer.
    assert_eq!(server.ask("/").err(), Some(500));
    server.stop();
}

#[test]
fn no_more_processes_begin_at_once_than_there_are_cores() {
    let (_folder, file) = write("");
    let folder = file.with_file_name("beginnings");
    fs::create_dir(&folder).expect("a folder for a test");
    let variables = format!("BEGIN = \"count\", COUNT = {:?}", folder.to_str().expect("text"));
    let server = served(&variables, "timeout = \"30s\"");
    let cores = thread::available_parallelism().expect("cores").get();
    let mut clients: Vec<Socket> = (0..3 * cores + 3).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.send(r#"{"action":"tell"}"#);
    }
    for client in &mut clients {
        assert!(client.next().contains("process"));
    }
    let log = server.stop();
    let counts = log.lines().filter_map(|line| line.strip_suffix(" begin at once"));
    let counts = counts.filter_map(|line| line.rsplit(' ').next()?.parse().ok());
    let most: usize = counts.max().expect("a process that begins");
    assert!(most <= cores, "{most} processes begin at once on {cores} cores");
}

#[test]
fn a_process_that_is_idle_for_long_ends_and_the_next_event_starts_another() {
    let text = entry("tiny", "", "") + &routes("tiny", &ACTIONS);
    let server = Server::start_with(&text, &["--process-idle-timeout", "50ms"]);
    let mut client = server.connect();
    let first = process(&mut client);
    server.await_log("tiny was idle for 50ms");
    await_end_of(&first);
    assert_ne!(process(&mut client), first);
    drop(client);
    server.stop();
}

#[test]
fn many_clients_are_served_by_as_many_processes_as_it_takes() {
    let server = served("", "timeout = \"30s\"");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut client = server.connect();
                for _ in 0..25 {
                    client.asks("tell");
                }
            });
        }
    });
    server.stop();
}
