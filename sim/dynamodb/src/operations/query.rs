//! `Query`.

use std::ops::Bound;

use super::page::{PageOptions, PageSource, PendingOptions};
use super::parameters::Parameters;
use super::{Outcome, Reading};
use crate::answer::Answer;
use crate::expression::{
    KeyComparator, KeyCondition, KeyExpression, KeyRange, RangePredicate, legacy,
};
use crate::key::KeyValue;
use crate::members::Members;
use crate::rows::{Place, Position};
use crate::table::Tables;
use crate::value::Value;

/// A `Query` request.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) options: PageOptions,
    condition: KeyCondition,
    is_backward: bool,
}

const PARAMETERS: Parameters = Parameters {
    expressions: &["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    legacy: &["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"],
};

impl Query {
    pub(crate) fn parse(members: &mut Members<'_>) -> Outcome<Query> {
        let plain = PendingOptions::read(members, limit)?;
        let is_backward = members.switch("ScanIndexForward")? == Some(false);
        PARAMETERS.constrain(members)?;
        members.check()?;
        PARAMETERS.check(members)?;
        legacy::check_conditional_operator(members, "QueryFilter")?;
        let filter = legacy::query_filter(members)?;
        let wanted = legacy::attributes_to_get(members)?;
        let mut options = plain.with_start()?;
        if !members.has("KeyConditions") && !members.has("KeyConditionExpression") {
            return Err(no_condition());
        }
        let mut placeholders = PARAMETERS.placeholders(members)?;
        let member = "KeyConditionExpression";
        let expression = KeyExpression::read(members, member, &mut placeholders)?;
        options.read_expressions(members, &mut placeholders)?;
        // Only for a query does AWS count this among the violations of constraints.
        options.or_legacy(filter, wanted).map_err(|message| {
            Answer::validation(&format!("1 validation error detected: {message}"))
        })?;
        let condition = match expression {
            Some(expression) => expression.condition()?,
            None => legacy::key_conditions(members)?.ok_or_else(no_condition)?,
        };
        Ok(Query { options, condition, is_backward })
    }

    /// Answers with one page of one partition, in the order of the sort key or in reverse.
    pub(crate) fn apply(&self, tables: &Tables, reading: Reading) -> Outcome<Answer> {
        let source = self.options.source(tables, reading)?;
        let keys = source.keys();
        let start = self.options.start.as_ref();
        start.map_or(Ok(()), |start| source.check_start_count(start))?;
        let wanted = self.condition.resolve(keys, |attribute| match start {
            Some(start) => source.check_start_part(start, attribute),
            None => Ok(()),
        })?;
        let partition = KeyValue::from_value(&wanted.hash, keys.hash.kind)
            .expect("the type of the partition key has been checked");
        let start = self.start(source, &partition, &wanted)?;
        self.options.check_projection(source)?;
        if let Some(filter) = &self.options.filter {
            let names = keys.attributes().map(|attribute| attribute.name.as_str());
            filter.check_not_key(names)?;
            self.options.check_filter_projected(source, filter)?;
        }
        self.options.check_projected(source)?;
        self.options.check_filter(source)?;
        // The bounds are as narrow as the order of rows allows; `is_wanted` does the rest.
        let (from, to) = bounds(&partition, wanted.range.as_ref(), start, self.is_backward);
        let rows = source.rows().items((from, to), source.view());
        let is_wanted = |(position, _): &(&Position, _)| match (&wanted.range, &position.range) {
            (Some(test), Place::At(value)) => test.holds(&value.to_value()),
            _ => true,
        };
        // The rows of the range lie together, so the page ends behind the last of them.
        Ok(if self.is_backward {
            let rows = rows.rev().skip_while(|row| !is_wanted(row)).take_while(is_wanted);
            self.options.page(source, reading.rows_max, rows)
        } else {
            let rows = rows.skip_while(|row| !is_wanted(row)).take_while(is_wanted);
            self.options.page(source, reading.rows_max, rows)
        })
    }

    fn start(
        &self,
        source: PageSource<'_>,
        partition: &KeyValue,
        wanted: &KeyRange,
    ) -> Outcome<Option<Position>> {
        let Some(start) = &self.options.start else { return Ok(None) };
        let position = source.position_of(start)?;
        let is_outside = position.partition != *partition;
        let message = match (&wanted.range, &position.range) {
            (Some(test), Place::At(value)) if !test.holds(&value.to_value()) => {
                "The provided starting key does not match the range key predicate"
            }
            (Some(_), _) if is_outside => {
                "The query can return at most one row and cannot be restarted"
            }
            (None, _) if is_outside => {
                "The provided starting key is outside query boundaries based on provided conditions"
            }
            _ => return Ok(Some(position)),
        };
        Err(Answer::validation(message))
    }
}

fn limit(members: &mut Members<'_>) -> Outcome<Option<u32>> {
    match members.number("Limit")? {
        Some(number) if number < 1 => {
            members.violate_at("Limit", "Member must have value greater than or equal to 1");
            Ok(None)
        }
        number => Ok(number.and_then(|number| u32::try_from(number).ok())),
    }
}

fn no_condition() -> Answer {
    Answer::validation(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the \
         request.",
    )
}

/// Returns the places between which the rows of the page lie.
///
/// Rows that do not match can lie there too, at either end.
fn bounds(
    partition: &KeyValue,
    wanted: Option<&RangePredicate>,
    start: Option<Position>,
    is_backward: bool,
) -> (Bound<Position>, Bound<Position>) {
    let (lowest, highest) = wanted.map_or((Place::Front, Place::Back), ends);
    let front = Bound::Included(Position::edge(partition, lowest, Place::Front));
    let back = Bound::Included(Position::edge(partition, highest, Place::Back));
    match start {
        None => (front, back),
        Some(start) if is_backward => (front, Bound::Excluded(start)),
        Some(start) => (Bound::Excluded(start), back),
    }
}

/// Returns the lowest and the highest sort key that the predicate allows, or wider bounds.
fn ends(wanted: &RangePredicate) -> (Place<KeyValue>, Place<KeyValue>) {
    let at = |value: &Value| {
        let key = KeyValue::from_any(value);
        Place::At(key.expect("the type of the sort key has been checked"))
    };
    match wanted {
        RangePredicate::Compare(comparator, value) => match comparator {
            KeyComparator::Equal => (at(value), at(value)),
            KeyComparator::Less | KeyComparator::LessOrEqual => (Place::Front, at(value)),
            KeyComparator::Greater | KeyComparator::GreaterOrEqual => (at(value), Place::Back),
        },
        RangePredicate::Between(lowest, highest) => (at(lowest), at(highest)),
        RangePredicate::BeginsWith(prefix) => (at(prefix), Place::Back),
    }
}
