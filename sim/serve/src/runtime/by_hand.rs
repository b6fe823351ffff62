//! A function whose processes are started by hand, for instance under a debugger. Any number of
//! them may ask for events at its port, and each that waits is one sandbox.

use std::net::SocketAddr;

use stormglass_spec::quotas::INTEGRATION_TIMEOUT;
use tokio::select;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::deploy::LocalEndpoints;
use super::endpoint::{Endpoint, FunctionOutcome};
use super::environment;
use super::function::{Function, InvocationEnd};
use super::sandbox::request_id;

/// The way to the processes of a function. Clones lead to the same processes.
#[derive(Clone, Debug)]
pub(crate) struct ByHand {
    endpoint: Endpoint,
    address: SocketAddr,
}

impl ByHand {
    pub(super) fn new(endpoint: Endpoint, address: SocketAddr) -> ByHand {
        ByHand { endpoint, address }
    }

    /// Runs the function for one event. The event waits for a process for as long as the gateway
    /// does.
    pub(crate) async fn invoke(&self, event: String) -> InvocationEnd {
        let request = request_id();
        let function = self.endpoint.function();
        let name = &function.settings.name;
        let mut offered = self.endpoint.offer(request.clone(), event);
        if offered.taken.try_recv().is_err() {
            warn!(
                "{name} {request} waits for a process that asks for it: \
                 AWS_LAMBDA_RUNTIME_API={} ...",
                self.address
            );
            if timeout(INTEGRATION_TIMEOUT, &mut offered.taken).await.is_err() {
                return InvocationEnd::Killed(format!("no process of {name} asked for {request}"));
            }
        }
        info!("{name} {request} is with a process");
        select! {
            biased;
            Ok(outcome) = &mut offered.outcome => match outcome {
                FunctionOutcome::Response(json) => InvocationEnd::Returned(json),
                FunctionOutcome::Error(error) => InvocationEnd::Failed(error),
            },
            () = sleep(function.settings.timeout) => {
                InvocationEnd::Killed(format!("{}; its process goes on", function.timed_out()))
            }
        }
    }

    pub(super) fn function(&self) -> &Function {
        self.endpoint.function()
    }

    /// Returns the line that tells a person how to start a process.
    pub(super) fn hint(&self, endpoints: &LocalEndpoints) -> String {
        let function = self.endpoint.function();
        let variables = environment::of_lambda(function, endpoints, &self.address.to_string());
        let variables = variables.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
        format!(
            "{} is started by hand: env {} ...",
            function.settings.name,
            variables.collect::<Vec<_>>().join(" ")
        )
    }
}

/// Quotes a value for a shell.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_value_that_was_meant() {
        for (value, written) in [
            ("$LATEST", "'$LATEST'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("https://127.0.0.1:3001/prod", "https://127.0.0.1:3001/prod"),
        ] {
            assert_eq!(quoted(value), written);
        }
    }
}
