//! Sketches of the gateway: hashes of the state that can still make a difference.
//!
//! Each one takes its type apart field by field, so that a new field cannot be left out unseen.

use stormglass_spec::{Sketch, Time};

use super::Gateway;
use super::connection::Connection;

impl Gateway {
    /// Adds everything that can still make a difference from `now` on.
    pub fn sketch(&self, now: Time, sketch: &mut Sketch) {
        let Gateway {
            // Deployed once, and the same in all states of a run.
            stage: _,
            api: _,
            limits: _,
            requests,
            handshakes,
            connections,
            invocations,
        } = self;
        requests.sketch(now, sketch);
        handshakes.sketch(now, sketch);
        let mut connections: Vec<_> = connections.iter().collect();
        connections.sort_unstable_by_key(|(id, _)| *id);
        sketch.list(connections, |sketch, (id, connection)| {
            sketch.text(id);
            connection.sketch(sketch);
        });
        sketch.list(invocations, |sketch, (request, invocation)| {
            sketch.text(request);
            sketch.debug(invocation);
        });
    }
}

impl Connection {
    fn sketch(&self, sketch: &mut Sketch) {
        let Connection {
            state,
            connected_at,
            last_active,
            user_agent,
            source_ip,
            domain,
            grant,
            frames_buffered,
        } = self;
        sketch.debug(state);
        sketch.time(*connected_at);
        sketch.option(user_agent.as_deref(), Sketch::text);
        sketch.text(source_ip);
        sketch.option(domain.as_deref(), Sketch::text);
        sketch.option(grant.as_ref(), |sketch, grant| sketch.debug(grant));
        // A connection that is over makes no difference by its traffic.
        if self.is_open() {
            sketch.time(*last_active);
            sketch.number(u64::from(*frames_buffered));
        }
    }
}
