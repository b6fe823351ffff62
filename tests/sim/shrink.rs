//! Stories of broken promises are made short, and stay the same stories.

use std::sync::atomic::AtomicBool;

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_apps::{AwsSample, Tutorial};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Fingerprint, Limits, Shrinker, ShrunkCase, Size, shrink};
use stormglass_sim::stack::{Route, Stack};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, Handler, Sdk, Upgrade, handler, replay};
use stormglass_spec::history::{Event, EventKind, Origin};
use stormglass_spec::name::Name;
use stormglass_spec::{
    Ledger, Monitor, MonitorMaker, Property, PropertyKind, Violation, properties, ready,
};
use stormglass_tests::apps::{Flaw, Small};

static NEVER: AtomicBool = AtomicBool::new(false);

fn shrunk(app: &dyn App, case: &Case, runs_max: u64) -> Option<ShrunkCase> {
    shrunk_for(app, case, runs_max, &properties::ALL)
}

fn shrunk_for(
    app: &dyn App,
    case: &Case,
    runs_max: u64,
    properties: &[Property],
) -> Option<ShrunkCase> {
    let limits = Limits { runs_max, stop: &NEVER };
    shrink(app, case, properties, limits).expect("the harness works")
}

/// A promise that is broken by every post of `$connect` or `$disconnect` that arrives.
const BROADCASTS_ALONE: Property = Property {
    id: "broadcasts-alone",
    kind: PropertyKind::Always,
    promise: "Clients get no posts but broadcasts.",
    reason: "It is easy to break.",
    sources: &[],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(BroadcastsAlone)),
};

#[derive(Debug)]
struct BroadcastsAlone;

impl Monitor for BroadcastsAlone {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        let EventKind::FrameReceived { connection, origin: origin @ Origin::Post { call }, .. } =
            &event.kind
        else {
            return Ok(());
        };
        match ledger.broadcast_behind(origin) {
            Some(_) => Ok(()),
            None => Err(Violation::new("no broadcast", [Name::from(connection), call.into()])),
        }
    }

    fn times(&self) -> u64 {
        0
    }
}

#[test]
fn what_is_found_becomes_short_and_stays_the_same_story() {
    let mut found = 0;
    for app in [&Tutorial as &dyn App, &AwsSample, &Small(Flaw::Naive)] {
        for seed in 0..60 {
            let run = run_seed(app, seed, Families::ALL).expect("a run");
            let Some(violation) = run.violation else { continue };
            found += 1;
            let short = shrunk(app, &run.case, 2_000).expect("it breaks a promise");
            let (name, text) = (app.name(), short.run.case.to_string());
            assert!(short.is_minimal, "{name} {seed}: {text}");
            assert_eq!(Fingerprint::of(&short.violation), Fingerprint::of(&violation), "{text}");
            let size = Size::of(&short.run.case);
            assert!(size.steps <= 8 && size.deviations <= 2, "{name} {seed}: {text}");
            let again: Case = text.parse().expect("a case");
            let again = replay(app, &again, &properties::ALL).expect("a run");
            assert_eq!(again.violation, Some(short.violation), "{name} {seed}: {text}");
            assert_eq!(again.trace_hash, short.run.trace_hash);
        }
    }
    assert!(found > 60, "only {found} stories were told");
}

/// The race of a handshake with a broadcast (FACTS 1.10), in the middle of much else.
#[test]
fn what_is_beside_the_point_goes() {
    let case = r#"v1 timeout=10s ana:i1s,c,t"x",i31s,b"2" bob:c,i900ms,b"hi",+t"{}" cyd:c,v
        herd*9:c | ana.c1.answer=late1500ms ana.c1.up=after3 bob.b1=late200ms
        cyd.c1.put-cyd1-1=error herdc.c1.start=cold"#;
    let case = case.parse().expect("a case");
    let short = shrunk(&Small(Flaw::Naive), &case, 2_000).expect("it breaks a promise");
    assert_eq!(short.violation.property, "registered");
    let race = r#"v1 ana:c bob:c,b"x" | ana.c1.answer=late500ms"#;
    assert_eq!(short.run.case.to_string(), race);
    assert!(short.note().starts_with("clients 12 -> 2, steps 12 -> "));
}

/// The simplest case of each of these stories, to the letter.
#[test]
fn there_is_one_simplest_case_for_a_story() {
    let stories: [(&dyn App, &str, &str); 8] = [
        // Of a crowd, the one that is named becomes the first.
        (
            &Small(Flaw::Naive),
            r#"v1 ana:c,b"x" herd*4:c | ana.b1.post-herdd1-1=throttled-bare"#,
            r#"v1 ana:c,b"x" herd*2:c | ana.b1.post-herda1-1=throttled-bare"#,
        ),
        (
            // One deviation does what three did, and the sender is somebody, too.
            &Small(Flaw::Boasts),
            r#"v1 ana:c,b"x",i1s bob:c cyd:c | ana.b1.post-bob1-1=error ana.b1.post-bob1-2=error
               ana.b1.post-bob1-3=error"#,
            r#"v1 ana:c,b"x" | ana.b1.post-ana1-1=throttled-bare"#,
        ),
        // The clients that come and go before do not matter, nor do the two steps together.
        (
            &Small(Flaw::Repeats),
            r#"v1 ana:c,q,c,q,c,b"1" bob:c,i3s,v,c | bob.c2.up=late200ms"#,
            "v1",
        ),
        (
            &Small(Flaw::Announces),
            r#"v1 ana:c,i1s,q4999"bye" bob:c herd*5:c | ana.q1.up=after9"#,
            "v1 ana:c,q herd:c",
        ),
        // A client that leaves early is one that connects, if that will do.
        (&Small(Flaw::Greets), "v1 herd*40:w1s,c bob:a | bob.c1.leaves=late1500ms", "v1 herd*2:c"),
        (
            &Small(Flaw::Obeys),
            r#"v1 timeout=10s page=3 ana:c,i31s,t"{}",+b"x" bob:c | ana.t1.up=after2"#,
            r#"v1 ana:c,t"x""#,
        ),
        (
            &Tutorial,
            "v1 ana:i1s,c,q,c,q cyd:c,q | cyd.d1.delete-cyd1-1=hang",
            "v1 cyd:c,q | cyd.d1.delete-cyd1-1=hang",
        ),
        (
            &Tutorial,
            r#"v1 ana:c bob:c,i200ms,b"hi" cyd:c | bob.b1.scan-1=stale cyd.c1.up=after3"#,
            r#"v1 bob:c,b"x" | bob.b1.scan-1=stale"#,
        ),
    ];
    let properties: Vec<Property> =
        properties::ALL.iter().cloned().chain([BROADCASTS_ALONE]).collect();
    let ends = stories.map(|(app, case, _)| {
        let case = case.parse().expect("a case");
        match shrunk_for(app, &case, 2_000, &properties) {
            Some(short) if short.is_minimal => short.run.case.to_string(),
            other => format!("{case} ended with {other:?}"),
        }
    });
    assert_eq!(ends, stories.map(|(_, _, wanted)| wanted.to_owned()));
}

#[test]
fn nothing_is_left_of_a_plan_if_every_plan_would_do() {
    let case = r#"v1 ana:c,b"1" | ana.c1.up=after3"#.parse().expect("a case");
    let short = shrunk(&Small(Flaw::Embellishes), &case, 2_000).expect("it breaks a promise");
    assert_eq!(short.run.case.to_string(), "v1", "the last broadcast is there in any run");
}

#[test]
fn a_search_that_was_ended_can_be_taken_up_again() {
    let run = run_seed(&Tutorial, 0, Families::ALL).expect("a run");
    let whole = shrunk(&Tutorial, &run.case, 2_000).expect("it breaks a promise");
    let part = shrunk(&Tutorial, &run.case, 5).expect("it breaks a promise");
    assert_eq!((part.runs, part.is_minimal), (5, false));
    assert!(part.note().ends_with("could go on"), "{}", part.note());
    let rest = shrunk(&Tutorial, &part.run.case, 2_000).expect("it breaks a promise");
    assert_eq!(rest.violation.property, whole.violation.property);
    assert!(rest.is_minimal);
    let stopped = AtomicBool::new(true);
    let limits = Limits { runs_max: 2_000, stop: &stopped };
    let stopped = shrink(&Tutorial, &run.case, &properties::ALL, limits).expect("a run");
    assert_eq!(stopped.map(|it| it.runs), Some(1));
}

#[test]
fn whoever_holds_the_clock_can_stop_between_two_runs_and_go_on() {
    let run = run_seed(&Tutorial, 0, Families::ALL).expect("a run");
    let whole = shrunk(&Tutorial, &run.case, 2_000).expect("it breaks a promise");
    let start = Shrinker::start(&Tutorial, &run.case, &properties::ALL).expect("a run");
    let mut shrinker = start.expect("it breaks a promise");
    let mut sizes = Vec::new();
    while shrinker.step().expect("a run") {
        sizes.push(Size::of(&shrinker.so_far().run.case).steps);
    }
    assert!(sizes.is_sorted_by(|before, after| before >= after), "{sizes:?}");
    let short = shrinker.into_shrunk();
    assert_eq!((&short.run.case, short.runs), (&whole.run.case, whole.runs));
    assert!(short.is_minimal);
}

#[test]
fn a_search_that_ends_with_its_last_run_is_over() {
    let case = r#"v1 ana:c,b"1""#.parse().expect("a case");
    let whole = shrunk(&Small(Flaw::Embellishes), &case, 2_000).expect("it breaks a promise");
    let exact = shrunk(&Small(Flaw::Embellishes), &case, whole.runs).expect("a promise");
    assert!(exact.is_minimal);
    let short = shrunk(&Small(Flaw::Embellishes), &case, whole.runs - 1).expect("a promise");
    assert!(!short.is_minimal);
}

#[test]
fn another_broken_promise_is_kept_apart() {
    let others = (0..60).find_map(|seed| {
        let run = run_seed(&Tutorial, seed, Families::ALL).expect("a run");
        run.violation.as_ref()?;
        let short = shrunk(&Tutorial, &run.case, 2_000)?;
        (!short.others.is_empty()).then_some(short)
    });
    let short = others.expect("some search meets another one");
    for (run, violation) in &short.others {
        assert_ne!(Fingerprint::of(violation), Fingerprint::of(&short.violation));
        let again = replay(&Tutorial, &run.case, &properties::ALL).expect("a run");
        assert_eq!(again.violation.as_ref(), Some(violation));
    }
}

/// A service that lets clients in who name a room and have no old token.
#[derive(Clone, Copy, Debug)]
struct Doorkeeper {
    /// True if the clients of the application name a room by themselves.
    is_room_usual: bool,
}

impl App for Doorkeeper {
    fn name(&self) -> &str {
        "doorkeeper"
    }

    fn stack(&self) -> Stack {
        Stack::new().route(Route::two_way("$connect", "connect"))
    }

    fn handshake(&self, _: &str, _: Option<&str>) -> Upgrade {
        let room = self.is_room_usual.then(|| ("room".to_owned(), "red".to_owned()));
        Upgrade { query: room.into_iter().collect(), ..Upgrade::default() }
    }

    fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
        handler(|event: LambdaEvent<Value>| async move {
            let has = |part: &str, name: &str| event.payload[part][name].is_string();
            if !has("queryStringParameters", "room") {
                return Err("there is no room".into());
            }
            if has("headers", "token") {
                let id = &event.context.request_id;
                return Err(format!("the token of request {id} is too old").into());
            }
            Ok::<_, Error>(json!({ "statusCode": 200 }))
        })
    }
}

#[test]
fn a_story_keeps_its_cause_as_it_gets_shorter() {
    let case = r#"v1 ana:i1s,c{"headers":{"token":"old"},"query":{"room":"blue"}},p bob:c{"query":{"room":"blue"}}"#;
    let case = case.parse().expect("a case");
    for promise in [ready::UNFAILING, ready::EVERYONE_GETS_IN] {
        for is_room_usual in [false, true] {
            let app = Doorkeeper { is_room_usual };
            let short =
                shrunk_for(&app, &case, 2_000, std::slice::from_ref(&promise)).expect("a promise");
            let text = short.run.case.to_string();
            assert!(short.violation.because.contains("is too old"), "{text}");
            assert_eq!(short.others.len(), usize::from(!is_room_usual), "{text}");
            assert_eq!(short.run.case.plan.clients.len(), 1, "{text}");
        }
    }
}

#[test]
fn a_case_that_breaks_nothing_is_not_shrunk() {
    let case = r#"v1 ana:c,b"x""#.parse().expect("a case");
    assert!(shrunk(&stormglass_apps::STORMGLASS, &case, 2_000).is_none());
}
