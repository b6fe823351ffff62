//! The simulated world of one run. It owns the services and carries out the happenings in order.
//!
//! - `queue`: the happenings that are still to come.
//! - `clients`: the steps of clients and the messages that they receive.
//! - `socket`: a client's end of a connection, and the parcels on their way.
//! - `link`: parcels between clients and the gateway, and their arrivals.
//! - `effects`: the effects that the gateway asks for.
//! - `events`: the events that other services than the gateway send to functions.
//! - `queues`: the queues of SQS, and Lambda's pollers.
//! - `compute`: sandboxes and the handlers in them.
//! - `calls`, `target`: the calls of handlers, at the service and back, and their destinations.
//! - `closing`: the phase in which every promise must come true.
//! - `choices`, `fate`: the points of choice of a run, and the answer of a strategy at one of them.
//! - `permissions`: the calls that the role of a function does not allow.
//! - `deploy`, `latency`: the services before a run, and how long each way usually takes.
//! - `executor`, `recorder`, `names`: polling handlers, writing the history, ids.
//! - `stays`: the stays of invocations in sandboxes, noted for reports.
//! - `sandboxes`, `sketch`: the inputs of handlers, and the hash that tells two worlds apart.

mod calls;
mod choices;
mod clients;
mod closing;
mod compute;
mod deploy;
mod effects;
mod events;
mod executor;
mod fate;
mod latency;
mod link;
mod names;
mod permissions;
mod programs;
mod queue;
mod queues;
mod recorder;
mod sandboxes;
mod sketch;
mod socket;
mod stays;
mod tally;
mod target;

use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use stormglass_spec::history::EventKind;
use stormglass_spec::name::ConnectionName;
use stormglass_spec::{Property, Time, Violation, hash};
use tokio::runtime::Handle;

use crate::app::{App, Handler};
use crate::case::{Case, Deployment, Key, Menu, Plan};

use crate::outcome::{HarnessError, Run};
use crate::seam::{CallId, Hub, TimerId};
use crate::service::Service;
use crate::stack::Stack;
use crate::strategy::{Interest, Strategy};
use calls::CallState;
use choices::Choices;
use clients::ClientState;
use compute::{FunctionOutcome, InvocationState};
use deploy::{async_events_of, dynamodb_of, lambda_of, limits_of};
use executor::{Executor, PollOutcome};
use fate::{Fate, Leg};
use latency::Latency;
use names::Names;
use queue::{Entry, Queue};
use queues::Queues;
use recorder::Recorder;
use sandboxes::Sandboxes;
use socket::{Direction, Parcel, Sockets};
use stays::Stays;
use stormglass_aws::gateway::{Api, Gateway, Stage};
use stormglass_aws::lambda::{AsyncEvents, Lambda, SandboxId};
use stormglass_dynamodb::DynamoDb;

/// The limit of events in a run: no plan needs so many, so a run that gets here never comes to
/// rest.
const EVENTS_MAX: u64 = 5_000_000;

/// The limit of polls between two events: no handler that waits for something needs so many.
const POLLS_MAX: u64 = 100_000;

/// An occurrence that is still to come.
#[derive(Debug)]
enum Occurrence {
    /// A client takes its next step.
    Step { client: usize },
    /// A client leaves in the middle of its handshake.
    Leaves { connection: ConnectionName },
    /// A client reads again.
    Resumes { connection: ConnectionName },
    /// A parcel arrives at either end of a connection.
    Arrives {
        connection: ConnectionName,
        direction: Direction,
        number: Option<u64>,
        parcel: Parcel,
    },
    /// TCP gives up repeating a message that a client did not acknowledge because it is gone.
    TcpGivesUp { connection: ConnectionName },
    /// The gateway checks if a connection has been silent, or open, for too long.
    CloseIsDue { connection: ConnectionName },
    /// The host of a connection is taken down.
    Maintenance { connection: ConnectionName },
    /// An event arrives at the Lambda platform.
    EventArrives { invocation: usize },
    /// A new sandbox is ready.
    SandboxStarted { invocation: usize },
    /// The time of a function is over.
    DeadlinePasses { invocation: usize },
    /// The outcome of a function arrives at the sender of its event.
    OutcomeArrives { invocation: usize, outcome: FunctionOutcome },
    /// The gateway has waited long enough for a function.
    IntegrationTimesOut { invocation: usize },
    /// A request arrives at a service.
    CallArrives { call: CallId },
    /// An answer arrives at a function.
    AnswerArrives { call: CallId },
    /// A sleep of a function ends.
    TimerFires { timer: TimerId },
    /// A timer of a client's program fires.
    ProgramTimerFires { client: usize, name: &'static str, number: u32 },
    /// The pollers see a message for the first time, or again.
    MessageIsSeen { queue: String, message: String, way: u32, is_twice: bool },
    /// The window of a batch is over.
    BatchCloses { mapping: usize },
    /// Lambda tries a batch again.
    BatchIsRetried { mapping: usize, batch: String },
    /// An asynchronous event is due again.
    EventsAreDue,
    /// The time has passed, and nothing else happens.
    Pause,
}

/// The reason why a run stops before its end.
#[derive(Debug)]
enum Halt {
    /// A promise was broken.
    Broken(Violation),
    /// The harness itself failed.
    Harness(HarnessError),
    /// The strategy needs to see no more of the run.
    Enough,
}

impl From<Violation> for Halt {
    fn from(violation: Violation) -> Halt {
        Halt::Broken(violation)
    }
}

/// Runs a plan under a strategy, inside a paused tokio runtime.
pub(crate) async fn run(
    app: &dyn App,
    stack: Stack,
    api: Api,
    plan: &Plan,
    strategy: &mut dyn Strategy,
    properties: &[Property],
) -> Result<Run, HarnessError> {
    let mut world = World::new(app, stack, api, plan, strategy, properties)?;
    let broken = match world.play().await {
        Ok(()) | Err(Halt::Enough) => None,
        Err(Halt::Broken(violation)) => Some(violation),
        Err(Halt::Harness(error)) => return Err(error),
    };
    Ok(world.into_run(plan, broken))
}

/// The simulated world of one run.
struct World<'a> {
    app: &'a dyn App,
    stack: Stack,
    deployment: Deployment,
    choices: Choices<'a>,
    /// True if the strategy wants to know the states that the world reaches.
    is_watched: bool,
    /// The number of steps that the closing phase has taken.
    closing_step: u32,
    now: Time,
    /// The start of the run by the clock of tokio, if that clock has to follow the virtual one.
    started: Option<tokio::time::Instant>,
    queue: Queue<Occurrence>,
    events: u64,
    /// The number of polls since the last event.
    polls: u64,
    recorder: Recorder,
    names: Names,
    gateway: Gateway,
    dynamodb: DynamoDb,
    /// The services that the application brings.
    services: Vec<Box<dyn Service>>,
    queues: Queues,
    async_events: AsyncEvents,
    lambda: Lambda,
    hub: Hub,
    executor: Executor,
    handlers: BTreeMap<SandboxId, Rc<dyn Handler>>,
    clients: Vec<ClientState>,
    sockets: Sockets,
    invocations: Vec<InvocationState>,
    /// The invocation that runs in each busy sandbox.
    running: BTreeMap<SandboxId, usize>,
    stays: Stays,
    /// The inputs of the code in each sandbox, kept up to date only in a watched world.
    sandboxes: Sandboxes,
    calls: BTreeMap<CallId, CallState>,
    /// The calls that roles allow, as far as they have been asked.
    allowed: hash::Set<String>,
    calls_made: u64,
}

impl<'a> World<'a> {
    fn new(
        app: &'a dyn App,
        stack: Stack,
        api: Api,
        plan: &Plan,
        strategy: &'a mut dyn Strategy,
        properties: &[Property],
    ) -> Result<World<'a>, HarnessError> {
        let deployment = plan.deployment.clone();
        Ok(World {
            app,
            is_watched: strategy.interest() != Interest::Never,
            choices: Choices::new(strategy),
            closing_step: 0,
            now: Time::ZERO,
            started: app.uses_tokio_time().then(tokio::time::Instant::now),
            queue: Queue::default(),
            events: 0,
            polls: 0,
            recorder: Recorder::new(properties),
            names: Names::new(stack.tables.len() > 1),
            gateway: Gateway::new(Stage::default(), api, limits_of(&deployment)),
            dynamodb: dynamodb_of(app, &stack, &deployment)?,
            services: app.services(),
            queues: Queues::new(app.name(), &stack)?,
            async_events: async_events_of(app, &stack)?,
            lambda: lambda_of(app, &stack, &deployment)?,
            stack,
            deployment,
            hub: Hub::default(),
            executor: Executor::default(),
            handlers: BTreeMap::new(),
            clients: plan.clients.iter().flat_map(ClientState::all_of).collect(),
            sockets: Sockets::default(),
            invocations: Vec::new(),
            running: BTreeMap::new(),
            stays: Stays::default(),
            sandboxes: Sandboxes::default(),
            calls: BTreeMap::new(),
            allowed: hash::Set::default(),
            calls_made: 0,
        })
    }

    async fn play(&mut self) -> Result<(), Halt> {
        self.hub.enter();
        for client in 0..self.clients.len() {
            self.plan_step(client, None);
        }
        self.settle().await?;
        self.close().await?;
        self.recorder.finish()?;
        Ok(())
    }

    /// Goes on until nothing is in flight.
    async fn settle(&mut self) -> Result<(), Halt> {
        loop {
            self.poll_woken()?;
            // All woken handlers have been polled, so the state lasts until the next occurrence.
            if self.is_watched && self.choices.strategy().interest() == Interest::Now {
                self.show_state()?;
            }
            let World {
                clients, gateway, executor, hub, invocations, queues, async_events, ..
            } = self;
            let alive =
                Alive { clients, gateway, executor, hub, invocations, queues, async_events };
            let Some(at) = self.queue.next_at(|it| alive.is_alive(it)) else { return Ok(()) };
            // Expiries are not in the queue: alone, they must not keep a run going.
            if let Some(due) = self.dynamodb.next_expiry().filter(|due| *due <= at) {
                if self.advance(due).await {
                    self.expire_rows()?;
                }
                continue;
            }
            if !self.advance(at).await {
                continue;
            }
            let Some(entry) = self.queue.pop() else { return Ok(()) };
            self.polls = 0;
            self.events += 1;
            if self.events > EVENTS_MAX {
                return Err(Halt::Harness(HarnessError::Restless { events: EVENTS_MAX }));
            }
            self.choices.begin_occurrence(entry.deviation);
            self.happen(entry.occurrence, entry.cause)?;
            self.choices.begin_occurrence(None);
        }
    }

    /// Moves the clock to `at`. Stops short and returns `false` if a handler's own timer woke it.
    ///
    /// Handlers may use `tokio::time`: the runtime's paused clock follows the virtual one.
    async fn advance(&mut self, at: Time) -> bool {
        let at = at.max(self.now);
        let Some(started) = self.started else {
            self.set_now(at);
            return true;
        };
        let target = started + Duration::from_micros(at.micros());
        if tokio::time::Instant::now() < target {
            let was_woken = {
                let reached = pin!(tokio::time::sleep_until(target));
                // The woken side comes first: a handler that wakes at `target` itself must still be
                // polled before the event at `target` happens.
                let woken = pin!(self.executor.woken());
                matches!(select(woken, reached).await, Either::Left(_))
            };
            if was_woken {
                let elapsed = tokio::time::Instant::now().duration_since(started);
                // The timers of tokio have a resolution of 1 ms, so its clock may have passed `at`.
                self.set_now((Time::ZERO + elapsed).clamp(self.now, at));
                return false;
            }
        }
        self.set_now(at);
        true
    }

    fn set_now(&mut self, now: Time) {
        assert!(now >= self.now, "time ran backwards");
        self.now = now;
        self.hub.set_now(now);
    }

    fn happen(&mut self, occurrence: Occurrence, cause: Option<u32>) -> Result<(), Halt> {
        match occurrence {
            Occurrence::Step { client } => self.step(client),
            Occurrence::Leaves { connection } => self.leaves(&connection),
            Occurrence::Resumes { connection } => self.resumes(&connection, cause),
            Occurrence::Arrives { connection, direction, number, parcel } => {
                self.arrives(&connection, direction, number, parcel, cause)
            }
            Occurrence::TcpGivesUp { connection } => self.client_left(&connection, cause),
            Occurrence::CloseIsDue { connection } => self.close_if_due(&connection),
            Occurrence::Maintenance { connection } => self.maintain(&connection, cause),
            Occurrence::EventArrives { invocation } => self.event_arrives(invocation, cause),
            Occurrence::SandboxStarted { invocation } => self.sandbox_started(invocation, cause),
            Occurrence::DeadlinePasses { invocation } => self.deadline_passes(invocation, cause),
            Occurrence::OutcomeArrives { invocation, outcome } => {
                self.outcome_arrives(invocation, outcome, cause)
            }
            Occurrence::IntegrationTimesOut { invocation } => {
                self.outcome_arrives(invocation, FunctionOutcome::TimedOut, cause)
            }
            Occurrence::CallArrives { call } => self.call_arrives(call, cause),
            Occurrence::AnswerArrives { call } => self.answer_arrives(call, cause),
            Occurrence::TimerFires { timer } => {
                if self.is_watched {
                    self.sandboxes.fire(timer);
                }
                self.hub.fire_timer(timer);
                Ok(())
            }
            Occurrence::ProgramTimerFires { client, name, .. } => {
                self.program_timer_fires(client, name, cause)
            }
            Occurrence::MessageIsSeen { queue, message, is_twice, .. } => {
                self.message_is_seen(&queue, &message, is_twice, cause)
            }
            Occurrence::BatchCloses { mapping } => self.poll_queue(mapping, cause),
            Occurrence::BatchIsRetried { mapping, batch } => {
                self.retry_batch(mapping, &batch, cause)
            }
            Occurrence::EventsAreDue => self.start_due_events(cause),
            Occurrence::Pause => Ok(()),
        }
    }

    /// Polls handlers until no handler has anything to do.
    fn poll_woken(&mut self) -> Result<(), Halt> {
        while let Some(task) = self.executor.next_woken() {
            let Some((invocation, sandbox)) = self.executor.owner(task) else { continue };
            self.polls += 1;
            let state = &mut self.invocations[invocation];
            if self.polls > POLLS_MAX {
                let invocation = state.name.to_string();
                return Err(Halt::Harness(HarnessError::Spinning { invocation }));
            }
            // Each handler draws from the thread's generator. A seed per poll keeps its draws
            // independent of other runs on this thread.
            fastrand::seed(state.next_seed());
            let handler = state.stage.handler();
            let is_handler = handler == Some(task);
            if self.is_watched {
                let later = handler.map_or(0, |handler| task.since(handler));
                self.sandboxes.poll(sandbox, later, self.now);
            }
            let polled = self.executor.poll(task);
            if self.hub.take_stranger() {
                let invocation = self.invocations[invocation].name.to_string();
                return Err(Halt::Harness(HarnessError::OldClient { invocation }));
            }
            self.send_calls(invocation, sandbox)?;
            self.take_background(invocation, sandbox);
            for (timer, due) in self.hub.take_new_timers() {
                if self.is_watched {
                    self.sandboxes.sleep(sandbox, timer);
                }
                self.queue.push(due, 0, None, Occurrence::TimerFires { timer });
            }
            // A task that a handler spawned on the runtime would run outside of the simulation's
            // control.
            if Handle::current().metrics().num_alive_tasks() > 0 {
                let invocation = self.invocations[invocation].name.to_string();
                return Err(Halt::Harness(HarnessError::Escaped { invocation }));
            }
            match polled {
                PollOutcome::Pending => {}
                PollOutcome::Ended(answer) if is_handler => {
                    self.end(invocation, sandbox, answer)?
                }
                PollOutcome::Ended(_) => self.crash(sandbox, self.invocations[invocation].cause)?,
            }
        }
        Ok(())
    }

    fn record(&mut self, cause: Option<u32>, kind: EventKind) -> Result<u32, Halt> {
        let recorded = self.recorder.record(self.now, cause, kind);
        self.choices.note_event(self.recorder.last_event());
        recorded.map_err(Halt::Broken)
    }

    /// Asks the strategy for the way on at a point of choice.
    ///
    /// The event `shown_by` shows a deviation. Without it, the last event so far shows it, or the
    /// first event of the run if there is none yet.
    fn choose(&mut self, key: &str, menu: Menu, shown_by: Option<u32>) -> Fate {
        let event = shown_by.unwrap_or_else(|| self.recorder.last_event().max(1));
        self.choices.choose(key, menu, event)
    }

    /// Asks the strategy about a parcel or step that shows a deviation only when it arrives.
    fn choose_for_arrival(&mut self, key: &str, menu: Menu) -> Fate {
        let mut fate = self.choose(key, menu, None);
        if fate != Fate::default() {
            fate.leg.shown_on_arrival = Some(Key::new(key));
        }
        fate
    }

    /// Sends something on its way. It arrives after its base latency, unless the strategy has it
    /// late or waiting for others.
    fn send_after_latency(
        &mut self,
        key: &str,
        latency: Latency,
        cause: Option<u32>,
        arrival: Occurrence,
    ) {
        let leg = self.choose(key, Menu::LEG, cause).into_leg();
        self.depart(latency.draw(key), leg, cause, arrival);
    }

    /// Schedules an arrival after a while, later or after others if the leg says so.
    fn depart(&mut self, after: Duration, leg: Leg, cause: Option<u32>, arrival: Occurrence) {
        let Leg { hold, delay, shown_on_arrival: deviation } = leg;
        let at = self.now + after + delay;
        self.queue.push_entry(Entry { at, cause, hold, deviation, occurrence: arrival });
    }

    fn into_run(self, plan: &Plan, violation: Option<Violation>) -> Run {
        let record = self.recorder.into_record();
        let choices = self.choices.into_record(&record.history);
        Run {
            case: Case { plan: plan.clone(), schedule: choices.schedule },
            history: record.history,
            violation,
            verdicts: record.verdicts,
            met: record.met,
            witnesses: record.witnesses,
            faults: choices.faults,
            deviation_events: choices.deviation_events,
            stays: self.stays.into_stays(&self.invocations),
            trace_hash: record.trace_hash,
            calls: self.calls_made,
            elapsed: self.now,
        }
    }
}

/// The parts of the world that decide if a planned occurrence can still happen.
struct Alive<'a> {
    clients: &'a [ClientState],
    gateway: &'a Gateway,
    executor: &'a Executor,
    hub: &'a Hub,
    invocations: &'a [InvocationState],
    queues: &'a Queues,
    async_events: &'a AsyncEvents,
}

impl Alive<'_> {
    fn is_alive(&self, occurrence: &Occurrence) -> bool {
        match occurrence {
            Occurrence::IntegrationTimesOut { invocation } => {
                self.gateway.is_pending(&self.invocations[*invocation].request)
            }
            Occurrence::DeadlinePasses { invocation } => {
                let handler = self.invocations[*invocation].stage.handler();
                handler.is_some_and(|handler| self.executor.is_running(handler))
            }
            Occurrence::TimerFires { timer } => self.hub.is_timer_alive(*timer),
            Occurrence::AnswerArrives { call } => self.hub.is_awaited(*call),
            Occurrence::ProgramTimerFires { client, name, number } => {
                self.clients[*client].program.has_timer(name, *number)
            }
            Occurrence::MessageIsSeen { queue, message, way, .. } => {
                self.queues.is_on_its_way(queue, message, *way)
            }
            Occurrence::BatchCloses { mapping } => self.queues.is_gathering(*mapping),
            Occurrence::BatchIsRetried { mapping, batch } => {
                self.queues.is_running(*mapping, batch)
            }
            Occurrence::EventsAreDue => self.async_events.next_due().is_some(),
            _ => true,
        }
    }
}
