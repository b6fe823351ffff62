//! Generates the plan of a seed.
//!
//! Most plans are small: a race needs two or three clients, and a short report is a clear one. Some
//! plans have a crowd, some last for hours, and some run into a quota.

mod messages;

use std::collections::BTreeMap;
use std::time::Duration;
use stormglass_aws::gateway::Upgrade;

use crate::case::{Action, Client, Close, Deployment, Plan};
use stormglass_spec::hash::Draws;

const NAMES: [&str; 8] = ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];

/// Returns the plan of a seed.
pub fn plan(seed: u64) -> Plan {
    let mut draws = Draws::new(seed, "plan");
    let count = draws.pick(&[1, 2, 2, 2, 3, 3, 4, 5, 6, 8]);
    let style = Style::draw(&mut draws);
    let names = NAMES.iter().take(count);
    let mut clients: Vec<Client> = names.map(|name| client(seed, name, style)).collect();
    if draws.chance(40) {
        clients.push(herd(&mut draws));
    }
    if draws.chance(25) {
        clients.push(veteran(&mut draws));
    }
    let mut deployment = deployment(&mut draws);
    if Draws::new(seed, "expiry").chance(200) {
        deployment.expiry_lag = Duration::ZERO;
    }
    Plan { deployment, clients }
}

/// The style of the clients of a plan: the length of their stories, and the rates of their habits.
#[derive(Clone, Copy, Debug)]
struct Style {
    steps_max: u64,
    rude_per_mille: u64,
    idle_per_mille: u64,
    awkward_per_mille: u64,
    /// The rate of steps that follow the one before them without a pause.
    hasty_per_mille: u64,
    /// The rate of steps in which a client stops reading for a while.
    slow_per_mille: u64,
    /// The rate of handshakes that the client abandons, perhaps before the answer.
    fickle_per_mille: u64,
}

impl Style {
    fn draw(draws: &mut Draws) -> Style {
        Style {
            steps_max: 1 + draws.below(6),
            rude_per_mille: draws.below(3) * 100,
            idle_per_mille: draws.below(3) * 60,
            awkward_per_mille: draws.below(2) * 400,
            hasty_per_mille: draws.below(3) * 150,
            slow_per_mille: draws.below(3) * 60,
            fickle_per_mille: draws.below(3) * 40,
        }
    }
}

fn deployment(draws: &mut Draws) -> Deployment {
    let mut deployment = Deployment::default();
    if draws.chance(500) {
        deployment.page_rows_max = Some(draws.pick(&[1, 2, 3]));
    }
    deployment.replica_lag = Duration::from_millis(100 * (1 + draws.below(10)));
    let timeouts_max_s = [Some(3), Some(10), None, None, None, None];
    deployment.lambda_timeout_max = draws.pick(&timeouts_max_s).map(Duration::from_secs);
    if draws.chance(60) {
        deployment.lambda_concurrency = draws.pick(&[1, 2, 3]);
    }
    if draws.chance(60) {
        deployment.requests_per_second = draws.pick(&[10, 20, 50]);
        deployment.burst = draws.pick(&[3, 5, 10]);
    }
    if draws.chance(40) {
        deployment.connects_per_second = draws.pick(&[1, 2, 5]);
    }
    if draws.chance(150) {
        deployment.buffer_frames_max = draws.pick(&[2, 4, 8]);
    }
    if draws.chance(150) {
        deployment.tcp_give_up = Duration::from_secs(draws.pick(&[1, 15, 60]));
    }
    deployment.routes_reserved = !draws.chance(100);
    deployment.pings_reset_idle = draws.chance(100);
    deployment
}

fn client(seed: u64, name: &str, style: Style) -> Client {
    let mut draws = Draws::new(seed, &format!("plan of {name}"));
    let mut actions = Vec::new();
    if draws.chance(300) {
        actions.push(Action::Idle(Duration::from_millis(50 * (1 + draws.below(10)))));
    }
    actions.push(arrival(&mut draws, style));
    let mut broadcasts = 0;
    for _ in 0..draws.below(style.steps_max + 1) {
        let action = step(&mut draws, style, name, &mut broadcasts);
        let ends = matches!(action, Action::Close(_) | Action::Vanish | Action::Binary(_));
        actions.push(action);
        if ends {
            if draws.chance(500) {
                break;
            }
            actions.push(arrival(&mut draws, style));
        }
    }
    let mut client = Client::new(name, actions);
    for step in client.steps.iter_mut().skip(1) {
        step.at_once = step.action.is_sent() && draws.chance(style.hasty_per_mille);
    }
    client
}

/// Draws a crowd that comes at once, listens for a while, and may leave at once.
fn herd(draws: &mut Draws) -> Client {
    let mut actions = Vec::new();
    if draws.chance(500) {
        actions.push(Action::Within(Duration::from_millis(draws.pick(&[100, 1_000]))));
    }
    actions.push(Action::Connect(Upgrade::default()));
    if draws.chance(300) {
        actions.push(Action::Idle(Duration::from_millis(draws.pick(&[300, 2_000]))));
        actions.push(draws.pick(&[Action::Close(None), Action::Vanish]));
    }
    let copies = draws.pick(&[5, 10, 20, 40]);
    Client { copies, ..Client::new("herd", actions) }
}

/// Draws a client that stays until the gateway ends its connection for its age (FACTS 3.1).
fn veteran(draws: &mut Draws) -> Client {
    let keep_alive = draws.pick(&[Action::Text("{}".to_owned()), Action::Ping]);
    let mut actions = vec![Action::Connect(Upgrade::default())];
    for _ in 0..14 {
        actions.push(Action::Idle(Duration::from_secs(9 * 60)));
        actions.push(keep_alive.clone());
    }
    Client::new("vet", actions)
}

/// Draws an action by which a client connects, or tries to.
fn arrival(draws: &mut Draws, style: Style) -> Action {
    let upgrade = upgrade(draws);
    if draws.chance(style.fickle_per_mille) {
        return Action::Abandon(upgrade);
    }
    Action::Connect(upgrade)
}

fn upgrade(draws: &mut Draws) -> Upgrade {
    let mut upgrade = Upgrade::default();
    match draws.below(200) {
        0..10 => upgrade.query = BTreeMap::from([("room".to_owned(), "a b".to_owned())]),
        10..13 => {
            let header = ("Sec-WebSocket-Protocol".to_owned(), "chat".to_owned());
            upgrade.headers = BTreeMap::from([header]);
        }
        13 => upgrade.stage = Some("test".to_owned()),
        14 => upgrade.plain = true,
        15 => upgrade.query = BTreeMap::from([("token".to_owned(), "x".repeat(4_096))]),
        _ => {}
    }
    upgrade
}

fn step(draws: &mut Draws, style: Style, name: &str, broadcasts: &mut u32) -> Action {
    if draws.chance(style.rude_per_mille) {
        return messages::rude(draws);
    }
    if draws.chance(style.idle_per_mille) {
        return Action::Idle(idle(draws));
    }
    if draws.chance(style.slow_per_mille) {
        return Action::Stall(Duration::from_millis(draws.pick(&[200, 2_000, 40_000])));
    }
    match draws.below(20) {
        0 | 1 => Action::Close(None),
        2 => Action::Close(Some(Close { code: 1000, reason: "done".to_owned() })),
        3 => {
            let code = draws.pick(&[1000, 1001, 1002, 1011, 3000, 4999]);
            Action::Close(Some(Close { code, reason: String::new() }))
        }
        4 | 5 => Action::Vanish,
        6 | 7 => arrival(draws, style),
        _ => {
            *broadcasts += 1;
            messages::broadcast(draws, style.awkward_per_mille, name, *broadcasts)
        }
    }
}

/// Draws an idle time: within a race, across the handshake window, or past the idle timeout.
fn idle(draws: &mut Draws) -> Duration {
    match draws.below(10) {
        0 => Duration::from_secs(11 * 60),
        1..4 => Duration::from_secs(20 + draws.below(60)),
        _ => Duration::from_millis(100 * (1 + draws.below(20))),
    }
}
