//! Times as AWS writes them, from ms since 1970, and ids of traces, which hold a time.

use stormglass_spec::{CONSTANT, hash};
use time::OffsetDateTime;

/// Writes a time as events have it: `29/Nov/2023:08:04:01 +0000` (FACTS 5.5).
pub(crate) fn request_time(epoch_ms: u64) -> String {
    let at = date(epoch_ms);
    let (day, month, year) = (at.day(), at.month().to_string(), at.year());
    let (hour, minute, second) = at.to_hms();
    format!("{day:02}/{month:.3}/{year}:{hour:02}:{minute:02}:{second:02} +0000")
}

/// Writes a time as `@connections` has it: `2023-11-29T08:04:01.796Z` (FACTS 3.4).
pub(crate) fn iso_8601(epoch_ms: u64) -> String {
    let at = date(epoch_ms);
    let (day, month, year) = (at.day(), u8::from(at.month()), at.year());
    let (hour, minute, second) = at.to_hms();
    let millis = epoch_ms % 1_000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Returns the trace id of a request, such as `Root=1-65d2ff2e-718990494fd688f062bf1571`: the time
/// in seconds, and 24 digits that tell requests apart.
pub(crate) fn trace_id(request: &str, epoch_ms: u64) -> String {
    let seconds = epoch_ms / 1_000;
    let own = hash::keyed_for(CONSTANT, request, "trace");
    let more = hash::keyed_for(CONSTANT, request, "more of the trace") >> 32;
    format!("Root=1-{seconds:08x}-{own:016x}{more:08x}")
}

fn date(epoch_ms: u64) -> OffsetDateTime {
    let seconds = (epoch_ms / 1_000).cast_signed();
    OffsetDateTime::from_unix_timestamp(seconds).expect("the year has four digits")
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;
    use aws_smithy_types::date_time::Format;

    use super::*;

    #[test]
    fn request_time_is_written_as_aws_writes_it() {
        assert_eq!(request_time(1_701_245_041_798), "29/Nov/2023:08:04:01 +0000");
        assert_eq!(request_time(1_709_164_800_000), "29/Feb/2024:00:00:00 +0000");
        assert_eq!(request_time(1_704_067_199_999), "31/Dec/2023:23:59:59 +0000");
    }

    #[test]
    fn the_sdk_reads_the_times_of_connections() {
        for (epoch_ms, text) in [
            (1_701_245_041_796, "2023-11-29T08:04:01.796Z"),
            (1_709_164_800_007, "2024-02-29T00:00:00.007Z"),
        ] {
            assert_eq!(iso_8601(epoch_ms), text);
            let read = DateTime::from_str(text, Format::DateTimeWithOffset).expect("a time");
            assert_eq!(read.to_millis().expect("it is not far off"), epoch_ms as i64);
        }
    }
}
