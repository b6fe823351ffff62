//! What all writes to one row have in common, alone or in a transaction.

use std::sync::Arc;

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

/// What is to become of a row.
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
    /// Nothing: only the condition counts.
    Check {
        key: Item,
    },
}

/// What a write will do, worked out and not yet carried out.
#[derive(Clone, Debug)]
pub(super) struct WritePlan {
    pub(super) key: Key,
    pub(super) old: Option<Arc<Item>>,
    /// What will be there.
    pub(super) new: Option<Arc<Item>>,
}

/// Why a write is not carried out.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    /// Its condition does not hold of what is there.
    Condition { old: Option<Arc<Item>> },
    /// It is not sound.
    Fault(WriteFault),
}

/// What is wrong with a write.
#[derive(Clone, Debug)]
pub(super) enum WriteFault {
    Key(KeyFault),
    Other(Answer),
}

impl Write {
    /// The attributes in which the key of the row is.
    pub(crate) fn key_item(&self) -> &Item {
        match &self.effect {
            RowEffect::Put(item) => item,
            RowEffect::Delete { key }
            | RowEffect::Update { key, .. }
            | RowEffect::Check { key } => key,
        }
    }

    /// The table of the row, and an item in which its key is.
    pub(crate) fn row(&self) -> (&str, &Item) {
        (&self.table, self.key_item())
    }

    /// The key of the row, once everything that needs no row has been checked.
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

    /// What the write will do to the row at `key`, which [`Write::locate`] gave.
    pub(super) fn plan(&self, table: &Table, key: Key) -> Result<WritePlan, Refusal> {
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
    /// The larger of what was there and what will be there.
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

/// What an update makes of an item is more than an item can hold.
pub(super) fn update_too_large() -> Answer {
    Answer::validation("Item size to update has exceeded the maximum allowed size")
}

impl Refusal {
    /// The answer to a request that was for this write alone.
    pub(super) fn answer(self, shows_old: bool) -> Answer {
        match self {
            Refusal::Condition { old } => {
                Answer::condition_failed(old.as_deref().filter(|_| shows_old))
            }
            Refusal::Fault(unsound) => unsound.answer(),
        }
    }
}

impl WriteFault {
    /// What AWS says.
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

/// The sizes of the item collections that a write touched, for tables that have such (those with
/// a local index), as the JSON of one `ItemCollectionMetrics`.
pub(super) fn collection(table: &Table, key: &Key) -> Option<String> {
    table.has_local_index().then(|| {
        let partition = Item::new([(table.keys().hash.name.clone(), key.hash.to_value())].into());
        let partition = partition.json();
        format!("{{\"ItemCollectionKey\":{partition},\"SizeEstimateRangeGB\":[0.0,1.0]}}")
    })
}
