//! A sandbox that is a process: started with its first event, warm for the next ones.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::time::sleep;
use tracing::{info, warn};

use super::deploy::LocalEndpoints;
use super::endpoint::{EventOffer, FunctionOutcome};
use super::function::{Function, FunctionProcess, InvocationEnd};
use super::output::LogContext;
use super::process::Process;

/// The longest time that a process has before it asks for its first event.
const INIT_MAX: Duration = Duration::from_secs(10);

/// A sandbox of a function with a command.
#[derive(Debug)]
pub(crate) struct ProcessSandbox {
    function: Arc<Function>,
    command: Vec<String>,
    endpoints: Arc<LocalEndpoints>,
    process: Option<Process>,
}

/// An event that a process has.
#[derive(Debug)]
pub(crate) struct BegunEvent {
    request: String,
    offered: EventOffer,
}

/// The reason why no process has an event.
#[derive(Debug)]
pub(crate) enum BeginError {
    /// The process of an earlier event has ended. Another sandbox may take the event.
    Over,
    /// No process can be started, for this reason.
    NoProcess(String),
}

impl ProcessSandbox {
    pub(crate) fn new(
        function: Arc<Function>,
        command: Vec<String>,
        endpoints: Arc<LocalEndpoints>,
    ) -> ProcessSandbox {
        ProcessSandbox { function, command, endpoints, process: None }
    }

    /// Hands an event to the process, which is started for the first one.
    ///
    /// A process that fails before it asks for its first event is started once more, and then has
    /// as long for that as for an event, as on AWS (FACTS 18.6).
    pub(crate) async fn begin(
        &mut self,
        context: &LogContext,
        event: &str,
    ) -> Result<BegunEvent, BeginError> {
        if self.process.is_some() {
            return self.begin_within(INIT_MAX, context, event).await.map_err(|_| BeginError::Over);
        }
        let mut failure = String::new();
        for patience in [INIT_MAX, self.function.settings.timeout] {
            self.process = Some(self.start().await.map_err(BeginError::NoProcess)?);
            match self.begin_within(patience, context, event).await {
                Ok(begun) => return Ok(begun),
                Err(reason) => failure = reason,
            }
        }
        Err(BeginError::NoProcess(failure))
    }

    /// Waits for the end of an event. Its time counts from its beginning.
    pub(crate) async fn finish(&mut self, begun: BegunEvent) -> InvocationEnd {
        let BegunEvent { request, mut offered } = begun;
        let process = self.process.as_mut().expect("the process has the event");
        let reason = select! {
            biased;
            Ok(outcome) = &mut offered.outcome => return match outcome {
                FunctionOutcome::Response(json) => InvocationEnd::Returned(json),
                FunctionOutcome::Error(error) => InvocationEnd::Failed(error),
            },
            ending = process.ended() => exited(&request, &ending),
            () = sleep(self.function.settings.timeout) => self.function.timed_out(),
        };
        drop(offered);
        self.kill().await;
        InvocationEnd::Killed(reason)
    }

    /// Watches the process between two events, until it ends or has been idle for `idle_max`.
    pub(crate) async fn idle(&mut self, idle_max: Duration) {
        let name = &self.function.settings.name;
        let Some(process) = &mut self.process else { return pending().await };
        select! {
            ending = process.ended() => {
                info!("{name} ended between two events, and the next one starts another: {ending}");
            }
            () = sleep(idle_max) => info!("{name} was idle for {idle_max:?}, and its process ends"),
        }
    }

    /// Ends the process.
    pub(crate) async fn stop(mut self) {
        if let Some(process) = self.process.take() {
            process.stop().await;
        }
    }

    async fn start(&self) -> Result<Process, String> {
        Process::start(&self.function, &self.command, &self.endpoints)
            .await
            .map_err(|error| self.not_started(&error))
    }

    /// Offers an event to the process, which is killed if it does not take it. Returns the reason.
    async fn begin_within(
        &mut self,
        patience: Duration,
        context: &LogContext,
        event: &str,
    ) -> Result<BegunEvent, String> {
        let request = request_id();
        let process = self.process.as_mut().expect("the process was started");
        process.current.set(&request, context.clone());
        let offered = process.endpoint.offer(request.clone(), event.to_owned());
        match hand_over(process, offered, patience).await {
            Ok(offered) => Ok(BegunEvent { request, offered }),
            Err(reason) => {
                let Function { settings, process } = &*self.function;
                let (name, advice) = (&settings.name, &process.advice);
                warn!("{name} {request} did not begin: {reason}{advice}");
                self.kill().await;
                Err(reason)
            }
        }
    }

    fn not_started(&self, error: &std::io::Error) -> String {
        let name = &self.function.settings.name;
        let FunctionProcess { folder, advice, .. } = &self.function.process;
        format!(
            "Runtime.InvalidEntrypoint: the command of {name} cannot be started: `{}` in {}: \
             {error}{advice}",
            self.command.join(" "),
            folder.display(),
        )
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
