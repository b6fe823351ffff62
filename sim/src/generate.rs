//! Makes the plan of a seed.
//!
//! Most plans are small: a race takes two or three clients, and a small story is a clear one.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::case::{Action, Client, Deployment, Plan, Upgrade};
use crate::hash::Draws;

const NAMES: [&str; 8] = ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];

/// Values that a service likes to spoil: escapes, key order, number formats, nothing at all.
const AWKWARD_DATA: [&str; 8] = [
    r#"{"b":1,"a":[1.50,null]}"#,
    r#""a \"quote\", a \\ and a \u00e9""#,
    "1e2",
    "null",
    r#""""#,
    r#"{ "spaced" : [ ] }"#,
    r#""\ud83c\udf29 storm""#,
    "[true,false]",
];

/// Messages that are no broadcast.
const TEXTS: [&str; 7] = [
    "hello",
    "{}",
    r#"{"action":"dance"}"#,
    r#"{"action":"$disconnect"}"#,
    r#"{"action":"$connect","data":"x"}"#,
    r#"["action"]"#,
    "",
];

/// The plan of a seed.
pub fn plan(seed: u64) -> Plan {
    let mut draws = Draws::new(seed, "plan");
    let count = [1, 2, 2, 2, 3, 3, 4, 5, 6, 8][usize::try_from(draws.below(10)).unwrap_or(0)];
    let style = Style::draw(&mut draws);
    let names = NAMES.iter().take(count);
    Plan {
        deployment: deployment(&mut draws),
        clients: names.map(|name| client(seed, name, style)).collect(),
    }
}

/// What the clients of a plan are like.
#[derive(Clone, Copy, Debug)]
struct Style {
    steps_max: u64,
    rude_per_mille: u64,
    idle_per_mille: u64,
    awkward_per_mille: u64,
}

impl Style {
    fn draw(draws: &mut Draws) -> Style {
        Style {
            steps_max: 1 + draws.below(6),
            rude_per_mille: draws.below(3) * 100,
            idle_per_mille: draws.below(3) * 60,
            awkward_per_mille: draws.below(2) * 400,
        }
    }
}

fn deployment(draws: &mut Draws) -> Deployment {
    let usual = Deployment::default();
    let page_rows_max =
        if draws.chance(500) { Some(u32::try_from(1 + draws.below(3)).unwrap_or(1)) } else { None };
    let replica_lag = Duration::from_millis(100 * (1 + draws.below(10)));
    let lambda_timeout = match draws.below(6) {
        0 => Duration::from_secs(3),
        1 => Duration::from_secs(10),
        _ => usual.lambda_timeout,
    };
    let lambda_concurrency =
        if draws.chance(60) { Some(u32::try_from(1 + draws.below(3)).unwrap_or(1)) } else { None };
    Deployment { page_rows_max, replica_lag, lambda_timeout, lambda_concurrency }
}

fn client(seed: u64, name: &str, style: Style) -> Client {
    let mut draws = Draws::new(seed, &format!("plan of {name}"));
    let mut actions = Vec::new();
    if draws.chance(300) {
        actions.push(Action::Idle(Duration::from_millis(50 * (1 + draws.below(10)))));
    }
    actions.push(Action::Connect(upgrade(&mut draws)));
    let mut broadcasts = 0;
    for _ in 0..draws.below(style.steps_max + 1) {
        let action = step(&mut draws, style, name, &mut broadcasts);
        let ends = matches!(action, Action::Close(_) | Action::Vanish | Action::Binary(_));
        actions.push(action);
        if ends {
            if draws.chance(500) {
                return Client::new(name, actions);
            }
            actions.push(Action::Connect(upgrade(&mut draws)));
        }
    }
    Client::new(name, actions)
}

fn upgrade(draws: &mut Draws) -> Upgrade {
    let mut upgrade = Upgrade::default();
    if draws.chance(50) {
        upgrade.query = BTreeMap::from([("room".to_owned(), "a b".to_owned())]);
    }
    upgrade
}

fn step(draws: &mut Draws, style: Style, name: &str, broadcasts: &mut u32) -> Action {
    if draws.chance(style.rude_per_mille) {
        return rude_step(draws);
    }
    if draws.chance(style.idle_per_mille) {
        return Action::Idle(idle(draws));
    }
    match draws.below(10) {
        0 => Action::Close(None),
        1 => Action::Close(Some([1000, 1001, 4000][usize::try_from(draws.below(3)).unwrap_or(0)])),
        2 => Action::Vanish,
        3 => Action::Connect(upgrade(draws)),
        _ => {
            *broadcasts += 1;
            Action::Broadcast(data(draws, style, name, *broadcasts))
        }
    }
}

fn rude_step(draws: &mut Draws) -> Action {
    if draws.chance(150) {
        return Action::Binary(vec![0x00, 0xff]);
    }
    let text = TEXTS[usize::try_from(draws.below(7)).unwrap_or(0)];
    Action::Text(text.to_owned())
}

/// Within a race, across the handshake window, or past the idle timeout.
fn idle(draws: &mut Draws) -> Duration {
    match draws.below(10) {
        0 => Duration::from_secs(11 * 60),
        1..4 => Duration::from_secs(20 + draws.below(20)),
        _ => Duration::from_millis(100 * (1 + draws.below(20))),
    }
}

fn data(draws: &mut Draws, style: Style, name: &str, broadcast: u32) -> String {
    if draws.chance(style.awkward_per_mille) {
        return AWKWARD_DATA[usize::try_from(draws.below(8)).unwrap_or(0)].to_owned();
    }
    format!("\"{name} {broadcast}\"")
}
