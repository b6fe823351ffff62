//! What of the gateway's state can still make a difference.

use stormglass_spec::{Sketch, Time};

use super::Gateway;
use super::connection::Connection;

impl Gateway {
    /// Adds all that can still make a difference from `now` on. What is deployed is left out.
    pub fn sketch(&self, now: Time, sketch: &mut Sketch) {
        self.requests.sketch(now, sketch);
        self.handshakes.sketch(now, sketch);
        let mut connections: Vec<_> = self.connections.iter().collect();
        connections.sort_unstable_by_key(|(id, _)| *id);
        sketch.list(connections, |sketch, (id, connection)| {
            sketch.text(id);
            connection.sketch(sketch);
        });
        sketch.list(&self.invocations, |sketch, (request, pending)| {
            sketch.text(request);
            sketch.debug(pending);
        });
    }
}

impl Connection {
    fn sketch(&self, sketch: &mut Sketch) {
        sketch.debug(&self.state);
        sketch.time(self.connected_at);
        sketch.option(self.user_agent.as_deref(), Sketch::text);
        sketch.option(self.grant.as_ref(), |sketch, grant| sketch.debug(grant));
        // How busy a connection was that is over makes no difference.
        if self.is_open() {
            sketch.time(self.last_active);
            sketch.number(u64::from(self.frames_buffered));
        }
    }
}
