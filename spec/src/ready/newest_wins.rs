//! Promise `newest-wins`: events of an older connection take nothing from a newer one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::writes::{Writer, Writes};
use crate::history::{Event, EventKind};
use crate::ledger::Ledger;
use crate::name::{ConnectionName, RowName};
use crate::need::Need;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, rows_violated};

/// Returns the promise that events of a user's older connection take no row from a newer one.
///
/// `attribute` names the user: it is an attribute of the rows that name connections, or a part of
/// their key. Only rows that a put stored, or whose key holds the attribute, have a known user.
pub fn newest_wins(attribute: &'static str) -> Property {
    Property {
        id: "newest-wins",
        kind: PropertyKind::Always,
        promise: "An event of a user's older connection neither removes nor overwrites the row \
                  that names a newer connection of the same user.",
        reason: "`$disconnect` of a connection that was lost may come after the user is back. If \
                 it then removes the user's row, the new connection gets nothing any more.",
        sources: &["FACTS 1.11: `$disconnect` may come late, or never (API Gateway guide, \
             apigateway-websocket-api-route-keys-connect-disconnect)"],
        needs: &[Need::Writes],
        monitor: MonitorMaker::closure(move || Box::new(NewestWins::new(attribute))),
    }
}

#[derive(Debug)]
struct NewestWins {
    attribute: &'static str,
    times: u64,
    writes: Writes,
    rows: BTreeMap<RowName, UserRow>,
    /// The users whose rows named a connection.
    users: BTreeMap<ConnectionName, BTreeSet<String>>,
}

/// A row of a user.
#[derive(Clone, Debug)]
struct UserRow {
    user: String,
    stored: u32,
    connections: Vec<ConnectionName>,
}

impl NewestWins {
    fn new(attribute: &'static str) -> NewestWins {
        NewestWins {
            attribute,
            times: 0,
            writes: Writes::default(),
            rows: BTreeMap::new(),
            users: BTreeMap::new(),
        }
    }
}

impl Monitor for NewestWins {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        self.writes.observe(event);
        match &event.kind {
            EventKind::RowWritten { row, connections } => {
                let earlier = self.write(event, row, connections, ledger);
                self.judge(event, row, earlier, connections, ledger)
            }
            EventKind::RowRemoved { row, .. } => {
                let earlier = self.rows.remove(row);
                self.judge(event, row, earlier, &[], ledger)
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }
}

impl NewestWins {
    /// Takes note of a row that was stored; returns it as it was before.
    fn write(
        &mut self,
        event: &Event,
        row: &RowName,
        connections: &[ConnectionName],
        ledger: &Ledger,
    ) -> Option<UserRow> {
        let earlier = self.rows.remove(row);
        let named = self.writes.writer(event, ledger);
        let named = named.and_then(|writer| user_in(writer.text, self.attribute));
        let Some(user) = named.or_else(|| Some(earlier.as_ref()?.user.clone())) else {
            return earlier;
        };
        for connection in connections {
            self.users.entry(connection.clone()).or_default().insert(user.clone());
        }
        let written = UserRow { user, stored: event.number, connections: connections.to_vec() };
        self.rows.insert(row.clone(), written);
        earlier
    }

    /// Judges the change of a row that named some connections before and names others now.
    fn judge(
        &mut self,
        event: &Event,
        row: &RowName,
        earlier: Option<UserRow>,
        now: &[ConnectionName],
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        let Some(UserRow { user, stored, connections }) = earlier else { return Ok(()) };
        let Some(Writer { invocation, .. }) = self.writes.writer(event, ledger) else {
            return Ok(());
        };
        let actor = ledger.invocation(invocation).and_then(|state| state.connection.as_ref());
        let Some(actor) = actor else { return Ok(()) };
        let is_of_user = |name| self.users.get(name).is_some_and(|users| users.contains(&user));
        if !is_of_user(actor) {
            return Ok(());
        }
        self.times += 1;
        let is_newer = |name: &&ConnectionName| asked(ledger, name) > asked(ledger, actor);
        let mut gone = connections.iter().filter(|name| !now.contains(name));
        let Some(newer) = gone.find(is_newer) else { return Ok(()) };
        let because = format!(
            "the row of {row}, stored in step {stored} for {newer} of user {user:?}, no longer \
             names it after step {}: {invocation} is about {actor}, the older connection of that \
             user.",
            event.number
        );
        rows_violated(because, [newer.into(), actor.into(), invocation.into()])
    }
}

/// The event in which a client asked for a connection.
fn asked(ledger: &Ledger, connection: &str) -> Option<u32> {
    Some(ledger.find_connection(connection)?.asked?.event)
}

/// Returns the user that a request names in its item or its key.
fn user_in(request_text: &str, attribute: &str) -> Option<String> {
    let (_, json) = request_text.split_once(' ')?;
    let json: Value = serde_json::from_str(json).ok()?;
    let value = ["Item", "Key"].iter().find_map(|member| json[member].get(attribute))?;
    let user = ["S", "N"].iter().find_map(|kind| value[kind].as_str())?;
    Some(user.to_owned())
}
