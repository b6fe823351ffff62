//! What of the tables can still make a difference.

use std::time::Duration;

use stormglass_spec::{Sketch, Time};

use crate::DynamoDb;
use crate::rows::Rows;
use crate::table::{Table, Tables};

impl DynamoDb {
    /// Adds all that can still make a difference from `now` on, if no read is ever behind by more
    /// than `lag_max`.
    pub fn sketch(&self, now: Time, lag_max: Duration, sketch: &mut Sketch) {
        self.tables.sketch(now - lag_max, sketch);
        sketch.debug(&self.replays);
    }
}

impl Tables {
    fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        sketch.list(self.all(), |sketch, table| table.sketch(horizon, sketch));
    }
}

impl Table {
    /// When a row expires follows from the row.
    fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        sketch.debug(self.definition());
        sketch.debug(self.state());
        self.rows().sketch(horizon, sketch);
        sketch.list(self.indexes(), |sketch, index| index.rows.sketch(horizon, sketch));
    }
}

impl Rows {
    /// What was before `horizon`, nobody sees any more.
    fn sketch(&self, horizon: Time, sketch: &mut Sketch) {
        sketch.list(self.since(horizon), |sketch, row| {
            sketch.text(&row.position.table_key().to_string());
            sketch.option(row.first, |sketch, item| sketch.text(item.json()));
            sketch.list(row.later, |sketch, (at, item)| {
                sketch.time(at);
                sketch.option(item, |sketch, item| sketch.text(item.json()));
            });
        });
    }
}
