//! Lambda: which sandbox an event goes to, and the threads that sandboxes live on.
//!
//! A handler that blocks its thread holds up the others there, as none would on AWS.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZero;
use std::thread;

use lambda_runtime::{Context, LambdaEvent};
use stormglass_sim::gateway::RequestId;
use stormglass_sim::lambda::{Lambda, Placement, SandboxId};
use stormglass_sim::{App, REGION};
use tokio::runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinSet, LocalSet};

use super::Settings;
use super::input::Inputs;
use super::sandbox::{Job, Sandbox};
use super::wire::Wire;
use crate::clock::Clock;

/// The functions of an application. When it is dropped, all sandboxes are taken down.
pub(super) struct Functions {
    app: &'static dyn App,
    settings: Settings,
    wire: Wire,
    clock: Clock,
    inputs: Inputs,
    lambda: Lambda,
    sandboxes: BTreeMap<SandboxId, UnboundedSender<Job>>,
    /// Handlers cannot move between threads, so each sandbox stays where it was started.
    threads: Vec<UnboundedSender<Sandbox>>,
    started: usize,
}

impl Functions {
    pub(super) fn start(
        app: &'static dyn App,
        settings: Settings,
        wire: Wire,
        clock: Clock,
        inputs: Inputs,
    ) -> io::Result<Functions> {
        let count = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = (0..count).map(|_| start_thread()).collect::<io::Result<_>>()?;
        let lambda = Lambda::new(settings.concurrency_max);
        let sandboxes = BTreeMap::new();
        Ok(Functions { app, settings, wire, clock, inputs, lambda, sandboxes, threads, started: 0 })
    }

    /// Sends an event to a function, at `now_ms` since 1970; `false` if there is no capacity. Its
    /// end comes as an input.
    pub(super) fn invoke(
        &mut self,
        now_ms: u64,
        function: &str,
        request: RequestId,
        event: String,
    ) -> bool {
        let sandbox = match self.lambda.place(function, false) {
            Placement::Throttled => return false,
            Placement::Warm(sandbox) => sandbox,
            Placement::Cold(sandbox) => {
                self.start_sandbox(sandbox, function);
                sandbox
            }
        };
        let context = self.context(now_ms, function, &request);
        let job = Job { request, event: LambdaEvent::new(event, context) };
        // A sandbox is forgotten before its end is known to anybody, so it is there.
        self.sandboxes.get(&sandbox).is_some_and(|jobs| jobs.send(job).is_ok())
    }

    /// An invocation in a sandbox came to its end, and the sandbox waits for the next one.
    pub(super) fn release(&mut self, sandbox: SandboxId) {
        self.lambda.release(sandbox);
    }

    /// A sandbox is gone.
    pub(super) fn take_down(&mut self, sandbox: SandboxId) {
        self.lambda.take_down(sandbox);
        self.sandboxes.remove(&sandbox);
    }

    fn start_sandbox(&mut self, id: SandboxId, function: &str) {
        let (sender, jobs) = unbounded_channel();
        self.sandboxes.insert(id, sender);
        let sandbox = Sandbox {
            id,
            app: self.app,
            function: function.to_owned(),
            timeout: self.settings.function_timeout,
            wire: self.wire.clone(),
            clock: self.clock,
            jobs,
            inputs: self.inputs.clone(),
        };
        let thread = self.started % self.threads.len();
        self.started += 1;
        // A thread lives as long as this sender.
        let _ = self.threads[thread].send(sandbox);
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

/// Starts a thread for sandboxes, which ends when nobody can send it any more of them.
fn start_thread() -> io::Result<UnboundedSender<Sandbox>> {
    let (sender, sandboxes) = unbounded_channel();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new()
        .name("functions".to_owned())
        .spawn(move || LocalSet::new().block_on(&runtime, run_all(sandboxes)))?;
    Ok(sender)
}

async fn run_all(mut sandboxes: UnboundedReceiver<Sandbox>) {
    let mut running = JoinSet::new();
    while let Some(sandbox) = sandboxes.recv().await {
        running.spawn_local(sandbox.run());
        while running.try_join_next().is_some() {}
    }
}
