//! Ids as AWS makes them: 11 bytes in base64url (FACTS 5.5).

use std::ops::Range;

use aws_smithy_types::base64;

use super::{ConnectionId, RequestId};

/// Makes the id of a connection. `own` tells it apart from all others.
pub fn connection_id(own: [u8; 5]) -> ConnectionId {
    make(own, 0x02)
}

/// Makes the id of a request. `own` tells it apart from all others.
pub fn request_id(own: [u8; 5]) -> RequestId {
    make(own, 0x05)
}

/// The number of characters of an id.
const ID_CHARS: usize = 16;

/// Finds the texts in a text that have the shape of an id, such as that in `CONN#L0SM9cOFvHcCIhw=`.
pub fn ids_in(text: &str) -> impl Iterator<Item = Range<usize>> {
    let ends = text.match_indices('=').map(|(at, _)| at + 1);
    ends.filter_map(move |end| {
        let start = end.checked_sub(ID_CHARS)?;
        let id = text.get(start..end)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        id.trim_end_matches('=').bytes().all(is_plain).then_some(start..end)
    })
}

/// Makes an id: three bytes that grow with time on AWS and stay the same here, five that tell ids
/// apart, the kind, and the tag of a socket host.
fn make([a, b, c, d, e]: [u8; 5], kind: u8) -> String {
    let bytes = [0x6b, 0x1f, 0x80, a, b, c, d, e, kind, 0x1c, 0x87];
    base64::encode(bytes).replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_wherever_they_stand_in_a_text() {
        let (one, other) = (connection_id([1; 5]), connection_id([2; 5]));
        let text = format!("CONN#{one}/user-{other}, =, é={}", &one[1..]);
        let found: Vec<&str> = ids_in(&text).map(|place| &text[place]).collect();
        assert_eq!(found, [one.as_str(), &other]);
        assert_eq!(ids_in(&one).next(), Some(0..16));
    }

    #[test]
    fn ids_look_as_those_of_aws() {
        let id = connection_id([0xff; 5]);
        assert_eq!((id.len(), &id[11..12], &id[15..]), (16, "C", "="), "{id}");
        assert!(!id.contains(['+', '/']), "{id}");
        assert_eq!(&request_id([0; 5])[11..12], "F");
    }
}
