//! The messages that the clients of a plan send.

use stormglass_spec::quotas::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX};

use crate::case::Action;
use stormglass_spec::hash::Draws;

/// Values that services often spoil: escapes, key order, number formats, empty values.
const AWKWARD_DATA: [&str; 9] = [
    r#"{"b":1,"a":[1.50,null]}"#,
    r#""a \"quote\", a \\ and a \u00e9""#,
    "1e2",
    "null",
    r#""""#,
    r#"{ "spaced" : [ ] }"#,
    r#""\ud83c\udf29 storm""#,
    "[true,false]",
    r#"" padded ""#,
];

/// Text messages that are not broadcasts.
const TEXTS: [&str; 9] = [
    "hello",
    "{}",
    r#"{"action":"dance"}"#,
    r#"{"action":"$disconnect"}"#,
    r#"{"action":"$connect","data":"x"}"#,
    r#"{"action":["broadcast"],"data":"x"}"#,
    r#"["action"]"#,
    r#"{"action":"broadcast"}"#,
    "",
];

/// Draws an action that is not a broadcast: a text, a binary message, a large frame, or a ping.
pub(super) fn rude(draws: &mut Draws) -> Action {
    match draws.below(20) {
        0..3 => Action::Binary(vec![0x00, 0xff]),
        3 => Action::Frame(draws.pick(&sizes_around(FRAME_BYTES_MAX))),
        4 => Action::Ping,
        _ => Action::Text(draws.pick(&TEXTS).to_owned()),
    }
}

/// Draws a broadcast; some are as large as a message may be, or larger (FACTS 3.1).
pub(super) fn broadcast(
    draws: &mut Draws,
    awkward_per_mille: u64,
    name: &str,
    ordinal: u32,
) -> Action {
    if draws.chance(awkward_per_mille) {
        if draws.chance(30) {
            return Action::BroadcastOf(draws.pick(&sizes_around(MESSAGE_BYTES_MAX - 100)));
        }
        return Action::Broadcast(draws.pick(&AWKWARD_DATA).to_owned());
    }
    Action::Broadcast(format!("\"{name} {ordinal}\""))
}

fn sizes_around(bytes: usize) -> [u32; 2] {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    [bytes, bytes.saturating_add(200)]
}
