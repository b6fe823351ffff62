//! A stream of a table: its shards, and the record of each change.

use std::sync::Arc;

use stormglass_spec::{Sketch, Time};

use super::record::{RecordKind, StreamRecord};
use super::sequence::SequenceNumber;
use super::shard::Shard;
use crate::item::Item;
use crate::key::Key;
use crate::names;
use crate::rows::Position;
use crate::schema::KeySchema;
use crate::state::{ChangeSpan, StreamDeclaration};

/// A stream with its records.
#[derive(Clone, Debug)]
pub(crate) struct StreamLog {
    pub(crate) arn: Arc<str>,
    pub(crate) table: String,
    pub(crate) keys: KeySchema,
    pub(crate) declaration: StreamDeclaration,
    /// Oldest first; a child stands behind its parent.
    pub(crate) shards: Vec<Shard>,
    /// The number of open shards.
    places: u32,
}

/// A write to a row, with the items before and after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemWrite<'a> {
    pub(crate) key: &'a Key,
    pub(crate) old: Option<&'a Arc<Item>>,
    pub(crate) new: Option<&'a Arc<Item>>,
    /// True if the row expired.
    pub(crate) is_expiry: bool,
}

impl StreamLog {
    /// A stream without records, with this number of open shards.
    pub(crate) fn new(
        table: &str,
        keys: &KeySchema,
        declaration: StreamDeclaration,
        places: u32,
    ) -> StreamLog {
        let arn: Arc<str> = names::stream_arn(table, &declaration.label()).into();
        let opened_at = declaration.opened.done_at;
        let shards = (0..places).map(|place| Shard::first(&arn, place, opened_at)).collect();
        let (table, keys) = (table.to_owned(), keys.clone());
        StreamLog { arn, table, keys, declaration, shards, places }
    }

    /// Follows the declaration of the table.
    ///
    /// Returns false if the declaration is that of another stream.
    pub(crate) fn follow(&mut self, declaration: StreamDeclaration) -> bool {
        let is_same = self.declaration.labelled_at == declaration.labelled_at;
        if is_same {
            self.declaration = declaration;
        }
        is_same
    }

    /// Closes the stream with its table, if it is still open.
    pub(crate) fn close(&mut self, span: ChangeSpan) {
        self.declaration.closed.get_or_insert(span);
    }

    /// Writes the record of a change, if the write changes the item (FACTS 13.2).
    pub(crate) fn note(&mut self, now: Time, write: ItemWrite<'_>) {
        if !self.declaration.is_on(now) {
            return;
        }
        let kind = match (write.old, write.new) {
            (None, None) => return,
            (Some(old), Some(new)) if Arc::ptr_eq(old, new) || old == new => return,
            (Some(_), Some(_)) => RecordKind::Modify,
            (None, Some(_)) => RecordKind::Insert,
            (Some(_), None) => RecordKind::Remove,
        };
        let place = Position::new(write.key).segment(self.places);
        let keys = self.key_item(write.key);
        let view = self.declaration.view;
        let shard = self.shards.iter_mut().find(|shard| shard.is_open() && shard.place == place);
        let shard = shard.expect("every place has one open shard");
        let (sequence, created_at) = shard.advance(now);
        shard.push(StreamRecord {
            sequence,
            stream: Arc::clone(&self.arn),
            view,
            kind,
            is_expiry: write.is_expiry,
            created_at,
            partition: write.key.hash.to_string(),
            keys,
            old: write.old.filter(|_| view.has_old()).cloned(),
            new: write.new.filter(|_| view.has_new()).cloned(),
        });
    }

    /// Closes every open shard, and opens a child of each (FACTS 13.4).
    pub(crate) fn roll(&mut self, now: Time) {
        let open = self.shards.iter_mut().filter(|shard| shard.is_open());
        let children: Vec<_> = open.map(|shard| shard.roll(&self.arn, now)).collect();
        self.shards.extend(children);
    }

    /// Drops the records and the shards that are a day old (FACTS 13.4).
    pub(crate) fn forget(&mut self, now: Time) {
        self.shards.iter_mut().for_each(|shard| shard.forget(now));
        self.shards.retain(|shard| !shard.is_gone(now));
    }

    /// True once the stream is deleted: a day after it was closed.
    pub(crate) fn is_gone(&self, now: Time) -> bool {
        self.declaration.is_gone(now)
    }

    pub(crate) fn shard(&self, id: &str) -> Option<&Shard> {
        self.shards.iter().find(|shard| shard.id == id)
    }

    /// The records of a shard behind a position, which is a sequence number or the start.
    pub(crate) fn records_after(
        &self,
        now: Time,
        shard: &str,
        position: Option<&str>,
    ) -> Vec<StreamRecord> {
        let from = position.and_then(SequenceNumber::parse).map(SequenceNumber::next);
        let shard = self.shard(shard).into_iter();
        shard.flat_map(|shard| shard.records_from(now, from.unwrap_or_default())).cloned().collect()
    }

    pub(crate) fn sketch(&self, sketch: &mut Sketch) {
        let StreamLog { arn, table: _, keys, declaration, shards, places } = self;
        sketch.text(arn);
        sketch.debug(keys);
        sketch.debug(declaration);
        sketch.list(shards, |sketch, shard| shard.sketch(sketch));
        sketch.number(u64::from(*places));
    }

    fn key_item(&self, key: &Key) -> Arc<Item> {
        let hash = (self.keys.hash.name.clone(), key.hash.to_value());
        let range = self.keys.range.iter().zip(&key.range);
        let range = range.map(|(attribute, value)| (attribute.name.clone(), value.to_value()));
        Arc::new(Item::new(std::iter::once(hash).chain(range).collect()))
    }
}
