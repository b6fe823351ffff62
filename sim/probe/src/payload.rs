//! The payloads of broadcasts: JSON values that are hard to keep as they are, each with a mark in
//! it.
//!
//! A mark is made of letters and digits only, so that it survives every way to escape or re-encode
//! a payload. It stands in the payload twice: one that lost a byte is still known by the other.

/// The number that tells the payloads of one run from those of every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunId(pub u32);

/// The broadcast that the marks in a text tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkMatch {
    /// The broadcast with this number.
    Broadcast(u32),
    /// A broadcast of this run, whose number cannot be read.
    Unreadable,
}

/// JSON strings, in which M stands for the mark.
pub(super) const TEXTS: [&str; 6] = [
    r#""hello M M""#,
    r#"" \t M spaces around M  ""#,
    r#""M a \"quoted\" line\nand \u00e4nother\\ M""#,
    r#""{\"action\":\"broadcast\",\"data\":\"M\",\"again\":\"M\"}""#,
    r#""M \ud83d\ude00 déjà vu, 世界 M""#,
    r#""M <b>&amp;</b> %20 + %7B M""#,
];

/// Other JSON values, in which M stands for the mark.
pub(super) const VALUES: [&str; 5] = [
    r#"{"z":1.0,"a":1e2,"mark":"M","big":12345678901234567890.10,"again":"M"}"#,
    r#"{ "mark" : "M" , "list" : [ 0.10, -0, null ], "again" : "M" }"#,
    r#"["M",null,true,1.50,"M"]"#,
    r#"{"10":"M","9":"M","text":"caf\u00e9 \/ tea"}"#,
    r#"["M",{"a":[],"b":{}},"M"]"#,
];

impl RunId {
    /// Returns the mark of a broadcast.
    pub(super) fn mark(self, number: u32) -> String {
        format!("m{:08x}n{number}e", self.0)
    }

    /// Returns the payload of a broadcast, longer than its template by `padding` characters.
    pub(super) fn payload(self, number: u32, template: &str, padding: usize) -> String {
        let mark = self.mark(number);
        let padded = format!("{mark}{}", ".".repeat(padding));
        // If a mark is the whole of a string, the padding is part of it.
        template.replacen('M', &padded, 1).replacen('M', &mark, 1)
    }

    /// Returns the broadcast that the marks in a text tell of.
    pub(super) fn find(self, text: &str) -> Option<MarkMatch> {
        let prefix = format!("m{:08x}n", self.0);
        let mut parts = text.split(prefix.as_str()).skip(1).peekable();
        parts.peek()?;
        let number = parts.find_map(|rest| rest.split_once('e')?.0.parse().ok());
        Some(number.map_or(MarkMatch::Unreadable, MarkMatch::Broadcast))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: RunId = RunId(0x00c0_ffee);

    #[test]
    fn every_payload_is_json_and_known_by_either_mark() {
        for template in TEXTS.iter().chain(&VALUES) {
            let payload = RUN.payload(17, template, 40);
            serde_json::from_str::<serde_json::Value>(&payload).expect(template);
            assert_eq!(payload.matches(&RUN.mark(17)).count(), 2, "{payload}");
            for spoilt in ["m00c0ffeen17e", "m00c0ffeen17"] {
                let payload = payload.replacen(spoilt, "m00c0ff", 1);
                assert_eq!(RUN.find(&payload), Some(MarkMatch::Broadcast(17)), "{payload}");
            }
        }
    }

    #[test]
    fn other_texts_are_told_apart() {
        assert_eq!(RUN.find("hello"), None);
        assert_eq!(RunId(1).find(&RUN.payload(1, TEXTS[0], 0)), None);
        assert_eq!(RUN.find("m00c0ffeen?e"), Some(MarkMatch::Unreadable));
    }
}
