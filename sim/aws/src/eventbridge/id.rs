//! Ids, hashed from the keys of the driver.

use stormglass_spec::CONSTANT;
use stormglass_spec::hash::keyed_for;

/// Makes a random UUID, as AWS gives events (FACTS 14.5). `key` tells it apart from all others.
pub(crate) fn uuid(key: &str) -> String {
    let high = keyed_for(CONSTANT, key, "eventbridge.id.high");
    let low = keyed_for(CONSTANT, key, "eventbridge.id.low");
    // Version 4, variant 1.
    let high = high & !0xf000 | 0x4000;
    let low = low & (u64::MAX >> 2) | 1 << 63;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_4_that_depend_on_their_key() {
        let one = uuid("ana.put1");
        assert_eq!(one, uuid("ana.put1"));
        assert_ne!(one, uuid("ana.put2"));
        for index in 0..100 {
            let id = uuid(&format!("key{index}"));
            let parts: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
        }
    }
}
