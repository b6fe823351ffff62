//! A sandbox of a built-in handler: one function, its SDK clients, and one event after the other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use lambda_runtime::LambdaEvent;
use stormglass_aws::gateway::RequestId;
use stormglass_aws::lambda::SandboxId;
use stormglass_sim::stack::Function;
use stormglass_sim::{App, Background, Handler, Sdk};
use tokio::select;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;
use tracing::{Instrument, info_span};

use super::connector::LocalConnector;
use super::input::{Input, Inputs};
use super::starts::StartTurn;
use crate::clock::Clock;
use crate::panics::message_of;
use crate::runtime::InvocationEnd;

/// A sandbox of a built-in handler, before its start.
pub(super) struct HandlerSandbox {
    pub(super) id: SandboxId,
    pub(super) app: &'static dyn App,
    pub(super) function: Function,
    pub(super) connector: LocalConnector,
    pub(super) clock: Clock,
    pub(super) jobs: UnboundedReceiver<SandboxJob>,
    pub(super) inputs: Inputs,
}

/// An event for a sandbox.
#[derive(Debug)]
pub(super) struct SandboxJob {
    pub(super) function: String,
    pub(super) request: RequestId,
    pub(super) event: LambdaEvent<String>,
    /// The turn of a process that is started for the event.
    pub(super) turn: Option<StartTurn>,
}

/// The work that invocations left behind. It is only polled while another one runs (FACTS 4.11).
type FrozenWork = FuturesUnordered<Background>;

impl HandlerSandbox {
    /// Runs until the platform takes the sandbox down, as it does after an invocation that was
    /// killed.
    pub(super) async fn run(mut self) {
        let (left_by, mut left) = unbounded_channel();
        let sdk = self.sdk(left_by);
        let start = || self.app.start(&self.function.name, &sdk);
        let handler = catch_unwind(AssertUnwindSafe(start));
        let mut frozen = FrozenWork::new();
        while let Some(SandboxJob { request, event, .. }) = self.jobs.recv().await {
            let span = info_span!("function", name = self.function.name, request);
            let end = match &handler {
                Ok(handler) => {
                    let running = self.invoke(&**handler, event, &mut left, &mut frozen);
                    self.inputs.recorder.around(&request, running).instrument(span).await
                }
                Err(panic) => exited(panic.as_ref()),
            };
            self.inputs.send(Input::InvocationEnded { sandbox: self.id, request, end });
        }
    }

    fn sdk(&self, left_by: UnboundedSender<Background>) -> Sdk {
        Sdk::outside(
            self.function.clone(),
            SharedHttpClient::new(self.connector.clone()),
            SharedAsyncSleep::new(TokioSleep),
            SharedTimeSource::new(self.clock),
            // If the receiver is gone, so is the sandbox, and its work with it.
            move |work| {
                let _ = left_by.send(work);
            },
        )
    }

    async fn invoke(
        &self,
        handler: &dyn Handler,
        event: LambdaEvent<String>,
        left: &mut UnboundedReceiver<Background>,
        frozen: &mut FrozenWork,
    ) -> InvocationEnd {
        let running = async { handler.invoke(event).await };
        let mut running = pin!(AssertUnwindSafe(running).catch_unwind());
        let mut deadline = pin!(sleep(self.function.timeout));
        loop {
            // The handler goes first: work that it left behind never delays its answer.
            select! {
                biased;
                returned = &mut running => return match returned {
                    Ok(Ok(json)) => InvocationEnd::Returned(json),
                    Ok(Err(error)) => InvocationEnd::Failed(error),
                    Err(panic) => exited(panic.as_ref()),
                },
                () = &mut deadline => {
                    let seconds = self.function.timeout.as_secs_f64();
                    let reason = format!("Task timed out after {seconds:.2} seconds");
                    return InvocationEnd::Killed(reason);
                }
                Some(work) = left.recv() => frozen.push(work),
                thawed = AssertUnwindSafe(frozen.next()).catch_unwind(), if !frozen.is_empty() => {
                    if let Err(panic) = thawed {
                        return exited(panic.as_ref());
                    }
                }
            }
        }
    }
}

/// Returns the end of an invocation that panicked: the platform takes its process down.
fn exited(panic: &(dyn Any + Send)) -> InvocationEnd {
    let message = message_of(panic).unwrap_or("a panic without a message");
    InvocationEnd::Killed(format!("Runtime.ExitError: {message}"))
}

#[derive(Debug)]
struct TokioSleep;

impl AsyncSleep for TokioSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(sleep(duration))
    }
}
