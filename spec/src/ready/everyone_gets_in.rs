//! Promise `everyone-gets-in`: no function refuses a client without a fault.

use super::service_failure::failed_call;
use crate::history::{Event, EventKind, Outcome};
use crate::ledger::Ledger;
use crate::name::{ConnectionName, ConnectionPhase, Name};
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation};

/// Every client that asks for a connection gets in, as long as no service fails.
///
/// The gateway itself may refuse a client, and so may an authorizer; and a function that the
/// platform killed has decided nothing. An application whose `$connect` turns clients away on
/// purpose leaves this promise out.
pub const EVERYONE_GETS_IN: Property = Property {
    id: "everyone-gets-in",
    kind: PropertyKind::Always,
    promise: "A client whose handshake reached `$connect` gets in, unless a call of that \
              invocation got no answer, a 5xx, or the word that there is no capacity.",
    reason: "A browser says nothing of the reason for which a handshake was refused, and its user \
             sees a service that is down.",
    sources: &["FACTS 1.4: the status of `$connect` decides the handshake \
         (github.com/dherault/serverless-offline/issues/1301)"],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(EveryoneGetsIn::default())),
};

#[derive(Debug, Default)]
struct EveryoneGetsIn {
    times: u64,
    /// The functions of `$connect` that did not let their client in, each with the event and the
    /// words for it.
    refusals: std::collections::BTreeMap<ConnectionName, (u32, String)>,
}

impl Monitor for EveryoneGetsIn {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::InvocationEnded { invocation, outcome } => {
                let Some(state) = ledger.invocation(invocation) else { return Ok(()) };
                if state.route.as_ref() == "$connect"
                    && let Some(refusal) = refusal(outcome)
                    && let Some(connection) = &state.connection
                {
                    self.refusals.insert(connection.clone(), (event.number, refusal));
                }
                Ok(())
            }
            EventKind::HandshakeOpened { .. } => {
                self.times += 1;
                Ok(())
            }
            EventKind::HandshakeRefused { connection, status } => {
                self.judge(event.number, connection, *status, ledger)
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }
}

impl EveryoneGetsIn {
    fn judge(
        &mut self,
        event: u32,
        connection: &ConnectionName,
        status: u16,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        let invocation = connection.invocation(ConnectionPhase::Connect);
        let Some((ended, refusal)) = self.refusals.remove(connection) else { return Ok(()) };
        if failed_call(ledger, &invocation).is_some() {
            return Ok(());
        }
        self.times += 1;
        let because = format!(
            "{connection} was refused with {status} in step {event}: {invocation} {refusal} in \
             step {ended}, and no service had failed it."
        );
        let involved: [Name; 2] = [connection.into(), (&invocation).into()];
        Err(Violation::new(because, involved).in_words(refusal))
    }
}

/// The words for an outcome of `$connect` that lets nobody in.
fn refusal(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Returned { status: 200..=299, .. }
        | Outcome::Completed { .. }
        | Outcome::Allowed
        | Outcome::Denied => None,
        Outcome::Returned { status, body, .. } => match body {
            Some(body) if !body.is_empty() => Some(format!("answered with {status}, {body:?},")),
            _ => Some(format!("answered with {status}")),
        },
        Outcome::Malformed { reason } => Some(format!("returned no proxy response, {reason},")),
        Outcome::Failed { error } => Some(format!("failed with {error:?}")),
    }
}
