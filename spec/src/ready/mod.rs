//! Ready-made promises for any application, beyond those of [`properties`](crate::properties).
//!
//! An application adds the ones that it makes to its own.

mod service_failure;
mod unfailing;

pub use unfailing::UNFAILING;

use crate::property::Property;

/// The ready-made promises without parameters.
pub static READY: [Property; 1] = [UNFAILING];

/// Returns every ready-made promise for a reader. Those with parameters have some that test nothing.
pub fn samples() -> Vec<Property> {
    READY.to_vec()
}
