//! Applications without broadcasts: their messages, their handshakes and their deployment.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};
use stormglass_sim::case::{Action, Deployment, Plan};
use stormglass_sim::generate::{self, Habits};
use stormglass_sim::search::exhaust::plans;
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::stack::{Route, Stack};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, Handler, HarnessError, Sdk, Upgrade, Vocabulary, handler, replay};
use stormglass_spec::history::{Content, EventKind};
use stormglass_spec::properties;
use stormglass_tests::seen::handshakes;
use stormglass_tests::{pick, play_to_the_end};

/// A game without broadcasts, which lets players in and spectators out.
#[derive(Clone, Copy, Debug)]
struct Game;

impl App for Game {
    fn name(&self) -> &str {
        "game"
    }

    fn stack(&self) -> Stack {
        let routes = ["$connect", "move", "resign"].map(|key| Route::two_way(key, key));
        routes.into_iter().fold(Stack::new(), Stack::route)
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
            .hole("piece", &["king", "queen"])
            .message(3, r#"{"action":"move","piece":"{piece}","to":{number}}"#)
            .message(1, r#"{"action":"resign","winner":"{other}"}"#)
            .handshake(5, "spectator")
    }

    fn handshake(&self, client: &str, kind: Option<&str>) -> Upgrade {
        let role = kind.unwrap_or("player").to_owned();
        let query = [("role".to_owned(), role), ("name".to_owned(), client.to_owned())];
        Upgrade { query: query.into(), ..Upgrade::default() }
    }

    fn deployment(&self) -> Deployment {
        Deployment {
            lambda_timeout_max: Some(Duration::from_secs(2)),
            routes_reserved: false,
            ..Deployment::default()
        }
    }

    fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
        handler(move |event: LambdaEvent<Value>| async move {
            // A rook moves slowly.
            if event.payload["body"].as_str().is_some_and(|body| body.contains("rook")) {
                tokio::time::sleep(Duration::from_millis(2_500)).await;
            }
            let query = &event.payload["queryStringParameters"];
            let status = if query["role"] == "spectator" { 403 } else { 200 };
            Ok::<_, Error>(json!({ "statusCode": status, "body": query["name"] }))
        })
    }
}

fn plans() -> impl Iterator<Item = Plan> {
    (0..300).map(|seed| Game.plan(seed))
}

fn actions() -> Vec<Action> {
    let clients = plans().flat_map(|plan| plan.clients);
    clients.flat_map(|client| client.steps).map(|step| step.action).collect()
}

/// Returns the texts that clients send.
fn texts(case: &str) -> Vec<(String, String)> {
    let run = play_to_the_end(&Game, case);
    pick(&run, |what| match what {
        EventKind::FrameSent { frame, content: Content::Text(text), .. } => {
            Some((frame.to_string(), text.to_string()))
        }
        _ => None,
    })
}

#[test]
fn generated_clients_say_the_words_of_the_vocabulary_and_never_broadcast() {
    let actions = actions();
    let said = |part: &str| {
        let is_said = |it: &&Action| matches!(it, Action::Text(text) if text.contains(part));
        actions.iter().filter(is_said).count()
    };
    assert!(said(r#""piece":"king""#) > 50);
    assert!(said(r#""piece":"queen""#) > 50);
    assert!(said(r#""winner":"ana""#) > 10);
    assert_eq!(said("{piece}"), 0);
    assert!(actions.iter().all(|action| action.data().is_none()));
}

#[test]
fn generated_clients_come_with_every_kind_of_handshake() {
    let kinds = actions().into_iter().filter_map(|action| match action {
        Action::Connect(handshake) | Action::Abandon(handshake) => Some(handshake.kind),
        _ => None,
    });
    let (usual, others): (Vec<_>, Vec<_>) = kinds.partition(Option::is_none);
    assert!(others.iter().all(|kind| kind.as_deref() == Some("spectator")));
    assert!(others.len() > 50 && usual.len() > others.len());
}

#[test]
fn a_case_names_a_handshake_and_can_change_it() {
    for (case, status) in [
        ("v1 ana:c", 101),
        (r#"v1 ana:c"spectator""#, 403),
        (r#"v1 ana:c"spectator"{"query":{"role":"player"}}"#, 101),
        (r#"v1 ana:c{"query":{"role":"spectator"}}"#, 403),
    ] {
        let run = play_to_the_end(&Game, case);
        assert_eq!(run.case.to_string().split(' ').nth(1), case.split(' ').nth(1));
        assert_eq!(handshakes(&run)[0], ("ana1", status), "{case}");
    }
}

#[test]
fn the_last_client_sends_one_message_of_each_kind_and_comes_as_others_do() {
    let said = texts(r#"v1 ana:c"spectator""#);
    let name = |frame: &str| said.iter().find(|(name, _)| name == frame).map(|(_, text)| text);
    assert!(name("closer.t1").is_some_and(|text| text.contains(r#""action":"move""#)), "{said:?}");
    assert!(name("closer.t2").is_some_and(|text| text.contains(r#""winner":"closer""#)));
    assert_eq!(said.len(), 2);
}

#[test]
fn a_broadcast_of_an_application_that_has_none_is_an_error_that_says_so() {
    let case: Case = r#"v1 ana:c,b"x""#.parse().expect("a case");
    let error = replay(&Game, &case, &[]).expect_err("it has no broadcasts");
    assert!(matches!(error, HarnessError::NoBroadcasts { .. }));
    let expected = "ana.b1 is a broadcast, but game has none: give the client a message instead";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn named_plans_have_the_messages_of_the_application_in_place_of_broadcasts() {
    let named = plans::find("close").expect("a plan");
    let text = Case { plan: named.plan(&Game), ..Case::default() }.to_string();
    let start = r#"v1 timeout=2s reserved=no ana:c,i156ms,q bob:c,m{"action":"move","piece":""#;
    assert!(text.starts_with(start), "{text}");
    assert!(text.ends_with(r#",m{"action":"resign","winner":"ana"}"#), "{text}");
    for named in &plans::ALL {
        let case = Case { plan: named.plan(&Game), ..Case::default() };
        assert!(replay(&Game, &case, &[]).is_ok(), "{}", named.name);
    }
}

#[test]
fn every_plan_keeps_the_settings_of_the_deployment_and_other_settings_vary() {
    let (mut page_sizes, mut lags) = (0, 0);
    for Plan { deployment, .. } in plans() {
        assert_eq!(deployment.lambda_timeout_max, Some(Duration::from_secs(2)));
        assert!(!deployment.routes_reserved && !deployment.pings_reset_idle);
        page_sizes += u32::from(deployment.page_rows_max.is_some());
        lags += u32::from(deployment.replica_lag != Deployment::default().replica_lag);
    }
    assert!(page_sizes > 50 && lags > 50, "{page_sizes}, {lags}");
}

#[test]
fn only_a_portable_application_meets_shorter_timeouts_and_emulators() {
    let differ = |is_portable| {
        let (vocabulary, deployment) = (Game.vocabulary(), Deployment::default());
        let habits = Habits { vocabulary, has_broadcasts: false, deployment, is_portable };
        let settings = (0..300).map(|seed| generate::plan(seed, &habits).deployment);
        settings.fold([0; 3], |[timeouts, unreserved, pings], it| {
            [
                timeouts + u32::from(it.lambda_timeout_max.is_some()),
                unreserved + u32::from(!it.routes_reserved),
                pings + u32::from(it.pings_reset_idle),
            ]
        })
    };
    assert_eq!(differ(false), [0; 3]);
    assert!(differ(true).iter().all(|times| *times > 5), "{:?}", differ(true));
}

/// Without its timeout of 2 s the function would not be killed.
#[test]
fn shrinking_returns_to_the_settings_of_the_deployment() {
    let moves = r#"m{"action":"move","piece":"rook"}"#;
    let text = format!("v1 page=1 timeout=1s ana:c,{moves} bob:c,{moves}");
    let case: Case = text.parse().expect("a case");
    let limits = Limits { runs_max: 500, stop: &AtomicBool::new(false) };
    let shrunk = shrink(&Game, &case, &[properties::IN_TIME], limits).expect("it runs");
    let shrunk = shrunk.expect("a function is killed").run.case.to_string();
    assert_eq!(shrunk, format!("v1 timeout=2s reserved=no bob:c,{moves}"));
}

#[test]
fn an_application_without_broadcasts_is_held_to_what_fits_any_service() {
    let ids: Vec<&str> = Game.properties().iter().map(|property| property.id).collect();
    assert_eq!(ids, ["discreet", "well-formed", "no-lost-update", "kept"]);
    for seed in 0..100 {
        let run = run_seed(&Game, seed, Families::ALL).expect("it runs");
        assert_eq!(run.violation, None, "seed {seed}: {}", run.case);
    }
}
