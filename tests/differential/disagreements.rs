//! Where the emulators are known to be wrong: the one table of it.

use crate::generate::{Ask, Shape};
use crate::peers::Emulator;
use crate::seen::Seen;

/// Two answers to one request that differ.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) emulator: Emulator,
    pub(crate) shape: &'a Shape,
    pub(crate) ask: &'a Ask,
    pub(crate) ours: &'a Seen,
    pub(crate) theirs: &'a Seen,
}

/// One thing that an emulator does and AWS does not.
struct Disagreement {
    emulator: Emulator,
    what: &'static str,
    /// Whether the exchange is exactly about that.
    applies: fn(&Exchange<'_>) -> bool,
}

/// The first known disagreement that explains why the answers differ.
pub(crate) fn known(exchange: &Exchange<'_>) -> Option<&'static str> {
    let here = |it: &&Disagreement| it.emulator == exchange.emulator && (it.applies)(exchange);
    DISAGREEMENTS.iter().find(here).map(|it| it.what)
}

const DISAGREEMENTS: &[Disagreement] = &[];
