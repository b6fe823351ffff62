//! Generates the plan of a seed.
//!
//! Most plans are small: a race needs two or three clients, and a short report is a clear one. Some
//! plans have a crowd, some last for hours, and some run into a quota.

mod messages;

use std::collections::BTreeMap;
use std::time::Duration;
use stormglass_aws::gateway::Upgrade;

use crate::case::{Action, Client, Close, Deployment, Handshake, Plan, WORLD};
use crate::vocabulary::{Speaker, Vocabulary};
use stormglass_spec::hash::Draws;

const NAMES: [&str; 8] = ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];

/// The habits of an application's clients, and its deployment: all that shapes its plans.
#[derive(Clone, Debug)]
pub struct Habits {
    /// The messages and the handshakes of the clients.
    pub vocabulary: Vocabulary,
    /// True if clients can broadcast.
    pub has_broadcasts: bool,
    /// The settings under which the application is deployed.
    pub deployment: Deployment,
    /// True if plans can have shorter timeouts, and emulators that differ from AWS.
    pub is_portable: bool,
}

/// Returns the plan of a seed.
pub fn plan(seed: u64, habits: &Habits) -> Plan {
    let mut draws = Draws::new(seed, "plan");
    let count = draws.pick(&[1, 2, 2, 2, 3, 3, 4, 5, 6, 8]);
    let style = Style::draw(&mut draws, &habits.vocabulary);
    let people = People { seed, style, everybody: &NAMES[..count], habits };
    let mut clients: Vec<Client> = people.everybody.iter().map(|it| people.client(it)).collect();
    if draws.chance(40) {
        clients.push(herd(&mut draws));
    }
    if draws.chance(25) {
        clients.push(veteran(&mut draws));
    }
    clients.extend(people.world());
    let mut deployment = deployment(&mut draws, habits.is_portable);
    if Draws::new(seed, "expiry").chance(200) {
        deployment.expiry_lag = Duration::ZERO;
    }
    deployment.keep(&habits.deployment);
    Plan { deployment, clients }
}

/// The clients of a plan, and everything that shapes their stories.
#[derive(Clone, Copy, Debug)]
struct People<'a> {
    seed: u64,
    style: Style,
    everybody: &'a [&'a str],
    habits: &'a Habits,
}

/// The style of the clients of a plan: the length of their stories, and the rates of their habits.
#[derive(Clone, Copy, Debug)]
struct Style {
    steps_max: u64,
    /// The number of equally likely kinds of steps, of which 8 are no messages.
    kinds_of_steps: u64,
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
    /// Draws a style. Clients that have a vocabulary have more to say, and say it more often.
    fn draw(draws: &mut Draws, vocabulary: &Vocabulary) -> Style {
        let has_words = !vocabulary.is_empty();
        Style {
            steps_max: 1 + draws.below(if has_words { 12 } else { 6 }),
            kinds_of_steps: if has_words { 40 } else { 20 },
            rude_per_mille: draws.below(3) * 100,
            idle_per_mille: draws.below(3) * 60,
            awkward_per_mille: draws.below(2) * 400,
            hasty_per_mille: draws.below(3) * 150,
            slow_per_mille: draws.below(3) * 60,
            fickle_per_mille: draws.below(3) * 40,
        }
    }
}

/// Draws the settings of a plan. Only a portable application has shorter timeouts, and emulators.
fn deployment(draws: &mut Draws, is_portable: bool) -> Deployment {
    let mut deployment = Deployment::default();
    if draws.chance(500) {
        deployment.page_rows_max = Some(draws.pick(&[1, 2, 3]));
    }
    deployment.replica_lag = Duration::from_millis(100 * (1 + draws.below(10)));
    let timeouts_max_s = [Some(3), Some(10), None, None, None, None];
    let timeout_max = draws.pick(&timeouts_max_s).map(Duration::from_secs);
    deployment.lambda_timeout_max = timeout_max.filter(|_| is_portable);
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
    deployment.routes_reserved = !draws.chance(100) || !is_portable;
    deployment.pings_reset_idle = draws.chance(100) && is_portable;
    deployment
}

impl People<'_> {
    fn client(&self, name: &str) -> Client {
        let mut draws = Draws::new(self.seed, &format!("program of {name}"));
        match self.habits.vocabulary.draw_program(&mut draws) {
            Some(program) => self.client_with_program(name, program, &mut draws),
            None => self.client_by_hand(name),
        }
    }

    /// Draws a client whose program connects: it speaks, loses its connection, and begins again.
    fn client_with_program(&self, name: &str, program: &str, draws: &mut Draws) -> Client {
        let run = || Action::Run(program.to_owned());
        let mut actions = Vec::from_iter(delay(draws));
        actions.push(run());
        let mut messages = 0;
        for _ in 0..draws.below(self.style.steps_max + 1) {
            match draws.below(20) {
                0..4 => actions.push(Action::Vanish),
                4 => actions.push(run()),
                5 => actions.extend([Action::Close(None), run()]),
                6 => actions.push(stall(draws)),
                7..12 => actions.push(Action::Idle(idle(draws))),
                _ => {
                    messages += 1;
                    actions.push(self.message(draws, name, messages));
                }
            }
        }
        Client::new(name, actions)
    }

    /// Draws the events that come from outside, if the application has any.
    fn world(&self) -> Option<Client> {
        let mut draws = Draws::new(self.seed, "world");
        let mut actions = Vec::from_iter(delay(&mut draws));
        for ordinal in 1..=1 + u32::try_from(draws.below(4)).unwrap_or(0) {
            let speaker = Speaker { name: WORLD, everybody: self.everybody, ordinal };
            let (target, payload) = self.habits.vocabulary.draw_event(&mut draws, speaker)?;
            actions.push(Action::Emit { target, payload });
            if draws.chance(500) {
                actions.push(Action::Idle(idle(&mut draws)));
            }
        }
        Some(Client::new(WORLD, actions))
    }

    fn client_by_hand(&self, name: &str) -> Client {
        let style = self.style;
        let mut draws = Draws::new(self.seed, &format!("plan of {name}"));
        let mut actions = Vec::from_iter(delay(&mut draws));
        actions.push(self.arrival(&mut draws));
        let mut messages = 0;
        for _ in 0..draws.below(style.steps_max + 1) {
            let action = self.step(&mut draws, name, &mut messages);
            let ends = matches!(action, Action::Close(_) | Action::Vanish | Action::Binary(_));
            actions.push(action);
            if ends {
                if draws.chance(500) {
                    break;
                }
                actions.push(self.arrival(&mut draws));
            }
        }
        let mut client = Client::new(name, actions);
        for step in client.steps.iter_mut().skip(1) {
            step.at_once = step.action.is_sent() && draws.chance(style.hasty_per_mille);
        }
        client
    }

    /// Draws an action by which a client connects, or tries to.
    fn arrival(&self, draws: &mut Draws) -> Action {
        let changes = upgrade(draws);
        let kind = self.habits.vocabulary.draw_handshake(draws).map(str::to_owned);
        let handshake = Handshake { kind, changes };
        if draws.chance(self.style.fickle_per_mille) {
            return Action::Abandon(handshake);
        }
        Action::Connect(handshake)
    }

    /// Draws a step of an open connection; it counts the `messages` of the client.
    fn step(&self, draws: &mut Draws, name: &str, messages: &mut u32) -> Action {
        let style = self.style;
        if draws.chance(style.rude_per_mille) {
            return messages::rude(draws);
        }
        if draws.chance(style.idle_per_mille) {
            return Action::Idle(idle(draws));
        }
        if draws.chance(style.slow_per_mille) {
            return stall(draws);
        }
        match draws.below(style.kinds_of_steps) {
            0 | 1 => Action::Close(None),
            2 => Action::Close(Some(Close { code: 1000, reason: "done".to_owned() })),
            3 => {
                let code = draws.pick(&[1000, 1001, 1002, 1011, 3000, 4999]);
                Action::Close(Some(Close { code, reason: String::new() }))
            }
            4 | 5 => Action::Vanish,
            6 | 7 => self.arrival(draws),
            _ => {
                *messages += 1;
                self.message(draws, name, *messages)
            }
        }
    }

    /// Draws a broadcast or a message of the vocabulary, or a rude one if there are neither.
    fn message(&self, draws: &mut Draws, name: &str, ordinal: u32) -> Action {
        let Habits { vocabulary, has_broadcasts, .. } = self.habits;
        if *has_broadcasts && (vocabulary.is_empty() || draws.chance(300)) {
            return messages::broadcast(draws, self.style.awkward_per_mille, name, ordinal);
        }
        let speaker = Speaker { name, everybody: self.everybody, ordinal };
        match vocabulary.draw_message(draws, speaker) {
            Some(text) => Action::Text(text),
            None => messages::rude(draws),
        }
    }
}

/// Draws a crowd that comes at once, listens for a while, and may leave at once.
fn herd(draws: &mut Draws) -> Client {
    let mut actions = Vec::new();
    if draws.chance(500) {
        actions.push(Action::Within(Duration::from_millis(draws.pick(&[100, 1_000]))));
    }
    actions.push(Action::Connect(Handshake::default()));
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
    let mut actions = vec![Action::Connect(Handshake::default())];
    for _ in 0..14 {
        actions.push(Action::Idle(Duration::from_secs(9 * 60)));
        actions.push(keep_alive.clone());
    }
    Client::new("vet", actions)
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

/// Draws the time that a client waits before it comes, if it does not come at once.
fn delay(draws: &mut Draws) -> Option<Action> {
    let is_late = draws.chance(300);
    is_late.then(|| Action::Idle(Duration::from_millis(50 * (1 + draws.below(10)))))
}

/// Draws a time in which a client does not read.
fn stall(draws: &mut Draws) -> Action {
    Action::Stall(Duration::from_millis(draws.pick(&[200, 2_000, 40_000])))
}

/// Draws an idle time: within a race, across the handshake window, or past the idle timeout.
fn idle(draws: &mut Draws) -> Duration {
    match draws.below(10) {
        0 => Duration::from_secs(11 * 60),
        1..4 => Duration::from_secs(20 + draws.below(60)),
        _ => Duration::from_millis(100 * (1 + draws.below(20))),
    }
}
