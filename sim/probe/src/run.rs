//! A run: the clients play, everybody is called up, and what is under way may land.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::dial::{DialError, Target};
use super::format::MessageFormat;
use super::observation::{Observation, ObservationKind, ObservationLog};
use super::payload::RunId;
use super::player::{Player, RunContext};
use super::workload::Workload;

/// The end comes after so many times the time of quiet at the latest: other people's clients may
/// never be quiet.
const SETTLE_TIMES_MAX: u32 = 5;

/// How many looks a time of quiet takes.
const LOOKS: u32 = 10;

/// How a probe goes about it.
#[derive(Clone, Copy, Debug)]
pub struct ProbeSettings {
    /// What the workload is made of.
    pub seed: u64,
    /// How many clients there are; at least one.
    pub clients: u32,
    /// How many broadcasts they send; at least one.
    pub messages: u32,
    /// When they stop, done or not.
    pub time_max: Duration,
    /// How long it must be quiet before what has not come is taken to be missing. A client waits
    /// as long for an answer before it goes on.
    pub settle: Duration,
}

/// What a run saw.
#[derive(Debug)]
pub struct ProbeRun {
    /// What happened, in order.
    pub observations: Vec<Observation>,
    /// What its payloads have in common.
    pub run: RunId,
    /// How many clients were connected during the roll call, and the numbers of its broadcasts.
    pub roll_call: (usize, Vec<u32>),
    /// Whether everything was done.
    pub is_whole: bool,
}

impl ProbeRun {
    /// The first message that any client got.
    pub fn first(&self) -> Option<&str> {
        self.observations.iter().find_map(|observation| match &observation.kind {
            ObservationKind::Received(text) => Some(&**text),
            _ => None,
        })
    }
}

/// Nobody answers as a WebSocket endpoint does.
#[derive(Debug, thiserror::Error)]
#[error("{address}: {source}; {advice}")]
pub struct UnreachableError {
    /// Where.
    pub address: String,
    /// What happened.
    pub source: DialError,
    /// What to do.
    pub advice: &'static str,
}

/// Plays a workload against an endpoint, until it is done, its time is over, or `stop` completes.
/// `sent` counts the messages.
///
/// # Errors
///
/// If the first client of all gets no connection.
pub async fn run(
    target: &Target,
    format: &MessageFormat,
    settings: &ProbeSettings,
    sent: Arc<AtomicU64>,
    stop: impl Future<Output = ()>,
) -> Result<ProbeRun, UnreachableError> {
    let workload = Workload::new(settings.seed, settings.clients, settings.messages, format);
    let (ending, over) = watch::channel(false);
    let stage = Arc::new(RunContext {
        target: target.clone(),
        format: format.clone(),
        run: RunId(fastrand::u32(..)),
        log: ObservationLog::start(),
        patience: settings.settle,
        sent,
        over,
    });
    let names = workload.clients.iter().map(|client| client.name.clone());
    let mut players: Vec<Player> =
        names.map(|name| Player::new(Arc::clone(&stage), name)).collect();
    if let Some(first) = players.first_mut() {
        first.connect().await.map_err(|source| unreachable(target, source))?;
    }
    let playing = std::pin::pin!(play(&stage, &workload, players));
    let ends = std::pin::pin!(timeout(settings.time_max, stop));
    let (mut players, roll_call) = match select(playing, ends).await {
        Either::Left((played, _)) => played,
        Either::Right((_, playing)) => {
            ending.send_replace(true);
            playing.await
        }
    };
    settle(&stage, settings.settle).await;
    let is_whole = !*ending.borrow();
    let observations = stage.log.observations();
    join_all(players.iter_mut().map(|player| player.close(1000))).await;
    Ok(ProbeRun { observations, run: stage.run, roll_call, is_whole })
}

/// Everybody at once, and then one after the other.
async fn play(
    stage: &Arc<RunContext>,
    workload: &Workload,
    players: Vec<Player>,
) -> (Vec<Player>, (usize, Vec<u32>)) {
    let mut playing = JoinSet::new();
    for (place, mut player) in players.into_iter().enumerate() {
        let steps = workload.clients[place].steps.clone();
        playing.spawn(async move {
            player.play(&steps).await;
            (place, player)
        });
    }
    let mut played: Vec<(usize, Player)> = playing.join_all().await;
    played.sort_unstable_by_key(|(place, _)| *place);
    let mut players: Vec<Player> = played.into_iter().map(|(_, player)| player).collect();
    let roll_call = call_the_roll(stage, workload, &mut players).await;
    (players, roll_call)
}

/// Everybody is there and still, but for one who says something to everybody.
async fn call_the_roll(
    stage: &RunContext,
    workload: &Workload,
    players: &mut [Player],
) -> (usize, Vec<u32>) {
    if !*stage.over.borrow() {
        join_all(players.iter_mut().map(Player::connect)).await;
    }
    let (connected, mut numbers) = (stage.log.open(), Vec::new());
    for (place, broadcast) in &workload.roll_call {
        if *stage.over.borrow() {
            break;
        }
        let Some(sender) = players.get_mut(*place).filter(|player| player.is_connected()) else {
            continue;
        };
        sender.broadcast(broadcast).await;
        // Who has not got it by then is looked for at the end.
        let arrived = stage.log.arrived(broadcast.number, connected);
        let _ = timeout(stage.patience, arrived).await;
        numbers.push(broadcast.number);
    }
    (connected, numbers)
}

/// Waits until nothing has come in for so long. It looks several times meanwhile: a machine that
/// stood still was not quiet.
async fn settle(stage: &RunContext, quiet: Duration) {
    let (mut last, mut looks) = (stage.log.count(), 0);
    for _ in 0..SETTLE_TIMES_MAX * LOOKS {
        sleep(quiet / LOOKS).await;
        let count = stage.log.count();
        looks = if count == last { looks + 1 } else { 0 };
        last = count;
        if looks == LOOKS {
            return;
        }
    }
}

fn unreachable(target: &Target, source: DialError) -> UnreachableError {
    let advice = match &source {
        DialError::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => {
                "is it started? `cargo serve` listens at ws://127.0.0.1:3001 unless told otherwise"
            }
            ErrorKind::InvalidData => "is it wss, and does this machine trust its certificate?",
            _ => "is the address right, and can this machine reach it?",
        },
        DialError::Refused(403 | 404) => {
            "is the stage part of it, as in wss://ID.execute-api.REGION.amazonaws.com/prod?"
        }
        DialError::Refused(401) => "if it has an authorizer, put what it wants into the query",
        DialError::Refused(_) => "what its $connect route logs says why",
        DialError::Protocol(_) => "is it the port of WebSockets, and is TLS right (ws or wss)?",
        DialError::Late => "is something in between that swallows packets?",
    };
    UnreachableError { address: target.address().to_owned(), source, advice }
}
