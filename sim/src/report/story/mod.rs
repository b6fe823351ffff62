//! What reports and pictures have in common: which events matter, and where fate had a hand.

mod deviations;
mod past;

pub(crate) use deviations::{deviations_at, unseen_deviations};
pub(crate) use past::past;
