//! The layout that reports and drawings share.

use stormglass_spec::Time;

/// The width of a report, except for the line that replays the run.
pub const WIDTH: usize = 100;

/// Returns a time in milliseconds, to the microsecond.
pub fn milliseconds(at: Time) -> String {
    format!("{}.{:03}", at.micros() / 1_000, at.micros() % 1_000)
}

/// Cuts the middle of a name that is too long for its place: names differ at their ends.
pub(crate) fn shorten_middle(name: &str, width: usize) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() <= width {
        return name.to_owned();
    }
    let end = width / 2;
    let beginning = characters[..width - end - 1].iter();
    let end = characters[characters.len() - end..].iter();
    beginning.chain(['\u{2026}'].iter()).chain(end).collect()
}

/// Cuts a text that is too long for its column.
pub fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{kept}...")
}
