//! The processes that sandboxes of a project are.

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

/// Processes that are killed when this is dropped.
#[derive(Debug)]
pub(super) struct Processes {
    kinds: BTreeMap<String, ProcessOrigin>,
    site: Arc<LocalEndpoints>,
    sandboxes: JoinSet<()>,
}

impl Processes {
    pub(super) fn of(deployed: &DeployedProject) -> Processes {
        Processes { kinds: deployed.kinds(), site: deployed.site(), sandboxes: JoinSet::new() }
    }

    /// Runs a sandbox of a function until nobody can send it any more events.
    pub(super) fn run(
        &mut self,
        id: SandboxId,
        function: &str,
        jobs: UnboundedReceiver<SandboxJob>,
        inputs: Inputs,
    ) {
        while self.sandboxes.try_join_next().is_some() {}
        match self.kinds.get(function) {
            Some(ProcessOrigin::ByHand(by_hand)) => {
                self.sandboxes.spawn(run_by_hand(id, by_hand.clone(), jobs, inputs));
            }
            Some(kind) => {
                if let Some(sandbox) = kind.sandbox(&self.site) {
                    self.sandboxes.spawn(run(id, sandbox, jobs, inputs));
                }
            }
            // Every route and the authorizer lead to a function of the project.
            None => {}
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
        let job = select! {
            biased;
            job = jobs.recv() => job,
            never = sandbox.idle() => match never {},
        };
        let Some(SandboxJob { request, event }) = job else { break };
        let asked = LogContext { request: request.clone(), recorder: inputs.recorder.clone() };
        let end = sandbox.invoke(&asked, event.payload).await;
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
