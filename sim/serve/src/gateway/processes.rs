//! Sandboxes that are processes of a project.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use stormglass_aws::lambda::SandboxId;
use tokio::select;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::input::{Input, Inputs};
use super::sandbox::SandboxJob;
use crate::runtime::{
    BeginError, ByHand, DeployedProject, InvocationEnd, LocalEndpoints, LogContext, ProcessOrigin,
    ProcessSandbox,
};

/// The longest turn of a process that is started: one that does not begin holds up no other for
/// longer than Lambda allows (FACTS 18.6).
const TURN_MAX: Duration = Duration::from_secs(10);

/// The processes of a project. Dropping this kills them.
#[derive(Debug)]
pub(super) struct Processes {
    origins: BTreeMap<String, ProcessOrigin>,
    endpoints: Arc<LocalEndpoints>,
    idle_max: Duration,
    sandboxes: JoinSet<()>,
}

impl Processes {
    pub(super) fn of(deployed: &DeployedProject, idle_max: Duration) -> Processes {
        Processes {
            origins: deployed.origins(),
            endpoints: deployed.endpoints(),
            idle_max,
            sandboxes: JoinSet::new(),
        }
    }

    /// Reports whether the server itself starts the processes of a function.
    pub(super) fn starts(&self, function: &str) -> bool {
        matches!(self.origins.get(function), Some(ProcessOrigin::Command(..)))
    }

    /// Runs a sandbox of a function until the sender of its events is gone.
    pub(super) fn run(
        &mut self,
        id: SandboxId,
        function: &str,
        jobs: UnboundedReceiver<SandboxJob>,
        inputs: Inputs,
    ) {
        while self.sandboxes.try_join_next().is_some() {}
        let origin = self.origins.get(function);
        let origin = origin.expect("every route and the authorizer lead to a known function");
        match origin {
            ProcessOrigin::ByHand(by_hand) => {
                self.sandboxes.spawn(run_by_hand(id, by_hand.clone(), jobs, inputs));
            }
            ProcessOrigin::Command(function, command) => {
                let (function, command) = (Arc::clone(function), command.clone());
                let sandbox = ProcessSandbox::new(function, command, Arc::clone(&self.endpoints));
                self.sandboxes.spawn(run(id, sandbox, self.idle_max, jobs, inputs));
            }
        }
    }

    /// Waits for the end of all sandboxes.
    pub(super) async fn ended(&mut self) {
        while self.sandboxes.join_next().await.is_some() {}
    }
}

async fn run(
    id: SandboxId,
    mut sandbox: ProcessSandbox,
    idle_max: Duration,
    mut jobs: UnboundedReceiver<SandboxJob>,
    inputs: Inputs,
) {
    loop {
        let job = select! {
            biased;
            job = jobs.recv() => job,
            () = sandbox.idle(idle_max) => {
                inputs.send(Input::SandboxIdle { sandbox: id });
                // The next event may be on its way already.
                jobs.recv().await
            }
        };
        let Some(SandboxJob { function, request, event, turn }) = job else { break };
        let context = LogContext { request: request.clone(), recorder: inputs.recorder.clone() };
        let begun = {
            let mut beginning = pin!(sandbox.begin(&context, &event.payload));
            let begun = timeout(TURN_MAX, beginning.as_mut()).await;
            drop(turn);
            match begun {
                Ok(begun) => begun,
                Err(_) => beginning.await,
            }
        };
        let end = match begun {
            Ok(begun) => sandbox.finish(begun).await,
            Err(BeginError::NoProcess(reason)) => InvocationEnd::Killed(reason),
            Err(BeginError::Over) => {
                let job = SandboxJob { function, request, event, turn: None };
                inputs.send(Input::EventReturned { sandbox: id, job: Box::new(job) });
                break;
            }
        };
        inputs.send(Input::InvocationEnded { sandbox: id, request, end });
    }
    sandbox.stop().await;
}

async fn run_by_hand(
    id: SandboxId,
    by_hand: ByHand,
    mut jobs: UnboundedReceiver<SandboxJob>,
    inputs: Inputs,
) {
    while let Some(SandboxJob { request, event, .. }) = jobs.recv().await {
        let end = by_hand.invoke(event.payload).await;
        inputs.send(Input::InvocationEnded { sandbox: id, request, end });
    }
}
