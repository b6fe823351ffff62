//! Updates of an item.
//!
//! | module | contents |
//! |---|---|
//! | `source` | the values of `SET` |
//! | `combine` | the values of `ADD` and `DELETE` |
//! | `edit` | edits of an item, carried out together |

mod combine;
mod edit;
mod source;

use super::parser;
use super::path::{self, Path};
use super::placeholders::Placeholders;
use super::projection::Projection;
use super::syntax::{self, CheckResult, Clause, EffectNode};
use crate::answer::Answer;
use crate::item::Item;
use crate::members::Members;
use crate::value::Value;
use edit::Edit;
use source::ValueSource;

const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";
const NO_SUCH_ATTRIBUTE: &str =
    "The provided expression refers to an attribute that does not exist in the item";
const NO_SUCH_PLACE: &str =
    "The document path provided in the update expression is invalid for update";

/// The size that AWS counts for an update, and below for each of its actions.
const UPDATE_BYTES: usize = 3;
const WRITE_BYTES: usize = 19;
const REMOVE_BYTES: usize = 2;

/// A sound update.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    /// The changes. No path contains another.
    changes: Vec<PathChange>,
    /// The message of AWS for values that cannot be combined.
    wrong_type: &'static str,
}

/// A change at one path.
#[derive(Clone, Debug)]
pub(super) struct PathChange {
    path: Path,
    action: UpdateAction,
}

/// The action of a change.
#[derive(Clone, Debug)]
pub(super) enum UpdateAction {
    Set(ValueSource),
    Remove,
    /// Adds a number, or the members of a set or a list.
    Add(Value),
    /// Deletes members of a set.
    Delete(Value),
}

impl Update {
    /// Reads the expression of a member, if the request has it.
    pub(crate) fn read(
        members: &Members<'_>,
        member: &str,
        placeholders: &mut Placeholders,
    ) -> Result<Option<Update>, Answer> {
        let Some(text) = members.string(member)? else { return Ok(None) };
        super::read(member, text, |text| Update::parse(text, placeholders).map(Some))
    }

    /// The name of the top-level attribute of each change.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(|change| change.path.attribute.as_str())
    }

    /// The bytes that AWS adds to the size of the item when it checks the limit.
    pub(crate) fn bytes(&self) -> usize {
        let actions = self.changes.iter().map(|change| match change.action {
            UpdateAction::Remove => REMOVE_BYTES,
            UpdateAction::Set(_) | UpdateAction::Add(_) | UpdateAction::Delete(_) => WRITE_BYTES,
        });
        UPDATE_BYTES + actions.sum::<usize>()
    }

    /// The type that a top-level attribute gets, if it is known without the item.
    pub(crate) fn type_name(&self, attribute: &str) -> Option<&'static str> {
        let is_whole = |change: &&PathChange| {
            change.path.attribute == attribute && change.path.steps.is_empty()
        };
        match &self.changes.iter().find(is_whole)?.action {
            UpdateAction::Set(source) => source.type_name(),
            UpdateAction::Add(value) | UpdateAction::Delete(value) => Some(value.type_name()),
            UpdateAction::Remove => None,
        }
    }

    /// Returns the item after the update, or the item that it creates with this key.
    ///
    /// Every value comes from the item before the update, so the order of the changes does not
    /// matter.
    pub(crate) fn apply(&self, key: &Item, old: Option<&Item>) -> Result<Item, Answer> {
        let item = old.unwrap_or(key);
        let edits = self.edits(item).map_err(|message| Answer::validation(&message))?;
        Ok(edit::apply(edits, item))
    }

    /// The parts of an item at the paths of the update.
    pub(crate) fn part_of(&self, item: &Item) -> Option<Item> {
        Projection::new(self.changes.iter().map(|change| &change.path)).part_of(item)
    }

    /// The update of a legacy parameter, whose paths are top-level attributes.
    pub(super) fn legacy(changes: Vec<PathChange>) -> Update {
        Update { changes, wrong_type: "Type mismatch for attribute to update" }
    }

    /// Parses an update.
    ///
    /// Errors come in the order of AWS: reserved words, functions, clauses, names, values, paths,
    /// operands.
    fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Update, String> {
        let clauses = parser::update(text)?;
        let actions: Vec<_> = clauses.iter().flat_map(|clause| &clause.actions).collect();
        for action in &actions {
            check_words(action)?;
        }
        for operand in actions.iter().flat_map(|action| action.operands()) {
            source::check_calls(operand)?;
        }
        check_clauses(&clauses)?;
        let mut paths = Vec::with_capacity(actions.len());
        for action in &actions {
            paths.push(Path::resolve(&action.path, placeholders)?);
            source::look_up_names(action, placeholders)?;
        }
        for action in &actions {
            source::look_up_values(action, placeholders)?;
        }
        path::check_apart(&paths.iter().collect::<Vec<_>>())?;
        for action in &actions {
            combine::check_operand(action, placeholders)?;
        }
        let mut changes = Vec::with_capacity(actions.len());
        for (action, path) in actions.iter().zip(paths) {
            changes.push(PathChange { path, action: UpdateAction::resolve(action, placeholders)? });
        }
        Ok(Update { changes, wrong_type: WRONG_TYPE })
    }

    fn edits(&self, item: &Item) -> Result<Vec<(&Path, Edit)>, String> {
        // AWS works out every value of `SET` before it checks any path.
        let mut sources = Vec::with_capacity(self.changes.len());
        for change in &self.changes {
            sources.push(match &change.action {
                UpdateAction::Set(source) => Some(source.value(item)?),
                UpdateAction::Remove | UpdateAction::Add(_) | UpdateAction::Delete(_) => None,
            });
        }
        let mut edits = Vec::with_capacity(self.changes.len());
        for (change, source) in self.changes.iter().zip(sources) {
            if !change.path.has_room(item) {
                return Err(NO_SUCH_PLACE.to_owned());
            }
            let old = change.path.find(item);
            let combined = match &change.action {
                UpdateAction::Set(_) | UpdateAction::Remove => Ok(source),
                UpdateAction::Add(value) => combine::add(old, value).map(Some),
                UpdateAction::Delete(value) => combine::delete(old, value),
            };
            let new = combined.map_err(|error| error.message(self.wrong_type))?;
            edits.push((&change.path, new.map_or(Edit::Remove, Edit::Write)));
        }
        Ok(edits)
    }

    /// True if a path goes into this top-level attribute.
    pub(crate) fn looks_into(&self, attribute: &str) -> bool {
        self.changes.iter().any(|change| {
            let in_source = match &change.action {
                UpdateAction::Set(source) => source.looks_into(attribute),
                UpdateAction::Remove | UpdateAction::Add(_) | UpdateAction::Delete(_) => false,
            };
            in_source || change.path.looks_into(attribute)
        })
    }
}

impl PathChange {
    /// A change of a whole attribute.
    pub(super) fn new(attribute: &str, action: UpdateAction) -> PathChange {
        PathChange { path: Path::new(attribute), action }
    }
}

impl UpdateAction {
    fn resolve(
        action: &syntax::ActionNode<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<UpdateAction, String> {
        Ok(match &action.effect {
            EffectNode::Set(sum) => UpdateAction::Set(ValueSource::resolve(sum, placeholders)?),
            EffectNode::Remove => UpdateAction::Remove,
            EffectNode::Add(name) => UpdateAction::Add(placeholders.value(name)?),
            EffectNode::Delete(name) => UpdateAction::Delete(placeholders.value(name)?),
        })
    }

    /// Sets an attribute to a value.
    pub(super) fn put(value: Value) -> UpdateAction {
        UpdateAction::Set(ValueSource::Value(value))
    }
}

fn check_words(action: &syntax::ActionNode<'_>) -> CheckResult {
    path::check_words(&action.path)?;
    action.operands().into_iter().try_for_each(|operand| {
        operand.each_leaf(&mut |operand| match operand {
            syntax::OperandNode::Path(steps) => path::check_words(steps),
            _ => Ok(()),
        })
    })
}

fn check_clauses(clauses: &[Clause<'_>]) -> CheckResult {
    for (index, clause) in clauses.iter().enumerate() {
        if clauses.iter().take(index).any(|earlier| earlier.verb == clause.verb) {
            return Err(format!(
                "The \"{}\" section can only be used once in an update expression;",
                clause.verb.keyword()
            ));
        }
    }
    Ok(())
}
