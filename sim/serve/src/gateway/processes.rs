//! Sandboxes that are processes of a project.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_aws::lambda::SandboxId;
use tokio::select;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

use super::input::{Input, Inputs};
use super::sandbox::SandboxJob;
use crate::runtime::{
    ByHand, DeployedProject, LocalEndpoints, LogContext, ProcessOrigin, ProcessSandbox,
};

/// The processes of a project. Dropping this kills them.
#[derive(Debug)]
pub(super) struct Processes {
    origins: BTreeMap<String, ProcessOrigin>,
    endpoints: Arc<LocalEndpoints>,
    sandboxes: JoinSet<()>,
}

impl Processes {
    pub(super) fn of(deployed: &DeployedProject) -> Processes {
        Processes {
            origins: deployed.origins(),
            endpoints: deployed.endpoints(),
            sandboxes: JoinSet::new(),
        }
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
                self.sandboxes.spawn(run(id, sandbox, jobs, inputs));
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
    sandbox: ProcessSandbox,
    jobs: UnboundedReceiver<SandboxJob>,
    inputs: Inputs,
) {
    let (mut sandbox, mut jobs) = (sandbox, jobs);
    loop {
        // A process may end between two events, and the next one then starts it again.
        let job = select! {
            biased;
            job = jobs.recv() => job,
            never = sandbox.idle() => match never {},
        };
        let Some(SandboxJob { request, event }) = job else { break };
        let context = LogContext { request: request.clone(), recorder: inputs.recorder.clone() };
        let end = sandbox.invoke(&context, event.payload).await;
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
    while let Some(SandboxJob { request, event }) = jobs.recv().await {
        let end = by_hand.invoke(event.payload).await;
        inputs.send(Input::InvocationEnded { sandbox: id, request, end });
    }
}
