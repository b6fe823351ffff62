//! What the gateway knows of a connection.

use stormglass_spec::Time;

use super::ConnectionId;
use crate::app::Route;
use crate::case::Upgrade;

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Its `$connect` is running (FACTS 1.1).
    Pending,
    /// Its 101 was sent. Its client may be long gone (FACTS 4.4).
    Open,
    /// It was closed or refused.
    Closed,
}

/// A connection.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) state: State,
    pub(super) connected_at: Time,
    /// When a message last went either way (FACTS 3.2).
    pub(super) last_active: Time,
    pub(super) user_agent: Option<String>,
}

impl Connection {
    pub(super) fn new(now: Time, upgrade: &Upgrade) -> Connection {
        let user_agent = upgrade
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("user-agent"))
            .map(|(_, value)| value.clone());
        Connection { state: State::Pending, connected_at: now, last_active: now, user_agent }
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

/// A request whose function has not answered yet.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) connection: ConnectionId,
    pub(super) route: Route,
}
