//! `TransactWriteItems`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use stormglass_spec::Time;

use super::Outcome;
use super::transaction::{self, CancellationReason};
use super::write::{self, Refusal, RowEffect, Write, WriteFault, WritePlan};
use crate::answer::Answer;
use crate::capacity::{CapacityReport, Consumption};
use crate::expression::{Condition, Placeholders, Update};
use crate::item::{ITEM_BYTES_MAX, Item};
use crate::json::{self, Object};
use crate::key::{Key, KeyFault};
use crate::members::{Members, PendingContent};
use crate::names::TextRule;
use crate::replays::{Replay, Replays};
use crate::table::Tables;

const TOKEN: TextRule = TextRule { is_name: false, least: 1, most: 36 };

/// The largest size of all items of one transaction together.
const TRANSACTION_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A `TransactWriteItems` request.
#[derive(Clone, Debug)]
pub(crate) struct TransactWrite {
    actions: Vec<TransactAction>,
    token: Option<String>,
    capacity: CapacityReport,
    /// True if `ReturnItemCollectionMetrics` is `SIZE`.
    measures_collections: bool,
    /// The actions as JSON: equal if a request repeats another one with its token.
    canonical: String,
}

/// A write or a check of one row.
#[derive(Clone, Debug)]
struct TransactAction {
    write: Write,
    /// True if `ReturnValuesOnConditionCheckFailure` is `ALL_OLD`.
    returns_old_on_failure: bool,
}

/// An action of which only the shape has been checked.
#[derive(Debug)]
struct PendingAction<'a> {
    kind: ActionKind,
    members: Members<'a>,
    table: String,
    item: PendingContent<Item>,
    returns_old_on_failure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ActionKind {
    Check,
    Put,
    Delete,
    Update,
}

impl ActionKind {
    /// Every kind with its member, and the member in it that holds the key, in the order of AWS.
    const ALL: [(ActionKind, &str, &str); 4] = [
        (ActionKind::Check, "ConditionCheck", "Key"),
        (ActionKind::Put, "Put", "Item"),
        (ActionKind::Delete, "Delete", "Key"),
        (ActionKind::Update, "Update", "Key"),
    ];

    fn expressions(self) -> &'static [&'static str] {
        match self {
            ActionKind::Update => &["UpdateExpression", "ConditionExpression"],
            ActionKind::Check | ActionKind::Put | ActionKind::Delete => &["ConditionExpression"],
        }
    }
}

impl TransactWrite {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<TransactWrite> {
        let capacity = members.capacity()?;
        let metrics = members.one_of("ReturnItemCollectionMetrics", &["SIZE", "NONE"])?;
        let token = members.text("ClientRequestToken", TOKEN)?.map(str::to_owned);
        let pending = transaction::actions(members, "TransactWriteItem", PendingAction::read)?;
        let mut actions = Vec::new();
        for mut candidates in pending {
            match (candidates.pop(), candidates.is_empty()) {
                (Some(action), true) => actions.push(action.content()?),
                _ => {
                    return Err(Answer::validation(
                        "TransactItems can only contain one of Check, Put, Update or Delete",
                    ));
                }
            }
        }
        let measures_collections = metrics == Some("SIZE");
        let canonical = members.canonical("TransactItems");
        Ok(TransactWrite { actions, token, capacity, measures_collections, canonical })
    }

    /// The `ClientRequestToken`, by which a repetition is known.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    pub(crate) fn writes(&self) -> impl Iterator<Item = &Write> {
        self.actions.iter().map(|action| &action.write)
    }

    /// True if a transaction with this token was carried out: the same one, or another.
    pub(crate) fn repeats(&self, replays: &mut Replays, now: Time) -> bool {
        self.token.as_ref().is_some_and(|token| replays.find(now, token).is_some())
    }

    /// Locks the rows of all actions, and returns them with their tables.
    ///
    /// Locks nothing if the transaction has a fault, which its end reports.
    ///
    /// # Errors
    ///
    /// If another transaction in progress has one of the rows: the cancellation, with the reasons
    /// of all actions.
    pub(crate) fn lock(&self, tables: &mut Tables) -> Outcome<Vec<(String, Key)>> {
        let Ok(located) = self.locate(tables) else { return Ok(Vec::new()) };
        let Ok(keys) = located.into_iter().collect::<Result<Vec<_>, _>>() else {
            return Ok(Vec::new());
        };
        let names = self.writes().map(|write| write.table.clone());
        let rows: Vec<_> = names.zip(keys).collect();
        for (name, key) in &rows {
            if tables.table(name)?.is_locked(key) {
                return self.plan(tables).map(|_| Vec::new());
            }
        }
        for (name, key) in &rows {
            tables.table_mut(name)?.lock(key.clone());
        }
        Ok(rows)
    }

    /// Carries out all of the actions, or none.
    pub(crate) fn apply(
        &self,
        tables: &mut Tables,
        replays: &mut Replays,
        now: Time,
    ) -> Outcome<Answer> {
        if let Some(token) = &self.token
            && let Some(replay) = replays.find(now, token)
        {
            if replay.canonical == self.canonical {
                return Ok(self.repeat(&replay));
            }
            return Err(Answer::error(
                400,
                "IdempotentParameterMismatchException",
                "An error occurred (IdempotentParameterMismatchException)",
            ));
        }
        // Every action is worked out before the first one is carried out. No two are on one row,
        // so none of them changes the item that another one has seen.
        let planned = self.plan(tables)?;
        let mut changes = Vec::new();
        let mut consumed: BTreeMap<&str, Consumption> = BTreeMap::new();
        let mut sizes = Vec::new();
        let mut collections: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (action, planned) in self.actions.iter().zip(planned) {
            let table = tables.table_mut(&action.write.table).expect("the table has been found");
            let bytes = planned.bytes();
            sizes.push((action.write.table.clone(), bytes));
            let mut indexes = Vec::new();
            if !matches!(action.write.effect, RowEffect::Check { .. }) {
                let written = table.write(now, &planned.key, planned.new);
                changes.extend(written.change);
                indexes = written.indexes;
                let collection = write::collection(table, &planned.key);
                let known = collections.entry(action.write.table.clone()).or_default();
                known.extend(collection);
            }
            let part = Consumption::from_transactional_write(bytes, &indexes);
            consumed.entry(&action.write.table).or_default().add(part);
        }
        if let Some(token) = &self.token {
            let canonical = self.canonical.clone();
            replays.keep(now, token.clone(), Replay { canonical, sizes });
        }
        let answer = self.answer(&consumed, collections);
        Ok(Answer { changes, ..answer })
    }

    fn plan(&self, tables: &Tables) -> Outcome<Vec<WritePlan>> {
        // AWS reports a missing table before any fault of a key.
        for write in self.writes() {
            tables.table(&write.table)?;
        }
        let located = self.locate(tables)?;
        let bytes: usize = self.writes().map(|write| write.key_item().bytes()).sum();
        if bytes > TRANSACTION_BYTES_MAX {
            return Err(Answer::validation(
                "Collection size of items exceeded, which can also be caused by the aggregate \
                 size of the items in the transaction exceeding the 4MB limit",
            ));
        }
        let mut planned = Vec::new();
        let mut reasons = Vec::new();
        for (action, located) in self.actions.iter().zip(located) {
            let table = tables.table(&action.write.table)?;
            let refusal = match located.map(|key| action.write.plan(table, key)) {
                Ok(Ok(plan)) => {
                    planned.push(plan);
                    reasons.push(CancellationReason::None);
                    continue;
                }
                Ok(Err(refusal)) => refusal,
                Err(fault) => Refusal::Fault(fault),
            };
            reasons.push(reason(refusal, action.returns_old_on_failure)?);
        }
        if planned.len() < self.actions.len() {
            return Err(transaction::cancelled(&reasons));
        }
        Ok(planned)
    }

    /// Finds the key of each action, or its fault. Refuses two actions on one row.
    fn locate(&self, tables: &Tables) -> Outcome<Vec<Result<Key, WriteFault>>> {
        let mut seen = BTreeSet::new();
        let mut located = Vec::new();
        for write in self.writes() {
            let key = write.locate(tables.table(&write.table)?);
            if let Ok(key) = &key
                && !seen.insert((&write.table, key.clone()))
            {
                return Err(transaction::same_item_twice());
            }
            located.push(key);
        }
        Ok(located)
    }

    fn answer(
        &self,
        consumed: &BTreeMap<&str, Consumption>,
        collections: BTreeMap<String, BTreeSet<String>>,
    ) -> Answer {
        let collections: BTreeMap<_, _> = collections
            .into_iter()
            .filter(|(_, list)| self.measures_collections && !list.is_empty())
            .map(|(table, list)| (table, json::list(&list)))
            .collect();
        let collections = (!collections.is_empty()).then(|| Object::from_members(&collections));
        let body = Object::new()
            .json_if("ConsumedCapacity", self.capacity.describe_all(consumed))
            .json_if("ItemCollectionMetrics", collections);
        Answer::success(body.finish())
    }

    /// The answer to a repetition, which consumes the capacity of a read of its rows.
    fn repeat(&self, replay: &Replay) -> Answer {
        let mut consumed: BTreeMap<&str, Consumption> = BTreeMap::new();
        for (table, bytes) in &replay.sizes {
            let read = Consumption::from_transactional_read(*bytes);
            consumed.entry(table).or_default().add(read);
        }
        self.answer(&consumed, BTreeMap::new())
    }
}

/// Returns the reason that a refused action gives for the cancellation.
///
/// For an empty key AWS refuses the request instead.
fn reason(refusal: Refusal, shows_old: bool) -> Outcome<CancellationReason> {
    match refusal {
        Refusal::Condition { old } => {
            Ok(CancellationReason::ConditionFailed { item: old.filter(|_| shows_old) })
        }
        Refusal::Conflict => Ok(CancellationReason::Conflict),
        Refusal::Fault(WriteFault::Key(fault @ KeyFault::Empty(_))) => Err(fault.answer()),
        Refusal::Fault(fault) => Ok(CancellationReason::Invalid { message: fault.message() }),
    }
}

impl<'a> PendingAction<'a> {
    /// Reads every action in one element of the list, of which there should be one.
    fn read(members: &mut Members<'a>) -> Outcome<Vec<PendingAction<'a>>> {
        let mut actions = Vec::new();
        for (kind, name, key) in ActionKind::ALL {
            let read = |members: &mut Members<'a>| {
                let table = members.table()?;
                members.require(key);
                let item = members.pending_item(key)?;
                if kind == ActionKind::Check {
                    members.require("ConditionExpression");
                }
                if kind == ActionKind::Update {
                    members.require("UpdateExpression");
                }
                let failure = "ReturnValuesOnConditionCheckFailure";
                let returns = members.one_of(failure, &["ALL_OLD", "NONE"])?;
                let returns_old_on_failure = returns == Some("ALL_OLD");
                for name in kind.expressions() {
                    members.string(name)?;
                }
                Placeholders::check_shapes(members, kind.expressions())?;
                let members = members.again();
                Ok(PendingAction { kind, members, table, item, returns_old_on_failure })
            };
            actions.extend(members.structure(name, name, read)?);
        }
        Ok(actions)
    }

    fn content(self) -> Outcome<TransactAction> {
        let members = &self.members;
        let mut placeholders = Placeholders::read_in_transaction(members, self.kind.expressions())?;
        let item = self.item.content()?;
        let effect = match self.kind {
            ActionKind::Put if item.bytes() > ITEM_BYTES_MAX => {
                let message = "Item size has exceeded the maximum allowed size";
                return Err(Answer::validation(message));
            }
            ActionKind::Put => RowEffect::Put(Arc::new(item)),
            ActionKind::Delete => RowEffect::Delete { key: item },
            ActionKind::Check => RowEffect::Check { key: item },
            ActionKind::Update => {
                let update = Update::read(members, "UpdateExpression", &mut placeholders)?;
                RowEffect::Update { key: item, update }
            }
        };
        let condition = Condition::read(members, "ConditionExpression", &mut placeholders)?;
        placeholders.check_all_used()?;
        let write = Write { table: self.table, effect, condition };
        Ok(TransactAction { write, returns_old_on_failure: self.returns_old_on_failure })
    }
}
