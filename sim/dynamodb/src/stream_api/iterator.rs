//! Shard iterators: a position in a shard, as a text that clients pass back.

use std::time::Duration;

use stormglass_spec::Time;

use crate::json;
use crate::stream::SequenceNumber;

/// The time for which an iterator can be used (FACTS 13.16).
pub(super) const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// A position in a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShardIterator {
    /// The ARN of the stream.
    pub(super) stream: String,
    pub(super) shard: String,
    /// The next record has this number or a later one; zero stands for the oldest record.
    pub(super) from: SequenceNumber,
    pub(super) issued_at: Time,
}

impl ShardIterator {
    /// Writes the iterator: the ARN of the stream, and the rest in base64.
    pub(super) fn text(&self) -> String {
        let ShardIterator { stream, shard, from, issued_at } = self;
        let mut out = format!("{stream}|1|");
        let rest = format!("{shard}/{from}/{}", issued_at.micros());
        json::write_base64(&mut out, rest.as_bytes());
        out
    }

    /// Parses an iterator; none for a text that is none.
    pub(super) fn parse(text: &str) -> Option<ShardIterator> {
        let (stream, rest) = text.split_once("|1|")?;
        let rest = String::from_utf8(json::parse_base64(rest)?).ok()?;
        let mut parts = rest.split('/');
        let (shard, from, issued_at) = (parts.next()?, parts.next()?, parts.next()?);
        let issued_at = Time::from_micros(issued_at.parse().ok()?);
        let from = SequenceNumber::parse(from)?;
        let is_whole = parts.next().is_none();
        let (stream, shard) = (stream.to_owned(), shard.to_owned());
        is_whole.then_some(ShardIterator { stream, shard, from, issued_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iterator_can_be_read_back_and_other_texts_are_none() {
        let iterator = ShardIterator {
            stream: "arn:aws:dynamodb:eu-central-1:1:table/t/stream/l".to_owned(),
            shard: "shardId-1".to_owned(),
            from: SequenceNumber::new(Time::ZERO, 1, 0),
            issued_at: Time::from_millis(5),
        };
        let text = iterator.text();
        assert_eq!(ShardIterator::parse(&text), Some(iterator));
        for text in ["", "x", "a|1|", "a|1|YQ==", "a|1|=", &text[..text.len() - 1]] {
            assert_eq!(ShardIterator::parse(text), None, "{text}");
        }
    }
}
