//! `PutItem` and `DeleteItem`.

use std::sync::Arc;

use stormglass_spec::Time;

use super::answer::Answer;
use super::capacity::{self, Capacity};
use super::expression::Condition;
use super::item::Item;
use super::table::Table;

/// A `PutItem` request.
#[derive(Clone, Debug)]
pub(super) struct Put {
    pub(super) item: Arc<Item>,
    pub(super) options: WriteOptions,
}

/// A `DeleteItem` request.
#[derive(Clone, Debug)]
pub(super) struct Delete {
    pub(super) key: Item,
    pub(super) options: WriteOptions,
}

/// What the requests that write one row have in common.
#[derive(Clone, Debug)]
pub(super) struct WriteOptions {
    pub(super) condition: Option<Condition>,
    /// `ReturnValues` is `ALL_OLD`.
    pub(super) returns_old: bool,
    /// `ReturnValuesOnConditionCheckFailure` is `ALL_OLD`.
    pub(super) returns_old_on_failure: bool,
    pub(super) capacity: Capacity,
}

pub(super) fn put(table: &mut Table, now: Time, put: &Put) -> Result<Answer, Answer> {
    let key = table.key_of_item(&put.item).map_err(|why| Answer::validation(&why))?;
    write(table, now, key, Some(&put.item), &put.options)
}

/// Succeeds as well where there is no such row (FACTS 6.12).
pub(super) fn delete(table: &mut Table, now: Time, delete: &Delete) -> Result<Answer, Answer> {
    let key = table.key_alone(&delete.key).map_err(|why| Answer::validation(&why))?;
    write(table, now, key, None, &delete.options)
}

fn write(
    table: &mut Table,
    now: Time,
    key: &str,
    item: Option<&Arc<Item>>,
    options: &WriteOptions,
) -> Result<Answer, Answer> {
    let old = table.item(key).cloned();
    if options.condition.as_ref().is_some_and(|condition| !condition.holds(old.as_deref())) {
        let shown = old.as_deref().filter(|_| options.returns_old_on_failure);
        return Err(Answer::condition_failed(shown));
    }
    let body = success_body(table.name(), old.as_deref(), item, options);
    let changes = table.write(now, key, item.cloned());
    Ok(Answer { changes, ..Answer::success(body) })
}

fn success_body(
    table: &str,
    old: Option<&Item>,
    new: Option<&Arc<Item>>,
    options: &WriteOptions,
) -> String {
    let mut members = Vec::new();
    if let Some(old) = old.filter(|_| options.returns_old) {
        members.push(format!("\"Attributes\":{}", old.wire()));
    }
    // The larger of what was there and what is there now is paid for.
    let bytes = old.map_or(0, Item::bytes).max(new.map_or(0, |item| item.bytes()));
    members.extend(options.capacity.member(table, capacity::of_write(bytes)));
    format!("{{{}}}", members.join(","))
}
