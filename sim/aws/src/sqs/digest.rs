//! Digests: the MD5 of a body and of attributes, and the SHA-256 of a body (FACTS 12.5, 12.14).

use md5::Md5;
use sha2::{Digest, Sha256};

use super::attribute::{AttributeValue, MessageAttributes};

/// Returns the MD5 of a body, in hexadecimal digits.
pub(super) fn md5_of_body(body: &str) -> String {
    hexadecimal(&Md5::digest(body.as_bytes()))
}

/// Returns the MD5 of attributes, in hexadecimal digits. `None` if there are none.
pub(crate) fn md5_of_attributes(attributes: &MessageAttributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut digest = Md5::new();
    for (name, attribute) in attributes {
        add(&mut digest, name.as_bytes());
        add(&mut digest, attribute.data_type.as_bytes());
        match &attribute.value {
            AttributeValue::Text(text) => {
                digest.update([1]);
                add(&mut digest, text.as_bytes());
            }
            AttributeValue::Binary(bytes) => {
                digest.update([2]);
                add(&mut digest, bytes);
            }
        }
    }
    Some(hexadecimal(&digest.finalize()))
}

/// Returns the SHA-256 of a body, in hexadecimal digits.
pub(super) fn sha256_of_body(body: &str) -> String {
    hexadecimal(&Sha256::digest(body.as_bytes()))
}

/// Adds bytes after their number, which stands in four bytes.
fn add(digest: &mut Md5, bytes: &[u8]) {
    // A message is far smaller than 4 GiB, so its parts are.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    digest.update(length.to_be_bytes());
    digest.update(bytes);
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
