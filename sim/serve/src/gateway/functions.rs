//! Lambda: the choice of a sandbox for each event, and the platform on which sandboxes run.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use lambda_runtime::{Context, LambdaEvent};
use stormglass_aws::gateway::RequestId;
use stormglass_aws::lambda::{Lambda, Placement, SandboxId, function_arn};
use stormglass_sim::App;
use stormglass_sim::stack::Stack;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tracing::info;

use super::connector::LocalConnector;
use super::input::Inputs;
use super::processes::Processes;
use super::sandbox::{HandlerSandbox, SandboxJob};
use super::starts::{Starts, WaitingStart};
use super::threads::Threads;
use crate::clock::Clock;
use crate::runtime::DeployedProject;
use crate::settings::ServerSettings;

/// The functions of a host. Dropping them takes all sandboxes down.
pub(super) struct Functions {
    stack: Stack,
    clock: Clock,
    inputs: Inputs,
    lambda: Lambda,
    /// The sandboxes that take events. One that is to leave after its event is in `lambda` only.
    sandboxes: BTreeMap<SandboxId, SandboxLine>,
    starts: Starts,
    platform: Platform,
}

/// The way to a sandbox. Dropping it ends the sandbox, after the events that it has.
struct SandboxLine {
    function: String,
    jobs: UnboundedSender<SandboxJob>,
}

/// The platform on which sandboxes run.
pub(super) enum Platform {
    /// Threads with the handlers of an application that is built in.
    Threads(Box<BuiltInApp>),
    /// Processes of a project.
    Processes(Processes),
}

/// An application that is built in, and the things that its sandboxes need.
pub(super) struct BuiltInApp {
    app: &'static dyn App,
    connector: LocalConnector,
    threads: Threads,
}

impl Platform {
    /// Returns the platform of an application, whose handlers call AWS by `connector`.
    pub(super) fn threads(
        app: &'static dyn App,
        connector: LocalConnector,
    ) -> io::Result<Platform> {
        Ok(Platform::Threads(Box::new(BuiltInApp { app, connector, threads: Threads::start()? })))
    }

    /// Returns the platform of a project.
    pub(super) fn processes(deployed: &DeployedProject, settings: &ServerSettings) -> Platform {
        Platform::Processes(Processes::of(deployed, settings.process_idle_max))
    }

    /// Reports whether a sandbox of this function is a process that has to wait for its turn.
    fn starts_processes(&self, function: &str) -> bool {
        match self {
            Platform::Processes(processes) => processes.starts(function),
            Platform::Threads(_) => false,
        }
    }
}

impl Functions {
    pub(super) fn new(
        stack: Stack,
        platform: Platform,
        concurrency_max: u32,
        clock: Clock,
        inputs: Inputs,
    ) -> Functions {
        let lambda = Lambda::new(concurrency_max);
        let (sandboxes, starts) = (BTreeMap::new(), Starts::new(inputs.clone()));
        Functions { stack, clock, inputs, lambda, sandboxes, starts, platform }
    }

    /// Returns the timeout of a function.
    pub(super) fn timeout_of(&self, function: &str) -> Duration {
        self.stack.timeout_of(function)
    }

    /// Sends an event to a function at `now_ms` since 1970, to a new sandbox if `is_cold`. Returns
    /// false if there is no capacity. The end of the invocation comes as an input.
    pub(super) fn invoke(
        &mut self,
        now_ms: u64,
        function: &str,
        request: RequestId,
        event: String,
        is_cold: bool,
    ) -> bool {
        let context = self.context(now_ms, function, &request);
        let (function, event) = (function.to_owned(), LambdaEvent::new(event, context));
        self.place(SandboxJob { function, request, event, turn: None }, is_cold)
    }

    /// Makes a sandbox ready for its next event, after the end of an invocation. An event that
    /// waits for a process of its own is better off with this one.
    pub(super) fn release(&mut self, sandbox: SandboxId) {
        let Some(line) = self.sandboxes.get(&sandbox) else {
            return self.lambda.take_down(sandbox);
        };
        let Some(waiting) = self.starts.take(&line.function) else {
            return self.lambda.release(sandbox);
        };
        self.lambda.take_down(waiting.sandbox);
        let _ = line.jobs.send(waiting.job);
    }

    /// Removes a sandbox that is gone.
    pub(super) fn take_down(&mut self, sandbox: SandboxId) {
        self.lambda.take_down(sandbox);
        self.sandboxes.remove(&sandbox);
    }

    /// Removes a sandbox that asks for it because it is idle, unless its next event is on its way.
    pub(super) fn reclaim(&mut self, sandbox: SandboxId) {
        if self.idle().contains(&sandbox) {
            self.take_down(sandbox);
        }
    }

    /// Finds another place for an event that a sandbox returned, for its process is gone.
    pub(super) fn place_again(&mut self, sandbox: SandboxId, job: SandboxJob) {
        self.take_down(sandbox);
        let is_placed = self.place(job, false);
        assert!(is_placed, "the sandbox that is gone leaves room for another");
    }

    /// Takes the turn of a process back, which has begun or failed.
    pub(super) fn end_start(&mut self) {
        self.starts.end_turn();
        self.start_waiting();
    }

    /// Lets every function start again with its next event. Those that run finish first.
    pub(super) fn restart(&mut self) {
        let idle = self.idle();
        for sandbox in &idle {
            self.take_down(*sandbox);
        }
        let busy = self.sandboxes.len();
        // Without its way, a sandbox ends after its event.
        self.sandboxes.clear();
        info!(
            "the functions start again with their next events: {} idle ones end now, {busy} finish \
             first",
            idle.len()
        );
    }

    /// Takes all sandboxes down, and waits for the end of those that are processes.
    pub(super) async fn stop(mut self) {
        self.sandboxes.clear();
        if let Platform::Processes(processes) = &mut self.platform {
            processes.ended().await;
        }
    }

    fn idle(&self) -> Vec<SandboxId> {
        self.lambda.idle().flat_map(|(_, sandboxes)| sandboxes).copied().collect()
    }

    /// Sends an event to an idle sandbox or to a new one. Returns false if there is no capacity.
    fn place(&mut self, job: SandboxJob, must_be_new: bool) -> bool {
        match self.lambda.place(&job.function, must_be_new) {
            Placement::Throttled => return false,
            Placement::Warm(sandbox) => {
                let line = self.sandboxes.get(&sandbox).expect("an idle sandbox takes events");
                return line.jobs.send(job).is_ok();
            }
            Placement::Cold(sandbox) if self.platform.starts_processes(&job.function) => {
                self.starts.wait(WaitingStart { sandbox, job, must_be_new });
                self.start_waiting();
            }
            Placement::Cold(sandbox) => self.start_sandbox(sandbox, job),
        }
        true
    }

    /// Starts a process for each event that waits for one, as long as there are turns.
    fn start_waiting(&mut self) {
        while let Some((waiting, turn)) = self.starts.next() {
            let WaitingStart { sandbox, job, .. } = waiting;
            self.start_sandbox(sandbox, SandboxJob { turn: Some(turn), ..job });
        }
    }

    /// Starts a sandbox for an event.
    fn start_sandbox(&mut self, id: SandboxId, first: SandboxJob) {
        let function = first.function.clone();
        let (sender, jobs) = unbounded_channel();
        // The receiver is at hand, so this cannot fail.
        let _ = sender.send(first);
        let line = SandboxLine { function: function.clone(), jobs: sender };
        self.sandboxes.insert(id, line);
        let inputs = self.inputs.clone();
        match &mut self.platform {
            Platform::Processes(processes) => processes.run(id, &function, jobs, inputs),
            Platform::Threads(built_in) => built_in.threads.run(HandlerSandbox {
                id,
                app: built_in.app,
                function: self.stack.function_of(&function),
                connector: built_in.connector.clone(),
                clock: self.clock,
                jobs,
                inputs,
            }),
        }
    }

    fn context(&self, now_ms: u64, function: &str, request: &RequestId) -> Context {
        let timeout_ms = u64::try_from(self.timeout_of(function).as_millis());
        let mut context = Context::default();
        context.request_id = request.clone();
        context.deadline = now_ms.saturating_add(timeout_ms.unwrap_or(u64::MAX));
        context.invoked_function_arn = function_arn(function);
        context
    }
}
