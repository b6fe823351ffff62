//! Ids in the form of a UUID of version 4.

use stormglass_spec::{CONSTANT, hash};

/// Makes the id that belongs to a key and a purpose: `6f1c2f4e-5b0a-4c3e-9a51-0c8f1e2d3b4a`.
pub(crate) fn uuid(key: &str, purpose: &str) -> String {
    let high = hash::keyed_for(CONSTANT, key, purpose);
    let low = hash::keyed(high, purpose);
    // RFC 9562: the version is 4, and the variant is `10` in binary.
    let high = (high & !0xf000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    written(high, low)
}

/// Writes the id with these two halves.
pub(crate) fn written(high: u64, low: u64) -> String {
    let (first, second, third) = (high >> 32, (high >> 16) & 0xffff, high & 0xffff);
    let (fourth, fifth) = (low >> 48, low & 0xffff_ffff_ffff);
    format!("{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{fifth:012x}")
}

/// Returns the two halves of an id; `None` if it has another form.
pub(crate) fn halves(id: &str) -> Option<(u64, u64)> {
    let digits = id.replace('-', "");
    let half = |from: usize| u64::from_str_radix(digits.get(from..from + 16)?, 16).ok();
    Some((half(0)?, half(16)?))
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
        let (high, low) = halves(&id).expect("two halves");
        assert_eq!(written(high, low), id);
        assert_eq!(halves("no id"), None);
    }
}
