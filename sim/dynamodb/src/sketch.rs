//! Sketches of the tables: equal for two states that no later request can tell apart.

use std::time::Duration;

use stormglass_spec::{Sketch, Time};

use crate::DynamoDb;

impl DynamoDb {
    /// Adds all that can make a difference from `now` on, if no read is ever behind by more than
    /// `lag_max`.
    pub fn sketch(&self, now: Time, lag_max: Duration, sketch: &mut Sketch) {
        // A run never changes the limits, and no request reads the journal.
        let DynamoDb { tables, replays, limits: _, journal: _ } = self;
        tables.sketch(now - lag_max, sketch);
        sketch.debug(replays);
    }
}
