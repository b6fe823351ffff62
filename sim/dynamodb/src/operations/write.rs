//! A write to one row, alone or in a transaction.

use std::sync::Arc;

use super::transaction;
use crate::answer::Answer;
use crate::expression::{Condition, Update};
use crate::item::{ITEM_BYTES_MAX, Item};
use crate::key::{Key, KeyFault};
use crate::table::Table;

/// A write to one row, or a check of it.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) table: String,
    pub(crate) effect: RowEffect,
    pub(crate) condition: Option<Condition>,
}

/// The effect of a write on its row.
#[derive(Clone, Debug)]
pub(crate) enum RowEffect {
    Put(Arc<Item>),
    Delete {
        key: Item,
    },
    Update {
        key: Item,
        update: Option<Update>,
    },
    /// No effect: only the condition counts.
    Check {
        key: Item,
    },
}

/// A write that has been worked out and not yet carried out.
#[derive(Clone, Debug)]
pub(super) struct WritePlan {
    pub(super) key: Key,
    pub(super) old: Option<Arc<Item>>,
    /// The item after the write, if there is one then.
    pub(super) new: Option<Arc<Item>>,
}

/// The reason why a write is not carried out.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// The condition is false; `old` is the item in the table.
    Condition { old: Option<Arc<Item>> },
    /// A transaction in progress has the row (FACTS 6.14).
    Conflict,
    /// The write has a fault.
    Fault(WriteFault),
}

/// A fault of a write.
#[derive(Clone, Debug)]
pub(super) enum WriteFault {
    Key(KeyFault),
    Other(Answer),
}

impl Write {
    /// An item that holds the key of the row.
    pub(crate) fn key_item(&self) -> &Item {
        match &self.effect {
            RowEffect::Put(item) => item,
            RowEffect::Delete { key }
            | RowEffect::Update { key, .. }
            | RowEffect::Check { key } => key,
        }
    }

    /// The table of the row, and an item that holds its key.
    pub(crate) fn row(&self) -> (&str, &Item) {
        (&self.table, self.key_item())
    }

    /// Checks the write as far as no row is needed, and returns the key of its row.
    pub(super) fn locate(&self, table: &Table) -> Result<Key, WriteFault> {
        let keys = table.keys();
        let key = match &self.effect {
            RowEffect::Put(item) => {
                let key = keys.key_of_item(item)?;
                table.check_indexes(item, None)?;
                key
            }
            RowEffect::Delete { key }
            | RowEffect::Update { key, .. }
            | RowEffect::Check { key } => keys.key_alone(key)?,
        };
        if let RowEffect::Update { update: Some(update), .. } = &self.effect
            && let Some(name) = update.attributes().find(|name| keys.has(name))
        {
            return Err(WriteFault::Other(Answer::validation(&format!(
                "One or more parameter values were invalid: Cannot update attribute {name}. This \
                 attribute is part of the key"
            ))));
        }
        if let RowEffect::Update { update: Some(update), .. } = &self.effect {
            table.check_index_types(|name| update.type_name(name))?;
            let check = table.check_paths(|name| update.looks_into(name));
            check.map_err(WriteFault::Other)?;
        }
        if let Some(condition) = &self.condition {
            table.check_paths(|name| condition.looks_into(name)).map_err(WriteFault::Other)?;
        }
        Ok(key)
    }

    /// Works out the write to the row at `key`, which [`Write::locate`] has returned.
    pub(super) fn plan(&self, table: &Table, key: Key) -> Result<WritePlan, Refusal> {
        if table.is_locked(&key) {
            return Err(Refusal::Conflict);
        }
        let old = table.item(&key).cloned();
        if self.condition.as_ref().is_some_and(|condition| !condition.holds(old.as_deref())) {
            return Err(Refusal::Condition { old });
        }
        let new = match &self.effect {
            RowEffect::Put(item) => Some(item.clone()),
            RowEffect::Delete { .. } => None,
            RowEffect::Check { .. } => old.clone(),
            RowEffect::Update { key, update } => {
                Some(updated(table, key, update.as_ref(), old.as_ref()).map_err(Refusal::Fault)?)
            }
        };
        Ok(WritePlan { key, old, new })
    }
}

impl WritePlan {
    /// The size of the old or the new item, whichever is larger.
    pub(super) fn bytes(&self) -> usize {
        let bytes = |item: &Option<Arc<Item>>| item.as_ref().map_or(0, |item| item.bytes());
        bytes(&self.old).max(bytes(&self.new))
    }
}

fn updated(
    table: &Table,
    key: &Item,
    update: Option<&Update>,
    old: Option<&Arc<Item>>,
) -> Result<Arc<Item>, WriteFault> {
    let new = match (update, old) {
        (Some(update), old) => {
            Arc::new(update.apply(key, old.map(|old| &**old)).map_err(WriteFault::Other)?)
        }
        (None, Some(old)) => old.clone(),
        (None, None) => Arc::new(key.clone()),
    };
    if new.bytes() > ITEM_BYTES_MAX {
        return Err(WriteFault::Other(update_too_large()));
    }
    table.check_indexes(&new, Some(old.map(|old| &**old)))?;
    Ok(new)
}

/// Refuses an update that makes its item too large.
pub(super) fn update_too_large() -> Answer {
    Answer::validation("Item size to update has exceeded the maximum allowed size")
}

impl Refusal {
    /// The answer to a request for this write alone.
    pub(super) fn answer(self, shows_old: bool) -> Answer {
        match self {
            Refusal::Condition { old } => {
                Answer::condition_failed(old.as_deref().filter(|_| shows_old))
            }
            Refusal::Conflict => transaction::conflict(),
            Refusal::Fault(fault) => fault.answer(),
        }
    }
}

impl WriteFault {
    /// The message of AWS.
    pub(super) fn message(self) -> String {
        match self {
            WriteFault::Key(fault) => fault.message(),
            WriteFault::Other(answer) => answer.message(),
        }
    }

    pub(super) fn answer(self) -> Answer {
        match self {
            WriteFault::Key(fault) => fault.answer(),
            WriteFault::Other(answer) => answer,
        }
    }
}

impl From<KeyFault> for WriteFault {
    fn from(fault: KeyFault) -> WriteFault {
        WriteFault::Key(fault)
    }
}

/// Writes the `ItemCollectionMetrics` of a write.
///
/// Only a table with a local index has item collections.
pub(super) fn collection(table: &Table, key: &Key) -> Option<String> {
    table.has_local_index().then(|| {
        let partition = Item::new([(table.keys().hash.name.clone(), key.hash.to_value())].into());
        let partition = partition.json();
        format!("{{\"ItemCollectionKey\":{partition},\"SizeEstimateRangeGB\":[0.0,1.0]}}")
    })
}
