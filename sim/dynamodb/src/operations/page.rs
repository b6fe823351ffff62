//! Pages of a table or of an index, for `Query` and `Scan`.

use std::collections::BTreeMap;
use std::sync::Arc;

use stormglass_spec::quotas;

use super::{Outcome, Reading, get};
use crate::answer::Answer;
use crate::capacity::{self, CapacityReport, Consumption, HalfUnits};
use crate::expression::{Condition, Placeholders, Projection};
use crate::index::Index;
use crate::item::Item;
use crate::key::{Key, KeyFault};
use crate::members::Members;
use crate::row_key::RowKey;
use crate::rows::{Position, ReadView, Rows};
use crate::schema::{IndexDefinition, IndexProjection, KeyAttribute, KeySchema, Scope};
use crate::table::{Table, Tables};

/// The members that `Query` and `Scan` have in common.
#[derive(Clone, Debug)]
pub(crate) struct PageOptions {
    pub(crate) table: String,
    /// The table as the request names it, perhaps by its ARN.
    shown_table: String,
    pub(crate) index: Option<String>,
    pub(crate) start: Option<Item>,
    limit: Option<usize>,
    pub(super) filter: Option<Condition>,
    projection: Option<Projection>,
    /// True if the projection is an `AttributesToGet`.
    wants_names: bool,
    select: Option<Select>,
    pub(crate) consistent: bool,
    capacity: CapacityReport,
}

/// The value of `Select`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Select {
    All,
    AllProjected,
    Specific,
    Count,
}

/// The members of a request without its expressions.
#[derive(Debug)]
pub(super) struct PendingOptions {
    options: PageOptions,
    start: crate::members::PendingContent<Option<Item>>,
}

/// The table or the index that the rows of a page come from.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageSource<'a> {
    pub(super) table: &'a Table,
    pub(super) index: Option<&'a Index>,
    view: ReadView,
}

/// A page, filled row by row.
#[derive(Debug, Default)]
struct Page {
    /// The name of the table.
    table: Arc<str>,
    /// The JSON of the items, with commas between them.
    items: String,
    count: usize,
    scanned: usize,
    bytes: usize,
    /// The size of the rows fetched from the table because the index does not hold all of them.
    fetched_bytes: usize,
    /// The keys of the items.
    rows: Vec<RowKey>,
    /// The last row of the page, if the page stopped at a limit.
    last: Option<Position>,
}

impl PendingOptions {
    /// Reads the members; `limit` reads `Limit`, for which the two operations have two errors.
    pub(super) fn read(
        members: &mut Members<'_>,
        limit: impl FnOnce(&mut Members<'_>) -> Outcome<Option<u32>>,
    ) -> Outcome<PendingOptions> {
        let capacity = members.capacity()?;
        let table = members.table()?;
        let shown_table = members.shown_table()?;
        let index = members.index()?;
        let words = ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"];
        let select = members.one_of("Select", &words)?.and_then(Select::parse);
        let limit = limit(members)?;
        let consistent = members.flag("ConsistentRead")?;
        let start = members.pending_item_if_any("ExclusiveStartKey")?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let options = PageOptions {
            table,
            shown_table,
            index,
            start: None,
            limit,
            filter: None,
            projection: None,
            wants_names: false,
            select,
            consistent,
            capacity,
        };
        Ok(PendingOptions { options, start })
    }

    /// Adds the `ExclusiveStartKey`, which AWS checks before the expressions.
    pub(super) fn with_start(self) -> Outcome<PageOptions> {
        let start = self.start.reworded(|message| invalid_start(message).message())?;
        Ok(PageOptions { start, ..self.options })
    }
}

impl PageOptions {
    /// Reads the filter and the projection.
    pub(super) fn read_expressions(
        &mut self,
        members: &Members<'_>,
        placeholders: &mut Placeholders,
    ) -> Outcome<()> {
        self.filter = Condition::read(members, "FilterExpression", placeholders)?;
        self.projection = Projection::read(members, "ProjectionExpression", placeholders)?;
        placeholders.check_all_used()
    }

    /// Takes the legacy filter and projection of a request without expressions.
    ///
    /// # Errors
    ///
    /// If the projection contradicts `Select`: the message of AWS.
    pub(super) fn or_legacy(
        &mut self,
        filter: Option<Condition>,
        projection: Option<Projection>,
    ) -> Result<(), String> {
        self.filter = self.filter.take().or(filter);
        self.wants_names = projection.is_some();
        self.projection = self.projection.take().or(projection);
        self.check_select()
    }

    fn check_select(&self) -> Result<(), String> {
        let member = if self.wants_names { "AttributesToGet" } else { "ProjectionExpression" };
        let both = |what| format!("Cannot specify the {member} when choosing to get {what}");
        let message = match (self.select, self.projection.is_some()) {
            (Some(Select::AllProjected), _) if self.index.is_none() => {
                "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
                    .to_owned()
            }
            (Some(Select::AllProjected), true) => both("ALL_PROJECTED_ATTRIBUTES"),
            (Some(Select::All), true) => both("ALL_ATTRIBUTES"),
            (Some(Select::Count), true) => both("only the Count"),
            (Some(Select::Specific), false) => "Must specify the AttributesToGet or \
                                                ProjectionExpression when choosing to get \
                                                SPECIFIC_ATTRIBUTES"
                .to_owned(),
            _ => return Ok(()),
        };
        Err(message)
    }

    /// Finds the table, and the index that the request names.
    pub(super) fn source<'a>(
        &self,
        tables: &'a Tables,
        reading: Reading,
    ) -> Outcome<PageSource<'a>> {
        let table = tables.table(&self.table)?;
        let view = reading.view(self.consistent);
        let Some(name) = &self.index else { return Ok(PageSource { table, index: None, view }) };
        let index = table.index(name, reading.now)?;
        if self.consistent && index.definition.scope == Scope::Global {
            let message = "Consistent reads are not supported on global secondary indexes";
            return Err(Answer::validation(message));
        }
        Ok(PageSource { table, index: Some(index), view })
    }

    /// Refuses a filter with a path into a key.
    pub(super) fn check_filter(&self, source: PageSource<'_>) -> Outcome<()> {
        let Some(filter) = &self.filter else { return Ok(()) };
        source.table.check_paths(|name| filter.looks_into(name))
    }

    /// Refuses a projection with a path into a key.
    pub(super) fn check_projection(&self, source: PageSource<'_>) -> Outcome<()> {
        let Some(projection) = &self.projection else { return Ok(()) };
        source.table.check_paths(|name| projection.looks_into(name))
    }

    /// Refuses attributes that a global index does not hold. A local one fetches them.
    pub(super) fn check_projected(&self, source: PageSource<'_>) -> Outcome<()> {
        let Some(index) = source.index.filter(|index| index.definition.scope == Scope::Global)
        else {
            return Ok(());
        };
        let definition = &index.definition;
        let name = &definition.name;
        if self.select == Some(Select::All) && definition.projection != IndexProjection::All {
            return Err(Answer::validation(&format!(
                "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not \
                 supported for global secondary index {name} because its projection type is not \
                 ALL"
            )));
        }
        let Some(projection) = &self.projection else { return Ok(()) };
        let missing: Vec<_> = projection
            .attributes()
            .filter(|attribute| !definition.holds(attribute, source.table.keys()))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Answer::validation(&format!(
            "One or more parameter values were invalid: Global secondary index {name} does not \
             project [{}]",
            missing.join(", ")
        )))
    }

    /// Refuses a filter of a query by attributes that its index does not hold.
    pub(super) fn check_filter_projected(
        &self,
        source: PageSource<'_>,
        filter: &Condition,
    ) -> Outcome<()> {
        let Some(index) = source.index else { return Ok(()) };
        let definition = &index.definition;
        let lacks = |name: &&str| !definition.holds(name, source.table.keys());
        let missing: Vec<_> = filter.attributes().into_iter().filter(lacks).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Answer::validation(&format!(
            "One or more parameter values were invalid: Secondary index {} does not project one \
             or more filter attributes: [{}]",
            definition.name,
            missing.join(", ")
        )))
    }

    /// Answers with one page of `rows`, the rows of `source` in order (FACTS 6.1).
    pub(super) fn page<'a>(
        &self,
        source: PageSource<'a>,
        rows_max: Option<usize>,
        rows: impl Iterator<Item = (&'a Position, &'a Arc<Item>)>,
    ) -> Answer {
        let rows_max = [self.limit, rows_max].into_iter().flatten().min();
        let fetches = self.fetches(source);
        let mut page = Page { table: self.table.as_str().into(), ..Page::default() };
        for (position, item) in rows {
            page.add(self, source, position, item, fetches);
            // The item that reaches 1 MB is still on the page, as on AWS. A page that stops at a
            // limit names its last key even if no row follows, so the next page can be empty
            // (FACTS 6.1).
            let is_long = rows_max.is_some_and(|max| page.scanned >= max);
            if is_long || page.bytes >= quotas::SCAN_PAGE_BYTES_MAX {
                page.last = Some(position.clone());
                break;
            }
        }
        let answer = Answer::success(self.body(source, &page, fetches));
        Answer { has_more: page.last.is_some(), rows: page.rows, ..answer }
    }

    /// True if rows are fetched from the table, because a local index holds a part of them only.
    fn fetches(&self, source: PageSource<'_>) -> bool {
        let Some(index) = source.index else { return false };
        let definition = &index.definition;
        let is_whole = definition.projection == IndexProjection::All;
        let lacks = |name: &str| !definition.holds(name, source.table.keys());
        definition.scope == Scope::Local
            && !is_whole
            && (self.select == Some(Select::All)
                || self.projection.as_ref().is_some_and(|wanted| wanted.attributes().any(lacks)))
    }

    fn body(&self, source: PageSource<'_>, page: &Page, fetches: bool) -> String {
        let mut body = String::with_capacity(page.items.len() + 160);
        body.push('{');
        let read = capacity::read_units(page.bytes, self.consistent);
        let consumed = match source.index {
            None => Consumption::new(read),
            Some(index) => {
                let fetched = if fetches {
                    capacity::read_units(page.fetched_bytes, self.consistent)
                } else {
                    HalfUnits::default()
                };
                let IndexDefinition { scope, name, .. } = &index.definition;
                Consumption::from_index(*scope, name, read, fetched)
            }
        };
        if let Some(capacity) = self.capacity.describe(&self.shown_table, &consumed) {
            body.push_str("\"ConsumedCapacity\":");
            body.push_str(&capacity);
            body.push(',');
        }
        body.push_str(&format!("\"Count\":{}", page.count));
        if self.select != Some(Select::Count) {
            body.push_str(",\"Items\":[");
            body.push_str(&page.items);
            body.push(']');
        }
        if let Some(last) = &page.last {
            body.push_str(",\"LastEvaluatedKey\":");
            body.push_str(source.cursor(last).json());
        }
        body.push_str(&format!(",\"ScannedCount\":{}}}", page.scanned));
        body
    }
}

impl<'a> PageSource<'a> {
    /// The rows of the table or the entries of the index.
    pub(super) fn rows(self) -> &'a Rows {
        self.index.map_or(self.table.rows(), |index| &index.rows)
    }

    /// The key schema by which the rows are ordered.
    pub(super) fn keys(self) -> &'a KeySchema {
        self.index.map_or(self.table.keys(), |index| &index.definition.keys)
    }

    pub(super) fn view(self) -> ReadView {
        self.view
    }

    /// Refuses an `ExclusiveStartKey` with too many or too few attributes.
    pub(super) fn check_start_count(self, start: &Item) -> Outcome<()> {
        if start.names().count() != self.cursor_names().len() {
            return Err(invalid_start(""));
        }
        Ok(())
    }

    /// Refuses an `ExclusiveStartKey` without an attribute by which the rows are ordered.
    pub(super) fn check_start_part(self, start: &Item, attribute: &KeyAttribute) -> Outcome<()> {
        if start.value(&attribute.name).is_none() {
            return Err(invalid_start(""));
        }
        self.keys().check_within(attribute, start).map_err(KeyFault::answer)
    }

    /// The place that an `ExclusiveStartKey` names.
    pub(super) fn position_of(self, start: &Item) -> Outcome<Position> {
        let wrong = |fault: KeyFault| invalid_start(&fault.message());
        let Some(index) = self.index else {
            let key = self.table.keys().key_alone(start).map_err(wrong)?;
            return Ok(Position::new(&key));
        };
        // A start in an index holds the key there and the key of the row in the table.
        let key = index.definition.keys.key_within(start).map_err(KeyFault::answer)?;
        let owner: BTreeMap<_, _> = start
            .values()
            .filter(|(name, _)| self.table.keys().has(name))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        let owner = self.table.keys().key_alone(&Item::new(owner)).map_err(wrong)?;
        Ok(Position::in_index(&key, &owner))
    }

    /// The names of the attributes in a `LastEvaluatedKey`.
    fn cursor_names(self) -> Vec<&'a str> {
        let mut names: Vec<_> =
            self.table.keys().attributes().map(|attribute| attribute.name.as_str()).collect();
        for attribute in self.keys().attributes() {
            if !names.contains(&attribute.name.as_str()) {
                names.push(&attribute.name);
            }
        }
        names
    }

    /// The `LastEvaluatedKey` of a page that ends at this place.
    fn cursor(self, last: &Position) -> Item {
        let mut values = BTreeMap::new();
        let mut insert = |key: Key, schema: &KeySchema| {
            let parts = std::iter::once(key.hash).chain(key.range);
            for (attribute, value) in schema.attributes().zip(parts) {
                values.insert(attribute.name.clone(), value.to_value());
            }
        };
        insert(last.table_key(), self.table.keys());
        insert(last.key(), self.keys());
        Item::new(values)
    }

    /// The row of the table for an entry of a local index, or the entry itself.
    fn whole(self, position: &Position, entry: &'a Arc<Item>, fetches: bool) -> &'a Arc<Item> {
        let fetch =
            || self.table.rows().item_seen(&Position::new(&position.table_key()), self.view);
        fetches.then(fetch).flatten().unwrap_or(entry)
    }
}

impl Page {
    fn add<'a>(
        &mut self,
        options: &PageOptions,
        source: PageSource<'a>,
        position: &Position,
        entry: &'a Arc<Item>,
        fetches: bool,
    ) {
        self.scanned += 1;
        self.bytes += entry.bytes();
        let item = source.whole(position, entry, fetches);
        if fetches {
            self.fetched_bytes += item.bytes();
        }
        if options.filter.as_ref().is_some_and(|filter| !filter.holds(Some(item))) {
            return;
        }
        self.count += 1;
        if options.select == Some(Select::Count) {
            return;
        }
        let (table, key) = (Arc::clone(&self.table), position.table_key().to_string());
        self.rows.push(RowKey { table, key });
        if self.count > 1 {
            self.items.push(',');
        }
        get::show(&mut self.items, item, options.projection.as_ref());
    }
}

/// Refuses an `ExclusiveStartKey`. AWS gives the reason sometimes only.
fn invalid_start(why: &str) -> Answer {
    let colon = if why.is_empty() { "" } else { ": " };
    Answer::validation(&format!("The provided starting key is invalid{colon}{why}"))
}

impl Select {
    fn parse(word: &str) -> Option<Select> {
        match word {
            "ALL_ATTRIBUTES" => Some(Select::All),
            "ALL_PROJECTED_ATTRIBUTES" => Some(Select::AllProjected),
            "SPECIFIC_ATTRIBUTES" => Some(Select::Specific),
            "COUNT" => Some(Select::Count),
            _ => None,
        }
    }
}
