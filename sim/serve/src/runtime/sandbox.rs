//! A sandbox that is a process: started with its first event, warm for the next ones.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::time::sleep;
use tracing::{info, warn};

use super::deploy::LocalEndpoints;
use super::endpoint::{EventOffer, FunctionOutcome};
use super::function::{Function, InvocationEnd};
use super::output::LogContext;
use super::process::Process;

/// The time that a process has before it asks for its first event.
const INIT_MAX: Duration = Duration::from_secs(10);

/// A sandbox of a function with a command.
#[derive(Debug)]
pub(crate) struct ProcessSandbox {
    function: Arc<Function>,
    command: Vec<String>,
    endpoints: Arc<LocalEndpoints>,
    process: Option<Process>,
}

impl ProcessSandbox {
    pub(crate) fn new(
        function: Arc<Function>,
        command: Vec<String>,
        endpoints: Arc<LocalEndpoints>,
    ) -> ProcessSandbox {
        ProcessSandbox { function, command, endpoints, process: None }
    }

    /// Runs the function for one event.
    ///
    /// A process that fails before it asks for the event is started once more, and then has as long
    /// for that as for an event, as on AWS.
    pub(crate) async fn invoke(&mut self, context: &LogContext, event: String) -> InvocationEnd {
        let request = request_id();
        let mut failure = String::new();
        for patience in [INIT_MAX, self.function.timeout] {
            let process = match self.start().await {
                Ok(process) => process,
                Err(reason) => return InvocationEnd::Killed(reason),
            };
            process.current.set(&request, context.clone());
            let offered = process.endpoint.offer(request.clone(), event.clone());
            match hand_over(process, offered, patience).await {
                Ok(offered) => return self.run(&request, offered).await,
                Err(reason) => {
                    let name = &self.function.name;
                    warn!("{name} {request} did not begin: {reason}");
                    failure = reason;
                }
            }
            self.kill().await;
        }
        InvocationEnd::Killed(failure)
    }

    /// Watches the process between two events.
    pub(crate) async fn idle(&mut self) -> Infallible {
        if let Some(process) = &mut self.process {
            let ending = process.ended().await;
            info!(
                "{} ended between two events, and the next one starts it again: {ending}",
                self.function.name
            );
            self.process = None;
        }
        pending().await
    }

    /// Ends the process.
    pub(crate) async fn stop(mut self) {
        if let Some(process) = self.process.take() {
            process.stop().await;
        }
    }

    /// Returns the process, which is started if there is none.
    async fn start(&mut self) -> Result<&mut Process, String> {
        let process = match self.process.take() {
            Some(process) => process,
            None => Process::start(&self.function, &self.command, &self.endpoints)
                .await
                .map_err(|error| self.not_started(&error))?,
        };
        Ok(self.process.insert(process))
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        let Function { name, folder, .. } = &*self.function;
        format!(
            "Runtime.InvalidEntrypoint: the command of {name} cannot be started: `{}` in {}: \
             {error}",
            self.command.join(" "),
            folder.display(),
        )
    }

    /// Waits for the outcome of an event that its process has.
    async fn run(&mut self, request: &str, mut offered: EventOffer) -> InvocationEnd {
        let process = self.process.as_mut().expect("the process has the event");
        let reason = select! {
            biased;
            Ok(outcome) = &mut offered.outcome => return match outcome {
                FunctionOutcome::Response(json) => InvocationEnd::Returned(json),
                FunctionOutcome::Error(error) => InvocationEnd::Failed(error),
            },
            ending = process.ended() => exited(request, &ending),
            () = sleep(self.function.timeout) => self.function.timed_out(),
        };
        drop(offered);
        self.kill().await;
        InvocationEnd::Killed(reason)
    }

    async fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill().await;
        }
    }
}

/// Waits until the process has the event. Returns the reason if that fails.
async fn hand_over(
    process: &mut Process,
    mut offered: EventOffer,
    patience: Duration,
) -> Result<EventOffer, String> {
    let init_error = process.endpoint.init_error();
    select! {
        biased;
        Ok(()) = &mut offered.taken => Ok(offered),
        Ok(error) = init_error => Err(error),
        ending = process.ended() => Err(exited(offered.id(), &ending)),
        () = sleep(patience) => {
            let seconds = patience.as_secs_f64();
            Err(format!("Runtime.Timeout: it asked for no event within {seconds:.2} seconds"))
        }
    }
}

fn exited(request: &str, ending: &str) -> String {
    format!("Runtime.ExitError: RequestId: {request} Error: {ending}")
}

/// Returns an id as Lambda gives them to invocations: a UUID of version 4.
pub(super) fn request_id() -> String {
    let random = fastrand::u128(..);
    let [high, low] = [(random >> 64) as u64, random as u64];
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_uuid_of_version_4() {
        for _ in 0..100 {
            let id = request_id();
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!(["8", "9", "a", "b"].contains(&&id[19..20]), "{id}");
        }
    }
}
