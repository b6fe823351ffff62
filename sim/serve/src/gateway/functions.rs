//! Lambda: the choice of a sandbox for each event, and the platform on which sandboxes run.

use std::collections::BTreeMap;
use std::io;

use lambda_runtime::{Context, LambdaEvent};
use stormglass_aws::gateway::RequestId;
use stormglass_aws::lambda::{Lambda, Placement, SandboxId};
use stormglass_sim::App;
use stormglass_spec::REGION;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::connector::LocalConnector;
use super::input::Inputs;
use super::processes::Processes;
use super::sandbox::{HandlerSandbox, SandboxJob};
use super::threads::Threads;
use crate::clock::Clock;
use crate::runtime::DeployedProject;
use crate::settings::ServerSettings;

/// The functions of a host. Dropping them takes all sandboxes down.
pub(super) struct Functions {
    settings: ServerSettings,
    clock: Clock,
    inputs: Inputs,
    lambda: Lambda,
    sandboxes: BTreeMap<SandboxId, UnboundedSender<SandboxJob>>,
    platform: Platform,
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
    pub(super) fn processes(deployed: &DeployedProject) -> Platform {
        Platform::Processes(Processes::of(deployed))
    }
}

impl Functions {
    pub(super) fn new(
        platform: Platform,
        settings: ServerSettings,
        clock: Clock,
        inputs: Inputs,
    ) -> Functions {
        let lambda = Lambda::new(settings.concurrency_max);
        Functions { settings, clock, inputs, lambda, sandboxes: BTreeMap::new(), platform }
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
        let sandbox = match self.lambda.place(function, is_cold) {
            Placement::Throttled => return false,
            Placement::Warm(sandbox) => sandbox,
            Placement::Cold(sandbox) => {
                self.start_sandbox(sandbox, function);
                sandbox
            }
        };
        let context = self.context(now_ms, function, &request);
        let job = SandboxJob { request, event: LambdaEvent::new(event, context) };
        let jobs = self.sandboxes.get(&sandbox).expect("a sandbox is there until it is taken down");
        jobs.send(job).is_ok()
    }

    /// Makes a sandbox ready for its next event, after the end of an invocation.
    pub(super) fn release(&mut self, sandbox: SandboxId) {
        self.lambda.release(sandbox);
    }

    /// Removes a sandbox that is gone.
    pub(super) fn take_down(&mut self, sandbox: SandboxId) {
        self.lambda.take_down(sandbox);
        self.sandboxes.remove(&sandbox);
    }

    /// Takes all sandboxes down, and waits for the end of those that are processes.
    pub(super) async fn stop(mut self) {
        self.sandboxes.clear();
        if let Platform::Processes(processes) = &mut self.platform {
            processes.ended().await;
        }
    }

    fn start_sandbox(&mut self, id: SandboxId, function: &str) {
        let (sender, jobs) = unbounded_channel();
        self.sandboxes.insert(id, sender);
        let inputs = self.inputs.clone();
        match &mut self.platform {
            Platform::Processes(processes) => processes.run(id, function, jobs, inputs),
            Platform::Threads(built_in) => built_in.threads.run(HandlerSandbox {
                id,
                app: built_in.app,
                function: function.to_owned(),
                timeout: self.settings.function_timeout,
                connector: built_in.connector.clone(),
                clock: self.clock,
                jobs,
                inputs,
            }),
        }
    }

    fn context(&self, now_ms: u64, function: &str, request: &RequestId) -> Context {
        let timeout_ms = u64::try_from(self.settings.function_timeout.as_millis());
        let mut context = Context::default();
        context.request_id = request.clone();
        context.deadline = now_ms.saturating_add(timeout_ms.unwrap_or(u64::MAX));
        context.invoked_function_arn =
            format!("arn:aws:lambda:{REGION}:123456789012:function:{function}");
        context
    }
}
