//! The messages that clients sent, and their effects.

use std::sync::Arc;

use stormglass_spec::history::Acknowledgement;
use stormglass_spec::name::{ConnectionName, MessageName};

/// A place in the list of observations.
pub(super) type Place = usize;

/// A message that a client sent, and its effects.
#[derive(Clone, Debug)]
pub(super) struct SentMessage {
    pub(super) name: MessageName,
    pub(super) connection: ConnectionName,
    pub(super) at: Place,
    /// The number of the broadcast, if it is one.
    pub(super) number: Option<u32>,
    /// True if it must be answered.
    pub(super) is_asking: bool,
    /// The answers to it, those in the gateway's own words included.
    pub(super) answers: Vec<Place>,
    /// The first answer which says that it was carried out.
    pub(super) acknowledged: Option<(Place, Acknowledgement)>,
    /// The first text after it, on its connection, that looks like an answer and that may be one
    /// to it. Only set where other people may have sent such a text.
    pub(super) possible_answer: Option<Place>,
    /// The clients that got it, and the text that they got.
    pub(super) arrivals: Vec<Arrival>,
}

/// The arrival of a broadcast at a client.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) at: Place,
    pub(super) connection: ConnectionName,
    pub(super) data: Arc<str>,
}
