//! The names that people read, and the ids that AWS would have made for them.

use stormglass_aws::gateway::{self, ConnectionId, RequestId};
use stormglass_dynamodb::{RowContent, RowKey};
use stormglass_spec::hash::Map;
use stormglass_spec::name::{ConnectionName, InvocationName, MessageName, RowName};

use crate::translate::{connection_id, connections_of, own_bytes, row_name};

/// A two-way map between names and ids.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// True if the names of rows need those of their tables.
    has_more_tables: bool,
    connections: Map<ConnectionId, ConnectionName>,
    connection_ids: Map<ConnectionName, ConnectionId>,
    requests: Map<RequestId, InvocationName>,
    /// The messages behind asynchronous events, by their request ids.
    events: Map<RequestId, MessageName>,
    /// The number of invocations for each message or phase.
    invocations: Map<MessageName, u32>,
}

impl Names {
    pub(super) fn new(has_more_tables: bool) -> Names {
        Names { has_more_tables, ..Names::default() }
    }

    /// Makes the id of a connection.
    pub(super) fn connection(&mut self, name: &ConnectionName) -> ConnectionId {
        let id = connection_id(name);
        self.connections.insert(id.clone(), name.clone());
        self.connection_ids.insert(name.clone(), id.clone());
        id
    }

    /// Makes the id of the request that starts an invocation.
    pub(super) fn request(&mut self, name: &InvocationName) -> RequestId {
        let id = gateway::request_id(own_bytes(name));
        self.requests.insert(id.clone(), name.clone());
        id
    }

    /// Notes the request id of an asynchronous event.
    pub(super) fn event(&mut self, id: RequestId, message: MessageName) {
        self.events.insert(id, message);
    }

    /// The message behind an asynchronous event.
    ///
    /// # Panics
    ///
    /// If there is no such event: the simulation notes every event.
    pub(super) fn of_event(&self, id: &str) -> MessageName {
        self.events.get(id).expect("every event was noted").clone()
    }

    /// Names the next invocation for a message: the first has the name of the message itself.
    pub(super) fn next_invocation(&mut self, message: &MessageName) -> InvocationName {
        let number = self.invocations.entry(message.clone()).or_insert(0);
        *number += 1;
        match *number {
            1 => message.invocation(),
            number => message.invocation().repeated(number),
        }
    }

    /// Names another invocation for the event of an invocation.
    pub(super) fn repeat(&mut self, name: &InvocationName) -> InvocationName {
        let message = name.message();
        self.invocations.entry(message.clone()).or_insert(1);
        self.next_invocation(&message)
    }

    /// The id of a connection; empty before its upgrade request has reached the gateway.
    pub(super) fn connection_id(&self, name: &ConnectionName) -> ConnectionId {
        self.connection_ids.get(name).cloned().unwrap_or_default()
    }

    /// The name of a connection; a name made from the id if there is no such connection.
    pub(super) fn of_connection(&self, id: &str) -> ConnectionName {
        match self.connections.get(id) {
            Some(name) => name.clone(),
            None => format!("unknown-{}", plain(id)).into(),
        }
    }

    /// The name of a row.
    pub(super) fn of_row(&self, row: &RowKey) -> RowName {
        row_name(row, self.has_more_tables, |id| self.connections.get(id).cloned())
    }

    /// The connections that a row names.
    pub(super) fn in_row(&self, content: &RowContent) -> Vec<ConnectionName> {
        connections_of(content, |id| self.connections.get(id).cloned())
    }

    /// The invocation that a request of the gateway starts.
    ///
    /// # Panics
    ///
    /// If no method of this type made the id: the gateway gets every id from here.
    pub(super) fn of_request(&self, id: &str) -> InvocationName {
        self.requests.get(id).expect("the gateway gives back the ids that it got").clone()
    }
}

/// The beginning of a text, without characters that have a meaning in a name.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_becomes_a_name_that_a_key_can_hold() {
        assert_eq!(Names::default().of_connection("a=b c").as_ref(), "unknown-a_b_c");
    }
}
