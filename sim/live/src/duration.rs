//! Lengths of time as people write them.

use std::time::Duration;

/// Reads a whole number and its unit, such as `500ms`, `30s`, `10m` or `2h`.
///
/// # Errors
///
/// What a length of time looks like, if this is none.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let millis_each = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let number = number.parse::<u32>().ok().filter(|number| *number > 0);
    let millis = number.zip(millis_each).map(|(number, each)| u64::from(number) * each);
    millis.map(Duration::from_millis).ok_or_else(|| {
        "a time is a whole number above zero and one of ms, s, m, h: 500ms, 30s, 10m".to_owned()
    })
}
