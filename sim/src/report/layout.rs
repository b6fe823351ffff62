//! The layout that reports and drawings share.

use stormglass_spec::Time;

/// A report is as wide as this, but for the line that replays.
pub const WIDTH: usize = 100;

/// A time in milliseconds, to the microsecond.
pub fn milliseconds(at: Time) -> String {
    format!("{}.{:03}", at.micros() / 1_000, at.micros() % 1_000)
}

/// Cuts what is too long for its column.
pub fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{kept}...")
}
