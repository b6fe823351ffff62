//! Ready-made promises for any application, beyond those of [`properties`].
//!
//! Those in [`READY`] are as they are; the functions make promises with parameters. An application
//! adds the ones that it makes to its own.
//!
//! ```
//! use stormglass_spec::{Property, ready};
//!
//! let promises: Vec<Property> = vec![
//!     ready::NO_LOST_UPDATE,
//!     ready::newest_wins("user"),
//!     ready::in_order(|text| text.strip_prefix('#')?.parse().ok()),
//! ];
//! let ids: Vec<&str> = promises.iter().map(|promise| promise.id).collect();
//! assert_eq!(ids, ["no-lost-update", "newest-wins", "in-order"]);
//! ```

mod change;
mod everyone_gets_in;
mod in_order;
mod kept;
mod newest_wins;
mod no_lost_update;
mod no_skip;
mod reply_says;
mod service_failure;
mod unfailing;
mod writes;

pub use everyone_gets_in::EVERYONE_GETS_IN;
pub use in_order::in_order;
pub use kept::KEPT;
pub use newest_wins::newest_wins;
pub use no_lost_update::NO_LOST_UPDATE;
pub use no_skip::no_skip;
pub use reply_says::reply_says;
pub use unfailing::UNFAILING;

use crate::properties;
use crate::property::Property;

/// The ready-made promises without parameters.
pub static READY: [Property; 4] = [UNFAILING, NO_LOST_UPDATE, KEPT, EVERYONE_GETS_IN];

/// The promises that fit any service, with broadcasts or without.
///
/// A service that lets its SDK clients wait for ever breaks `in-time`, and one that passes the
/// errors of its services on breaks `unfailing`. Both are worth a promise, and a decision.
pub static ANY_SERVICE: [Property; 4] =
    [properties::DISCREET, properties::WELL_FORMED, NO_LOST_UPDATE, KEPT];

/// Returns every ready-made promise for a reader. Those with parameters test nothing.
pub fn samples() -> Vec<Property> {
    let with_parameters =
        [newest_wins("user"), in_order(|_| None), reply_says(|_, _| None), no_skip(|_| None)];
    READY.iter().cloned().chain(with_parameters).collect()
}
