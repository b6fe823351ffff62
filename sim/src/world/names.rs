//! Names that people read, and the ids that AWS would have made for them.

use stormglass_spec::Name;

use stormglass_aws::gateway::{self, ConnectionId, RequestId};
use stormglass_spec::hash::{self, Map};

/// Both directions between names and ids.
#[derive(Debug, Default)]
pub(super) struct Names {
    connections: Map<ConnectionId, Name>,
    connection_ids: Map<Name, ConnectionId>,
    requests: Map<RequestId, Name>,
}

impl Names {
    /// Makes the id of a connection.
    pub(super) fn connection(&mut self, name: &Name) -> ConnectionId {
        let id = gateway::connection_id(own(name));
        self.connections.insert(id.clone(), name.clone());
        self.connection_ids.insert(name.clone(), id.clone());
        id
    }

    /// Makes the id of a request.
    pub(super) fn request(&mut self, name: &Name) -> RequestId {
        let id = gateway::request_id(own(name));
        self.requests.insert(id.clone(), name.clone());
        id
    }

    /// The id of a connection that was named before.
    pub(super) fn connection_id(&self, name: &Name) -> ConnectionId {
        self.connection_ids.get(name).cloned().unwrap_or_default()
    }

    /// The name of a connection; a name made of the id if there is no such connection.
    pub(super) fn of_connection(&self, id: &str) -> Name {
        match self.connections.get(id) {
            Some(name) => name.clone(),
            None => format!("unknown-{}", plain(id)).into(),
        }
    }

    /// The name of a row: that of the connection whose id is its key or one of its two keys.
    pub(super) fn of_row(&self, key: &str) -> Name {
        let known = key.split('|').find_map(|part| self.connections.get(part));
        known.cloned().unwrap_or_else(|| self.of_connection(key))
    }

    /// The name of a request.
    pub(super) fn of_request(&self, id: &str) -> Name {
        self.requests.get(id).cloned().unwrap_or_else(|| id.into())
    }
}

/// The beginning of a text, without anything that means something in a name.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect()
}

/// The name of an invocation about a connection as a whole: `ana.c1` for `ana1` and `c`.
pub(super) fn invocation_of(connection: &str, kind: &str) -> Name {
    let client = stormglass_spec::line::client_of(connection);
    let ordinal = &connection[client.len()..];
    format!("{client}.{kind}{ordinal}").into()
}

/// What tells the id with this name apart from others. All ids of a run are made within one moment,
/// so that an id depends on nothing but its name.
fn own(name: &str) -> [u8; 5] {
    let [a, b, c, d, e, ..] = hash::keyed(stormglass_spec::CONSTANT, name).to_le_bytes();
    [a, b, c, d, e]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_id_becomes_a_name_that_a_key_can_hold() {
        assert_eq!(Names::default().of_connection("a=b c").as_ref(), "unknown-a_b_c");
    }
}
