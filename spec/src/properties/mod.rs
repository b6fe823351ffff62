//! The promises, one file each.

mod answered;
mod causal_order;
mod delivered;
mod discreet;
mod honest_ack;
mod in_time;
mod isolated;
mod no_ghosts;
mod not_duplicated;
mod not_invented;
mod refused_is_harmless;
mod registered;
mod row_before_open;
mod verbatim;
mod well_formed;

pub use answered::ANSWERED;
pub use causal_order::CAUSAL_ORDER;
pub use delivered::DELIVERED;
pub use discreet::DISCREET;
pub use honest_ack::HONEST_ACK;
pub use in_time::IN_TIME;
pub use isolated::ISOLATED;
pub use no_ghosts::NO_GHOSTS;
pub use not_duplicated::NOT_DUPLICATED;
pub use not_invented::NOT_INVENTED;
pub use refused_is_harmless::REFUSED_IS_HARMLESS;
pub use registered::REGISTERED;
pub use row_before_open::ROW_BEFORE_OPEN;
pub use verbatim::VERBATIM;
pub use well_formed::WELL_FORMED;

use crate::property::Property;

/// Every promise, the more telling ones first: if one event breaks several, the report names the
/// first of them.
pub static ALL: [Property; 15] = [
    REFUSED_IS_HARMLESS,
    ROW_BEFORE_OPEN,
    REGISTERED,
    DELIVERED,
    HONEST_ACK,
    ISOLATED,
    VERBATIM,
    NOT_INVENTED,
    NOT_DUPLICATED,
    CAUSAL_ORDER,
    DISCREET,
    IN_TIME,
    WELL_FORMED,
    ANSWERED,
    NO_GHOSTS,
];

/// The promise of this name.
pub fn find(id: &str) -> Option<&'static Property> {
    ALL.iter().find(|property| property.id == id)
}
