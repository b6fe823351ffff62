//! Numbers as people write them.

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
}
