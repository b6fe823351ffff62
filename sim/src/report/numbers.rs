//! Numbers and lengths of time as people write them.

use std::time::Duration;

/// Writes a number with its thousands apart: `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Writes a number with its noun: `1 seed`, `2,000 seeds`.
pub fn count(number: u64, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {noun}{s}", thousands(number))
}

/// Writes a length of time in microseconds to at least two digits: `0.42 ms`, `12.3 ms`,
/// `420 ms`, `1.23 s`, `29.0 s`.
pub fn time(us: u64) -> String {
    match us {
        0 => "0 ms".to_owned(),
        1..10_000 => decimal(us, 1_000, 2) + " ms",
        10_000..100_000 => decimal(us, 1_000, 1) + " ms",
        100_000..1_000_000 => decimal(us, 1_000, 0) + " ms",
        1_000_000..10_000_000 => decimal(us, 1_000_000, 2) + " s",
        10_000_000..120_000_000 => decimal(us, 1_000_000, 1) + " s",
        _ => decimal(us, 60_000_000, 1) + " min",
    }
}

/// Parses a length of time: a whole number and its unit, such as `500ms`, `30s`, `10m` or `2h`.
///
/// # Errors
///
/// The message for a person who wrote something else.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    duration_of(text).ok_or_else(|| expected("a whole number"))
}

/// Parses a length of time as [`parse_time`] does, and refuses zero.
///
/// # Errors
///
/// The message for a person who wrote zero or something else.
pub fn parse_positive_time(text: &str) -> Result<Duration, String> {
    let time = duration_of(text).filter(|time| !time.is_zero());
    time.ok_or_else(|| expected("a whole number above zero"))
}

fn expected(number: &str) -> String {
    format!("expected {number} and a unit (ms, s, m or h), such as 500ms, 30s or 10m")
}

fn duration_of(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let number: u32 = number.parse().ok()?;
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(Duration::from_millis(u64::from(number) * unit_ms))
}

/// Returns `number / unit` to a number of decimals, cut off rather than rounded.
fn decimal(number: u64, unit: u64, decimals: u32) -> String {
    let (whole, rest) = (thousands(number / unit), number % unit);
    if decimals == 0 {
        return whole;
    }
    let places = usize::try_from(decimals).unwrap_or(0);
    let part = rest * 10_u64.pow(decimals) / unit;
    format!("{whole}.{part:0places$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let told = [0, 999, 1_000, 12_345, 1_234_567].map(thousands);
        assert_eq!(told, ["0", "999", "1,000", "12,345", "1,234,567"]);
        assert_eq!([0, 1, 2_000].map(|number| count(number, "seed")).join(", "), {
            "0 seeds, 1 seed, 2,000 seeds"
        });
    }

    #[test]
    fn times_have_two_or_three_digits() {
        let times = [0, 420, 4_200, 12_345, 420_000, 1_234_567, 29_000_000, 7_200_000_000];
        let expected =
            ["0 ms", "0.42 ms", "4.20 ms", "12.3 ms", "420 ms", "1.23 s", "29.0 s", "120.0 min"];
        assert_eq!(times.map(time), expected);
    }

    #[test]
    fn a_time_has_a_unit() {
        let read = ["500ms", "30s", "10m", "2h", "0s"].map(|text| parse_time(text).ok());
        let seconds = [0.5, 30.0, 600.0, 7_200.0, 0.0].map(Duration::from_secs_f64);
        assert_eq!(read, seconds.map(Some));
        for text in ["", "3", "s", "-1s", "2 h", "1d", "4294967296s"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
        assert!(parse_positive_time("0s").is_err() && parse_positive_time("1ms").is_ok());
    }
}
