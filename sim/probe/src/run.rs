//! A run of a probe: all clients take their steps, then the roll is called, and at the end messages
//! on their way may still arrive.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::dial::{DialError, Target};
use super::format::MessageFormat;
use super::observation::{Observation, ObservationKind, ObservationLog};
use super::payload::RunId;
use super::player::{Player, RunContext};
use super::retention::Surplus;
use super::workload::Workload;

/// The number of quiet times that a run keeps for its end: in the first of them the endpoint may
/// become quiet, and in the last one it is.
const QUIET_TIMES: u32 = 2;

/// The number of looks within a quiet time.
const LOOKS: u32 = 10;

/// The settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct ProbeSettings {
    /// The seed of the workload.
    pub seed: u64,
    /// The number of clients; at least one.
    pub clients: u32,
    /// The number of broadcasts that they send; at least one.
    pub messages: u32,
    /// The longest time of the run, from the first handshake to the last close frame. The clients
    /// stop, done or not, when only twice the quiet time is left of it.
    pub time_max: Duration,
    /// The quiet time after which a message that has not come is missing. A client waits as long
    /// for an answer before it goes on. Twice this time must be shorter than
    /// `time_max`.
    pub settle: Duration,
}

/// The observations of a run.
#[derive(Debug)]
pub struct ProbeRun {
    /// The observations, in order.
    pub observations: Vec<Observation>,
    /// The numbers of frames that are not among them.
    pub surplus: Surplus,
    /// The number that its payloads have in common.
    pub id: RunId,
    /// The roll call at its end.
    pub roll_call: RollCall,
    /// True if every step was taken, and the endpoint was quiet at the end.
    pub is_whole: bool,
}

/// The broadcasts at the end of a run, while nothing else happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollCall {
    /// The number of clients that were connected.
    pub clients: usize,
    /// The numbers of the broadcasts.
    pub broadcasts: Vec<u32>,
}

impl ProbeRun {
    /// Returns the first message that any client got.
    pub fn first_message(&self) -> Option<&str> {
        self.observations.iter().find_map(|observation| match &observation.kind {
            ObservationKind::Received(text) => Some(&**text),
            _ => None,
        })
    }
}

/// The error of an endpoint that does not answer as a WebSocket endpoint does.
#[derive(Debug, thiserror::Error)]
#[error("{address}: {source}; {advice}")]
pub struct UnreachableError {
    /// The address.
    pub address: String,
    /// The error.
    pub source: DialError,
    /// The advice to a person.
    pub advice: &'static str,
}

/// Plays a workload against an endpoint until it is done, its time is over, or `stop` completes.
/// `sent` counts the messages.
///
/// # Errors
///
/// If the first client of all gets no connection.
///
/// # Panics
///
/// If the settings are of no clients, or of no messages, or have no time before the end.
pub async fn run(
    target: &Target,
    format: &MessageFormat,
    settings: &ProbeSettings,
    sent: Arc<AtomicU64>,
    stop: impl Future<Output = ()>,
) -> Result<ProbeRun, UnreachableError> {
    let ending_max = settings.settle * QUIET_TIMES;
    assert!(ending_max < settings.time_max, "a run has time before its end");
    let started = Instant::now();
    let deadline = started + settings.time_max;
    let workload = Workload::new(settings.seed, settings.clients, settings.messages, format);
    let (ending, over) = watch::channel(false);
    let context = Arc::new(RunContext {
        target: target.clone(),
        format: format.clone(),
        run: RunId(fastrand::u32(..)),
        log: ObservationLog::start(settings.messages),
        patience: settings.settle,
        sent,
        over,
    });
    // Whichever comes first; players that are told to end leave their step.
    let playing = std::pin::pin!(play(&context, &workload));
    let ends = std::pin::pin!(timeout_at(deadline - ending_max, stop));
    let played = match select(playing, ends).await {
        Either::Left((played, _)) => played,
        Either::Right((_, playing)) => {
            ending.send_replace(true);
            playing.await
        }
    };
    let (mut players, roll_call) = played.map_err(|source| unreachable(target, source))?;
    // Messages on their way still count as observations, those of the closing do not.
    let is_quiet = timeout_at(deadline, settle(&context, settings.settle)).await.is_ok();
    if !is_quiet {
        // Messages may still be on their way, so none is missing: its recipient has gone.
        players.iter_mut().for_each(Player::vanish);
    }
    let is_whole = is_quiet && !*ending.borrow();
    let (observations, surplus) = context.log.take();
    let closing = join_all(players.iter_mut().map(|player| player.close(1000)));
    let _ = timeout_at(deadline, closing).await;
    Ok(ProbeRun { observations, surplus, id: context.run, roll_call, is_whole })
}

/// Plays all clients at once, and then calls the roll.
///
/// # Errors
///
/// If the first client of all gets no connection.
async fn play(
    context: &Arc<RunContext>,
    workload: &Workload,
) -> Result<(Vec<Player>, RollCall), DialError> {
    let names = workload.clients.iter().map(|client| client.name.clone());
    let mut players: Vec<Player> =
        names.map(|name| Player::new(Arc::clone(context), name)).collect();
    players.first_mut().expect("a workload has a client").connect().await?;
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
    let roll_call = call_the_roll(context, workload, &mut players).await;
    Ok((players, roll_call))
}

/// Connects every client, and lets one after the other broadcast while all others are silent.
async fn call_the_roll(
    context: &RunContext,
    workload: &Workload,
    players: &mut [Player],
) -> RollCall {
    if !*context.over.borrow() {
        join_all(players.iter_mut().map(Player::connect)).await;
    }
    let mut roll_call = RollCall { clients: context.log.open(), broadcasts: Vec::new() };
    for (place, broadcast) in &workload.roll_call {
        if *context.over.borrow() {
            break;
        }
        let Some(sender) = players.get_mut(*place).filter(|player| player.is_connected()) else {
            continue;
        };
        sender.broadcast(broadcast).await;
        // A client that has not got it by then is noticed in the judgement.
        let arrived = context.log.arrived(broadcast.number, roll_call.clients);
        let _ = context.within(context.patience, arrived).await;
        roll_call.broadcasts.push(broadcast.number);
    }
    roll_call
}

/// Waits until nothing has come in for a quiet time. It looks more than once meanwhile: a machine
/// that stood still was not quiet.
async fn settle(context: &RunContext, quiet: Duration) {
    let (mut last, mut looks) = (context.log.count(), 0);
    while looks < LOOKS {
        sleep(quiet / LOOKS).await;
        let count = context.log.count();
        looks = if count == last { looks + 1 } else { 0 };
        last = count;
    }
}

fn unreachable(target: &Target, source: DialError) -> UnreachableError {
    let advice = match &source {
        DialError::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => {
                "is it started? `cargo serve` listens at ws://127.0.0.1:3001 by default"
            }
            ErrorKind::InvalidData => "is it wss, and does this machine trust its certificate?",
            _ => "is the address right, and can this machine reach it?",
        },
        DialError::Refused(403 | 404) => {
            "is the stage part of it, as in wss://ID.execute-api.REGION.amazonaws.com/prod?"
        }
        DialError::Refused(401) => "if it has an authorizer, put its token into the query",
        DialError::Refused(_) => "the log of its $connect route has the reason",
        DialError::Protocol(_) => "is it the port of WebSockets, and is TLS right (ws or wss)?",
        DialError::TimedOut => "does a firewall in between drop packets?",
    };
    UnreachableError { address: target.address().to_owned(), source, advice }
}
