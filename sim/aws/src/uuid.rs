//! Ids in the form of a UUID of version 4.

use stormglass_spec::{CONSTANT, hash};

/// Makes the id that belongs to a key and a purpose: `6f1c2f4e-5b0a-4c3e-9a51-0c8f1e2d3b4a`.
pub(crate) fn uuid(key: &str, purpose: &str) -> String {
    let first = hash::keyed_for(CONSTANT, key, purpose);
    let second = hash::keyed(first, purpose);
    // RFC 9562: the version is 4, and the variant is `10` in binary.
    let (head, middle, version) = (first >> 32, (first >> 16) & 0xffff, first & 0xfff);
    let (variant, tail) = ((second >> 48) & 0x3fff | 0x8000, second & 0xffff_ffff_ffff);
    format!("{head:08x}-{middle:04x}-4{version:03x}-{variant:04x}-{tail:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_form_of_version_4_and_depends_on_key_and_purpose() {
        let id = uuid("key", "message");
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(&id[14..15], "4", "{id}");
        assert!(["8", "9", "a", "b"].contains(&&id[19..20]), "{id}");
        assert_ne!(id, uuid("key", "other"));
        assert_ne!(id, uuid("other", "message"));
    }
}
