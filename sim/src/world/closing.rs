//! The phase in which every promise must come true: no faults, and one last broadcast or one last
//! message of each kind.

use std::time::Duration;

use stormglass_spec::Time;
use stormglass_spec::history::EventKind;
use stormglass_spec::name::{ClientName, ConnectionName};
use stormglass_spec::quotas::HANDSHAKE_WINDOW;

use super::socket::End;
use super::{Halt, Occurrence, World};
use crate::case::{Action, CLOSER, WORLD};
use crate::vocabulary::Speaker;

/// The data of the last broadcast.
const DATA: &str = "\"is anybody out there?\"";

/// The number of times that the closing phase looks for a client to send the last broadcast.
const TRIES_MAX: u32 = 3;

impl World<'_> {
    /// Stops all faults, gives the account its usual quotas, waits until every row is older than
    /// the handshake window, and makes a client broadcast. If the application has no broadcasts,
    /// the client sends one message of each kind.
    pub(super) async fn close(&mut self) -> Result<(), Halt> {
        self.choices.calm_down();
        self.gateway.restore_quotas();
        // Each step counts, because the local variables of this phase are in no sketch.
        self.closing_step += 1;
        self.record(None, EventKind::FaultsStopped)?;
        self.wait_for_the_deaf().await?;
        self.emit_last().await?;
        let closer = self.add_closer(CLOSER);
        for attempt in 1..=TRIES_MAX {
            if self.sender().is_none() {
                self.closing_step += 1;
                self.connect_now(closer, attempt)?;
                self.settle().await?;
            }
            self.wait_until_rows_are_old().await?;
            // The wait may have been too long for an idle connection.
            if let Some(sender) = self.sender() {
                self.closing_step += 1;
                return self.speak_last(sender).await;
            }
        }
        Ok(())
    }

    /// Makes a client broadcast, or send one message of each kind if there are no broadcasts.
    async fn speak_last(&mut self, sender: ConnectionName) -> Result<(), Halt> {
        if self.app.broadcasts().is_some() {
            self.broadcast_now(sender, DATA)?;
            return self.settle().await;
        }
        for (number, text) in (1..).zip(self.last_messages(&sender)) {
            // The message before may have ended the connection.
            let Some(sender) = self.sender() else { break };
            self.closing_step += 1;
            self.say_now(sender, text, number)?;
            self.settle().await?;
        }
        Ok(())
    }

    /// Lets one event of each kind come from outside.
    async fn emit_last(&mut self) -> Result<(), Halt> {
        let names: Vec<ClientName> = self.clients.iter().map(|it| it.name.clone()).collect();
        let everybody: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let speaker = Speaker { name: WORLD, everybody: &everybody, ordinal: 0 };
        let events = self.app.vocabulary().every_event(speaker);
        let steps = self.clients.iter().filter(|it| it.name == *WORLD).flat_map(|it| &*it.steps);
        let emits = steps.filter(|step| matches!(step.action, Action::Emit { .. }));
        let last = emits.map(|step| step.ordinal).max().unwrap_or(0);
        for (ordinal, (target, payload)) in (last + 1..).zip(events) {
            self.closing_step += 1;
            let step = ClientName::from(WORLD).step("e", ordinal);
            self.emit(step, &target, payload)?;
            self.settle().await?;
        }
        Ok(())
    }

    fn last_messages(&self, sender: &ConnectionName) -> Vec<String> {
        let name = self.client_of(sender);
        let speaker = Speaker { name: &name, everybody: &[&name], ordinal: 0 };
        self.app.vocabulary().every_message(speaker)
    }

    /// Waits until the gateway has closed all connections with a full buffer. Their clients do not
    /// read any more, but as long as one is open, no broadcast can be complete (FACTS 3.5, 4.5).
    async fn wait_for_the_deaf(&mut self) -> Result<(), Halt> {
        while let Some(at) = self.deaf_until() {
            self.closing_step += 1;
            self.queue.push(at.max(self.now), 0, None, Occurrence::Pause);
            self.settle().await?;
        }
        Ok(())
    }

    fn deaf_until(&self) -> Option<Time> {
        let left = self.sockets.iter().filter(|(_, socket)| socket.end == End::Left);
        let ids = left.map(|(name, _)| self.names.connection_id(name));
        ids.filter(|id| self.gateway.is_full(id)).find_map(|id| self.gateway.closes_at(&id))
    }

    /// A connection that is open at the gateway and whose client reads.
    fn sender(&self) -> Option<ConnectionName> {
        let ledger = self.recorder.ledger();
        (0..self.clients.len()).filter_map(|client| self.attached_socket(client)).find(
            |connection| {
                ledger.find_connection(connection).is_some_and(|state| state.is_attached())
            },
        )
    }

    async fn wait_until_rows_are_old(&mut self) -> Result<(), Halt> {
        let rows = self.recorder.ledger().rows().values();
        let newest = rows.map(|row| row.stored.at).max().unwrap_or(Time::ZERO);
        let at = (newest + HANDSHAKE_WINDOW + Duration::from_millis(100)).max(self.now);
        self.closing_step += 1;
        self.queue.push(at, 0, None, Occurrence::Pause);
        self.settle().await
    }
}
