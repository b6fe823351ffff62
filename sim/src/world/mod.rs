//! The simulated world of one run: it owns the services and carries out what is due.
//!
//! - `queue`: what is still to happen.
//! - `clients`: what clients do and see.
//! - `edge`: what the gateway wants done.
//! - `compute`: sandboxes and the handlers in them.
//! - `wire`: the calls of handlers.
//! - `closing`: the phase in which what was promised must come true.
//! - `executor`, `recorder`, `names`: polling handlers, writing the history, ids.

mod clients;
mod closing;
mod compute;
mod edge;
mod executor;
mod names;
mod queue;
mod recorder;
mod wire;

use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use stormglass_spec::history::{Origin, What};
use stormglass_spec::{Name, Property, Time, Violation};
use tokio::runtime::Handle;

use crate::app::{App, Handler};
use crate::case::{Case, Choice, Deployment, Fault, Key, Menu, Plan, Schedule};
use crate::dynamodb::{DynamoDb, Limits};
use crate::gateway::{self, Api, Gateway, Integration, Message, RequestId, Stage};
use crate::lambda::Lambda;
use crate::run::{HarnessError, Run};
use crate::seam::{CallId, Hub, SandboxId, TimerId};
use crate::strategy::Strategy;
use crate::{EPOCH_MS, REGION, hash};
use clients::{ClientState, Socket};
use compute::InvocationState;
use executor::Executor;
use names::Names;
use queue::Queue;
use recorder::Recorder;
use wire::CallState;

/// More events than any plan needs: a run that gets here does not come to rest.
const EVENTS_MAX: u64 = 5_000_000;

/// More polls between two events than any handler needs that waits for something.
const POLLS_MAX: u64 = 100_000;

/// Something that is still to happen.
#[derive(Debug)]
enum Happening {
    /// A client takes its next step.
    Step { client: usize },
    /// An upgrade request arrives at the gateway.
    UpgradeArrives { connection: Name, upgrade: crate::case::Upgrade },
    /// A message arrives at the gateway.
    MessageArrives { connection: Name, frame: Name, message: Message },
    /// A close frame arrives at the gateway.
    CloseArrives { connection: Name, code: u16 },
    /// The gateway looks whether a connection has been silent for too long.
    IdleCheck { connection: Name },
    /// An event arrives at the Lambda platform.
    EventArrives { invocation: usize },
    /// A new sandbox is ready.
    SandboxStarted { invocation: usize },
    /// The time of a function is over.
    DeadlinePasses { invocation: usize },
    /// The outcome of a function arrives at the gateway.
    OutcomeArrives { request: RequestId, outcome: Integration },
    /// The gateway has waited long enough for a function.
    IntegrationTimesOut { request: RequestId },
    /// A request arrives at a service.
    CallArrives { call: CallId },
    /// An answer arrives at a function.
    AnswerArrives { call: CallId },
    /// A sleep of a function ends.
    TimerFires { timer: TimerId },
    /// The answer to an upgrade request arrives at the client.
    HandshakeSettles { connection: Name, opened: bool },
    /// A message arrives at a client.
    FrameArrives { connection: Name, body: std::sync::Arc<str>, origin: Origin },
    /// The gateway's close frame arrives at a client.
    CloseFrameArrives { connection: Name },
    /// Nothing: time has passed.
    Pause,
}

/// Why a run stops before its end.
#[derive(Debug)]
enum Halt {
    /// A promise was broken.
    Broken(Violation),
    /// The harness itself failed.
    Harness(HarnessError),
}

impl From<Violation> for Halt {
    fn from(violation: Violation) -> Halt {
        Halt::Broken(violation)
    }
}

/// Runs a plan under a strategy, inside a paused tokio runtime.
pub(crate) async fn run(
    app: &dyn App,
    api: Api,
    plan: &Plan,
    strategy: &mut dyn Strategy,
    properties: &[Property],
) -> Result<Run, HarnessError> {
    let mut world = World::new(app, api, plan, strategy, properties);
    let broken = match world.play(plan).await {
        Ok(()) => None,
        Err(Halt::Broken(violation)) => Some(violation),
        Err(Halt::Harness(error)) => return Err(error),
    };
    Ok(world.into_run(plan, broken))
}

/// The simulated world of one run.
struct World<'a> {
    app: &'a dyn App,
    deployment: Deployment,
    strategy: &'a mut dyn Strategy,
    /// Nothing deviates any more.
    is_calm: bool,
    met: Schedule,
    now: Time,
    started: tokio::time::Instant,
    queue: Queue<Happening>,
    events: u64,
    /// Since the last event.
    polls: u64,
    recorder: Recorder,
    names: Names,
    gateway: Gateway,
    dynamodb: DynamoDb,
    lambda: Lambda,
    hub: Hub,
    executor: Executor,
    handlers: BTreeMap<SandboxId, Rc<dyn Handler>>,
    clients: Vec<ClientState>,
    sockets: BTreeMap<Name, Socket>,
    invocations: Vec<InvocationState>,
    running: BTreeMap<SandboxId, usize>,
    calls: BTreeMap<CallId, CallState>,
    calls_made: u64,
}

impl<'a> World<'a> {
    fn new(
        app: &'a dyn App,
        api: Api,
        plan: &Plan,
        strategy: &'a mut dyn Strategy,
        properties: &[Property],
    ) -> World<'a> {
        let deployment = plan.deployment.clone();
        let stage = Stage {
            api_id: "s7ormg1ass".to_owned(),
            name: "prod".to_owned(),
            region: REGION.to_owned(),
            epoch_ms: EPOCH_MS,
        };
        let page_rows_max = deployment.page_rows_max.and_then(|rows| usize::try_from(rows).ok());
        let mut dynamodb = DynamoDb::new(Limits { page_rows_max });
        let table = app.table();
        dynamodb.create_table(&table.name, &table.partition_key);
        World {
            app,
            strategy,
            is_calm: false,
            met: Schedule::default(),
            now: Time::ZERO,
            started: tokio::time::Instant::now(),
            queue: Queue::default(),
            events: 0,
            polls: 0,
            recorder: Recorder::new(properties),
            names: Names::default(),
            gateway: Gateway::new(stage, api, gateway::Limits::default()),
            dynamodb,
            lambda: Lambda::new(deployment.lambda_concurrency),
            deployment,
            hub: Hub::default(),
            executor: Executor::default(),
            handlers: BTreeMap::new(),
            clients: plan.clients.iter().map(ClientState::new).collect(),
            sockets: BTreeMap::new(),
            invocations: Vec::new(),
            running: BTreeMap::new(),
            calls: BTreeMap::new(),
            calls_made: 0,
        }
    }

    async fn play(&mut self, plan: &Plan) -> Result<(), Halt> {
        for client in 0..plan.clients.len() {
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
            let (gateway, executor, hub) = (&self.gateway, &self.executor, &self.hub);
            let alive = |happening: &Happening| is_alive(happening, gateway, executor, hub);
            let Some(at) = self.queue.next_at(alive) else { return Ok(()) };
            if !self.advance(at).await {
                continue;
            }
            let Some(entry) = self.queue.pop() else { return Ok(()) };
            self.polls = 0;
            self.events += 1;
            if self.events > EVENTS_MAX {
                return Err(Halt::Harness(HarnessError::Restless { events: EVENTS_MAX }));
            }
            self.happen(entry.happening, entry.cause)?;
        }
    }

    /// Moves the clock to `at`; stops short, with `false`, where a handler's own timer woke it.
    ///
    /// Handlers may use `tokio::time`: the runtime's paused clock follows the virtual one.
    async fn advance(&mut self, at: Time) -> bool {
        let at = at.max(self.now);
        let target = self.started + Duration::from_micros(at.micros());
        if tokio::time::Instant::now() < target {
            let was_woken = {
                let reached = pin!(tokio::time::sleep_until(target));
                let woken = pin!(self.executor.woken());
                matches!(select(woken, reached).await, Either::Left(_))
            };
            if was_woken {
                let elapsed = tokio::time::Instant::now().duration_since(self.started);
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

    fn happen(&mut self, happening: Happening, cause: Option<u32>) -> Result<(), Halt> {
        match happening {
            Happening::Step { client } => self.step(client),
            Happening::UpgradeArrives { connection, upgrade } => {
                self.upgrade_arrives(&connection, &upgrade, cause)
            }
            Happening::MessageArrives { connection, frame, message } => {
                self.message_arrives(&connection, &frame, message, cause)
            }
            Happening::CloseArrives { connection, code } => {
                self.close_arrives(&connection, code, cause)
            }
            Happening::IdleCheck { connection } => self.idle_check(&connection),
            Happening::EventArrives { invocation } => self.event_arrives(invocation, cause),
            Happening::SandboxStarted { invocation } => self.begin(invocation, cause),
            Happening::DeadlinePasses { invocation } => self.deadline_passes(invocation, cause),
            Happening::OutcomeArrives { request, outcome } => {
                let effects = self.gateway.integration(self.now, &request, &outcome);
                self.carry_out(effects, cause)
            }
            Happening::IntegrationTimesOut { request } => {
                let outcome = Integration::TimedOut;
                let effects = self.gateway.integration(self.now, &request, &outcome);
                self.carry_out(effects, cause)
            }
            Happening::CallArrives { call } => self.call_arrives(call, cause),
            Happening::AnswerArrives { call } => self.answer_arrives(call, cause),
            Happening::TimerFires { timer } => {
                self.hub.fire_timer(timer);
                Ok(())
            }
            Happening::HandshakeSettles { connection, opened } => {
                self.handshake_settles(&connection, opened, cause);
                Ok(())
            }
            Happening::FrameArrives { connection, body, origin } => {
                self.frame_arrives(connection, body, origin, cause)
            }
            Happening::CloseFrameArrives { connection } => {
                self.close_frame_arrives(&connection);
                Ok(())
            }
            Happening::Pause => Ok(()),
        }
    }

    /// Polls handlers until none of them has anything to do.
    fn poll_woken(&mut self) -> Result<(), Halt> {
        while let Some(task) = self.executor.next_woken() {
            self.polls += 1;
            if self.polls > POLLS_MAX {
                let invocation = self.invocations[task].name.to_string();
                return Err(Halt::Harness(HarnessError::Spinning { invocation }));
            }
            // Whatever a handler draws from the thread's generator is its own, not what another
            // run on this thread left behind.
            fastrand::seed(self.invocations[task].next_seed());
            let polled = self.executor.poll(task);
            self.send_calls()?;
            for (timer, due) in self.hub.take_new_timers() {
                self.queue.push(due, 0, None, Happening::TimerFires { timer });
            }
            if Handle::current().metrics().num_alive_tasks() > 0 {
                let invocation = self.invocations[task].name.to_string();
                return Err(Halt::Harness(HarnessError::Escaped { invocation }));
            }
            if let std::task::Poll::Ready(answer) = polled {
                self.end(task, answer)?;
            }
        }
        Ok(())
    }

    fn record(&mut self, cause: Option<u32>, what: What) -> Result<u32, Halt> {
        self.recorder.record(self.now, cause, what).map_err(Halt::Broken)
    }

    /// Asks the strategy where the world goes.
    fn choose(&mut self, key: &str, menu: Menu) -> Option<Choice> {
        if self.is_calm {
            return None;
        }
        let key = Key::new(key);
        let choice = self.strategy.choose(&key, &menu)?;
        assert!(menu.offers(choice), "{key} cannot be {choice}");
        let earlier = self.met.deviations.insert(key, choice);
        assert!(earlier.is_none(), "a point of choice came up twice");
        Some(choice)
    }

    fn choose_fault(&mut self, key: &str, faults: &'static [Fault]) -> Option<Fault> {
        match self.choose(key, Menu { legs: false, faults })? {
            Choice::Fault(fault) => Some(fault),
            Choice::After(_) | Choice::Late(_) => None,
        }
    }

    /// Sends something on its way: it arrives after its base latency, unless the schedule has it
    /// late or waiting for others.
    fn leg(&mut self, key: &str, latency: Latency, cause: Option<u32>, arrival: Happening) {
        self.leg_after(Duration::ZERO, key, latency, cause, arrival);
    }

    fn leg_after(
        &mut self,
        wait: Duration,
        key: &str,
        latency: Latency,
        cause: Option<u32>,
        arrival: Happening,
    ) {
        let (mut hold, mut delay) = (0, Duration::ZERO);
        match self.choose(key, Menu::LEG) {
            Some(Choice::After(events)) => hold = events,
            Some(Choice::Late(late)) => delay = late,
            Some(Choice::Fault(_)) | None => {}
        }
        let at = self.now + wait + latency.draw(key) + delay;
        self.queue.push(at, hold, cause, arrival);
    }

    fn into_run(self, plan: &Plan, violation: Option<Violation>) -> Run {
        let record = self.recorder.into_record();
        Run {
            case: Case { plan: plan.clone(), schedule: self.met },
            history: record.history,
            violation,
            verdicts: record.verdicts,
            witnesses: record.witnesses,
            trace_hash: record.trace_hash,
            calls: self.calls_made,
            elapsed: self.now,
        }
    }
}

/// Whether something can still happen.
fn is_alive(happening: &Happening, gateway: &Gateway, executor: &Executor, hub: &Hub) -> bool {
    match happening {
        Happening::IntegrationTimesOut { request } => gateway.is_pending(request),
        Happening::DeadlinePasses { invocation } => executor.is_running(*invocation),
        Happening::TimerFires { timer } => hub.is_timer_alive(*timer),
        Happening::AnswerArrives { call } => hub.is_awaited(*call),
        _ => true,
    }
}

/// How long a leg takes on a dull day: a range in microseconds, from which each key has its own.
#[derive(Clone, Copy, Debug)]
struct Latency {
    min_us: u64,
    max_us: u64,
}

impl Latency {
    /// Between a client and the gateway, one way.
    const LINK: Latency = Latency { min_us: 5_000, max_us: 40_000 };
    /// What a person or a program does before the next step.
    const THINK: Latency = Latency { min_us: 1_000, max_us: 120_000 };
    /// From the gateway to a function, and back.
    const INVOKE: Latency = Latency { min_us: 1_000, max_us: 6_000 };
    /// The start of a sandbox.
    const COLD_START: Latency = Latency { min_us: 60_000, max_us: 350_000 };
    /// From a function to DynamoDB, and back.
    const DYNAMODB: Latency = Latency { min_us: 800, max_us: 4_000 };
    /// From a function to `@connections`, and back.
    const CONNECTIONS: Latency = Latency { min_us: 2_000, max_us: 12_000 };

    fn draw(self, key: &str) -> Duration {
        let draw = hash::keyed_for(crate::CONSTANT, key, "latency");
        Duration::from_micros(self.min_us + hash::below(draw, self.max_us - self.min_us))
    }
}
