//! The programs of clients in a run: their connections, messages and timers.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::case::{Action as Step, Plan};
use stormglass_sim::client::{Action, Event, Program, ReconnectingProgram, Request};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::stack::{Route, Stack};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, Handler, HarnessError, Run, Sdk, Vocabulary, handler, replay};
use stormglass_spec::history::{Content, EventKind};
use stormglass_spec::ready;
use stormglass_tests::seen::{first, handshakes};
use stormglass_tests::{pick, play_to_the_end};

/// The message of the closing phase.
const LAST: &str = "the last one";

/// A message that the service fails on.
const FATAL: &str = "fatal";

/// A service that answers each message with the same text. It lets nobody in who comes for the
/// second time with an old cursor.
#[derive(Clone, Copy, Debug)]
struct Echo;

impl App for Echo {
    fn name(&self) -> &str {
        "echo"
    }

    fn stack(&self) -> Stack {
        let routes = ["$connect", "$default"].map(|key| Route::two_way(key, key));
        routes.into_iter().fold(Stack::new(), Stack::route)
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, LAST).program(10, "reader")
    }

    fn program(&self, name: &str, client: &str) -> Option<Box<dyn Program>> {
        let number = |text: &str| text.parse().ok();
        let reader = ReconnectingProgram::new().pausing(Duration::from_millis(500));
        match name {
            "reader" => Some(Box::new(reader.resuming("since", |text| Some(text.to_owned())))),
            "orderly" => Some(Box::new(reader.ordering(number))),
            "careful" => Some(Box::new(reader.waiting(|sent, came| sent == came))),
            "late" => Some(Box::new(Late)),
            "clock" => Some(Box::new(Clock { client: client.to_owned() })),
            _ => None,
        }
    }

    fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
        handler(move |event: LambdaEvent<Value>| async move {
            if event.payload["body"] == FATAL {
                return Err("no more".into());
            }
            let since = event.payload["queryStringParameters"]["since"].as_str();
            let status = if since == Some("stop") { 403 } else { 200 };
            Ok::<_, Error>(json!({ "statusCode": status, "body": event.payload["body"] }))
        })
    }
}

/// A program that never rests: it sends its name every minute.
#[derive(Debug)]
struct Clock {
    client: String,
}

impl Program for Clock {
    fn on(&mut self, event: Event<'_>) -> Vec<Action> {
        let minute = Action::StartTimer { name: "minute", after: Duration::from_secs(60) };
        match event {
            Event::Started => vec![Action::Connect(Request::default()), minute],
            Event::TimerFired(_) => vec![Action::Send(self.client.clone()), minute],
            _ => Vec::new(),
        }
    }
}

/// A program that asks for a connection after a second.
#[derive(Debug)]
struct Late;

impl Program for Late {
    fn on(&mut self, event: Event<'_>) -> Vec<Action> {
        match event {
            Event::Started => {
                vec![Action::StartTimer { name: "second", after: Duration::from_secs(1) }]
            }
            Event::TimerFired(_) => vec![Action::Connect(Request::default())],
            _ => Vec::new(),
        }
    }
}

fn sent(run: &Run) -> Vec<(String, String)> {
    pick(run, |what| match what {
        EventKind::FrameSent { frame, content: Content::Text(text), .. } => {
            Some((frame.to_string(), text.to_string()))
        }
        _ => None,
    })
}

fn shown(run: &Run) -> Vec<(String, String)> {
    pick(run, |what| match what {
        EventKind::Presented { program, text, .. } => Some((program.to_string(), text.to_string())),
        _ => None,
    })
}

fn pairs<'a>(pairs: &'a [(String, String)], client: &str) -> Vec<(&'a str, &'a str)> {
    let mine = pairs.iter().filter(|(name, text)| name.starts_with(client) && text != LAST);
    mine.map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

#[test]
fn a_program_connects_comes_back_and_says_how_far_it_has_read() {
    let run = play_to_the_end(&Echo, r#"v1 ana:r"reader",i1s,t"7",i1s,v,i5s,t"stop",i1s,v"#);
    assert_eq!(handshakes(&run)[..2], [("ana1", 101), ("ana2", 101)]);
    // The third request says how far the client has read, and is refused.
    assert!(handshakes(&run)[2..].contains(&("ana3", 403)), "{:?}", handshakes(&run));
    assert_eq!(pairs(&shown(&run), "ana"), [("ana.run1", "7"), ("ana.run1", "stop")]);
}

#[test]
fn a_message_that_a_step_asks_for_has_the_name_of_the_step_and_all_others_their_own() {
    let case = r#"v1 ana:r"careful",i1s,t"a",t"b""#;
    let run = play_to_the_end(&Echo, case);
    assert_eq!(pairs(&sent(&run), "ana"), [("ana.t1", "a"), ("ana.t2", "b")]);
    // Without a reply the program gives its connection up, and sends the message once more.
    let run = play_to_the_end(&Echo, &format!("{case} | ana.t1.start=error"));
    let sent = sent(&run);
    assert_eq!(pairs(&sent, "ana"), [("ana.t1", "a"), ("ana.r1", "a"), ("ana.t2", "b")]);
}

#[test]
fn a_program_ends_with_its_connection_if_its_user_closes_it_or_connects_by_hand() {
    let run = play_to_the_end(&Echo, r#"v1 ana:r"reader",i1s,q,i9s"#);
    assert!(!handshakes(&run).iter().any(|(name, _)| *name == "ana2"));
    // Its user leaves while it waits to come back.
    let run = play_to_the_end(&Echo, r#"v1 ana:r"reader",i1s,v,i100ms,q,i9s"#);
    assert!(!handshakes(&run).iter().any(|(name, _)| *name == "ana2"));
    let run = play_to_the_end(&Echo, r#"v1 ana:r"reader",i1s,c,t"by hand",i1s,v"#);
    let mine: Vec<_> = handshakes(&run).into_iter().filter(|it| it.0.starts_with("ana")).collect();
    assert_eq!(mine, [("ana2", 101), ("ana1", 101)]);
    assert_eq!(pairs(&shown(&run), "ana"), []);
}

#[test]
fn a_program_that_is_started_anew_remembers_nothing() {
    let case = r#"v1 ana:r"orderly",i1s,t"7",i1s,r"orderly",i1s,t"3",t"4""#;
    let run = play_to_the_end(&Echo, case);
    let expected = [("ana.run1", "7"), ("ana.run2", "3"), ("ana.run2", "4")];
    assert_eq!(pairs(&shown(&run), "ana"), expected);
    let promise = ready::no_skip(|text| text.parse().ok());
    let case: Case = case.parse().expect("a case");
    assert!(replay(&Echo, &case, &[promise]).expect("it runs").violation.is_none());
}

#[test]
fn the_connection_of_a_program_ends_as_soon_as_another_one_is_started() {
    let run = play_to_the_end(&Echo, r#"v1 ana:r"late",i3s,r"late""#);
    let at = |wanted: &dyn Fn(&EventKind) -> bool| first(&run, wanted).at.millis();
    let gone =
        at(&|what| matches!(what, EventKind::Vanished { connection } if *connection == "ana1"));
    let asked = at(
        &|what| matches!(what, EventKind::HandshakeAsked { connection } if *connection == "ana2"),
    );
    assert!(asked >= gone + 1_000, "{gone}, {asked}");
}

#[test]
fn a_timer_that_is_stopped_does_not_fire() {
    // The reply has come, so the program does not give its connection up.
    let run = play_to_the_end(&Echo, r#"v1 ana:r"careful",i1s,t"a",i9s,t"b""#);
    assert!(!handshakes(&run).iter().any(|(name, _)| *name == "ana2"), "{:?}", handshakes(&run));
}

#[test]
fn a_program_that_reads_late_learns_that_its_connection_was_closed() {
    let run = play_to_the_end(&Echo, r#"v1 ana:r"reader",i1s,s900s"#);
    assert!(handshakes(&run).contains(&("ana2", 101)), "{:?}", handshakes(&run));
}

#[test]
fn a_story_that_needs_no_program_gets_shorter_by_it() {
    let case = r#"v1 ana:r"reader",i1s,t"fatal""#.parse().expect("a case");
    let limits = Limits { runs_max: 500, stop: &AtomicBool::new(false) };
    let short = shrink(&Echo, &case, &[ready::UNFAILING], limits).expect("it runs");
    let short = short.expect("a broken promise").run.case;
    assert_eq!(short.to_string(), r#"v1 ana:c,t"fatal""#);
}

#[test]
fn the_answer_to_a_program_that_has_ended_meanwhile_changes_nothing() {
    let run = play_to_the_end(&Echo, r#"v1 ana:r"reader",q,r"reader",i1s,t"x" bob:r"reader",c"#);
    assert_eq!(pairs(&sent(&run), "ana"), [("ana.t1", "x")]);
}

#[test]
fn a_timer_can_be_late_and_one_program_alone_does_not_keep_a_run_going_for_ever() {
    let last = |case: &str| {
        let run = play_to_the_end(&Echo, case);
        let sent = sent(&run);
        let messages = sent.iter().filter(|(name, _)| name.starts_with("ana.r")).count();
        (messages, Duration::from_micros(run.elapsed.micros()))
    };
    let (messages, at) = last(r#"v1 ana:r"clock""#);
    // The gateway ends the connection after two hours.
    assert!((100..=120).contains(&messages), "{messages}");
    let (_, later) = last(r#"v1 ana:r"clock" | ana.timer1=late35s"#);
    assert_eq!(later - at, Duration::from_secs(35));
}

#[test]
fn a_program_that_the_application_does_not_have_is_an_error_that_says_so() {
    let case: Case = r#"v1 ana:r"nobody""#.parse().expect("a case");
    let error = replay(&Echo, &case, &[]).expect_err("there is no such program");
    assert!(matches!(error, HarnessError::NoProgram { .. }));
    let expected = "ana.run1 runs the program \"nobody\", and echo has none of that name";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn generated_clients_run_the_programs_of_the_vocabulary() {
    let plans: Vec<Plan> = (0..100).map(|seed| Echo.plan(seed)).collect();
    let clients = || plans.iter().flat_map(|plan| &plan.clients);
    let runs = |name: &str| {
        let run = Step::Run(name.to_owned());
        clients().filter(|client| client.steps.iter().any(|it| it.action == run)).count()
    };
    assert!(runs("reader") > 50);
    assert!(runs("reader") < clients().count() - 50);
    for seed in 0..300 {
        let run = run_seed(&Echo, seed, Families::ALL).expect("it runs");
        assert_eq!(run.case.to_string().parse(), Ok(run.case.clone()));
    }
}
