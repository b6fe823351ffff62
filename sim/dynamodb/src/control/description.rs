//! Descriptions of tables, as JSON.

use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::json::{self, Object};
use crate::names;
use crate::schema::{Definition, IndexDefinition, IndexProjection, KeySchema, Scope};
use crate::size::Statistics;
use crate::state::{self, Billing, Provision, StreamDeclaration, TableState, Viewpoint};

/// The answer of an operation that changes a table.
pub(super) fn answer(
    definition: &Definition,
    state: &TableState,
    statistics: &Statistics,
    view: Viewpoint,
) -> Answer {
    let table = describe(definition, state, statistics, view);
    Answer::success(Object::new().json("TableDescription", &table).finish())
}

/// Writes a `TableDescription`.
pub(super) fn describe(
    definition: &Definition,
    state: &TableState,
    statistics: &Statistics,
    view: Viewpoint,
) -> String {
    let start = Object::new()
        .json("AttributeDefinitions", &attributes(definition))
        .json("KeySchema", &key_schema(&definition.keys))
        .json("CreationDateTime", &state::date(state.created_at));
    let local =
        indexes(definition, Scope::Local, |index| local_index(definition, index, statistics));
    let global = indexes(definition, Scope::Global, |index| {
        global_index(definition, state, index, statistics, view)
    });
    summary(start, definition, state, statistics, view)
        .json_if("LocalSecondaryIndexes", local)
        .json_if("GlobalSecondaryIndexes", global)
        .finish()
}

/// Writes the part of a `TableDescription` that the answer to `DeleteTable` has.
pub(super) fn describe_deleted(
    definition: &Definition,
    state: &TableState,
    statistics: &Statistics,
    view: Viewpoint,
) -> String {
    summary(Object::new(), definition, state, statistics, view).finish()
}

/// Writes the members that all descriptions of tables have.
fn summary(
    start: Object,
    definition: &Definition,
    state: &TableState,
    statistics: &Statistics,
    view: Viewpoint,
) -> Object {
    let id = table_id(definition, state);
    let status = state.change.status(view);
    // On AWS a new table shows its protection only if it has one.
    let protection = state.is_protected || status != "CREATING";
    start
        .text("TableName", &definition.name)
        .text("TableStatus", status)
        .json("ProvisionedThroughput", &state.provision.describe(view))
        .number("TableSizeBytes", statistics.table.bytes)
        .number("ItemCount", statistics.table.items)
        .text("TableArn", &names::table_arn(&definition.name))
        .text("TableId", &id)
        .json_if("BillingModeSummary", billing(state, view, "BillingMode"))
        .json_if("TableThroughputModeSummary", billing(state, view, "TableThroughputMode"))
        .json_if("OnDemandThroughput", state.ceilings.describe())
        .json_if("SSEDescription", state.encryption.describe(view))
        .json_if("StreamSpecification", stream_specification(state))
        .json_if("LatestStreamLabel", state.stream.map(|stream| json::string(&stream.label())))
        .json_if("LatestStreamArn", state.stream.map(|stream| stream_arn(definition, stream)))
        .json_if(
            "TableClassSummary",
            state.class.map(|class| Object::new().text("TableClass", class.name()).finish()),
        )
        .json_if("DeletionProtectionEnabled", protection.then(|| state.is_protected.to_string()))
}

/// Writes the attributes of all keys, in the order of their names.
fn attributes(definition: &Definition) -> String {
    let schemas = definition.indexes.iter().map(|index| &index.keys);
    let attributes = std::iter::once(&definition.keys)
        .chain(schemas)
        .flat_map(KeySchema::attributes)
        .map(|attribute| (&attribute.name, attribute.kind))
        .collect::<BTreeMap<_, _>>();
    json::array(attributes, |(name, kind)| {
        Object::new().text("AttributeName", name).text("AttributeType", kind.name()).finish()
    })
}

/// Writes the attributes of a key.
pub(crate) fn key_schema(keys: &KeySchema) -> String {
    json::array(keys.attributes().zip(["HASH", "RANGE"]), |(attribute, kind)| {
        Object::new().text("AttributeName", &attribute.name).text("KeyType", kind).finish()
    })
}

/// Writes the indexes of a scope, if there are any.
fn indexes(
    definition: &Definition,
    scope: Scope,
    write: impl Fn(&IndexDefinition) -> String,
) -> Option<String> {
    let mut indexes = definition.indexes.iter().filter(|index| index.scope == scope).peekable();
    indexes.peek()?;
    Some(json::array(indexes, write))
}

fn local_index(
    definition: &Definition,
    index: &IndexDefinition,
    statistics: &Statistics,
) -> String {
    index_summary(Object::new(), definition, index, statistics).finish()
}

fn global_index(
    definition: &Definition,
    state: &TableState,
    index: &IndexDefinition,
    statistics: &Statistics,
    view: Viewpoint,
) -> String {
    let change = state.index_changes.get(&index.name);
    let status = change.map_or("ACTIVE", |change| change.status(view));
    let none = Provision::default();
    let provision = state.index_provisions.get(&index.name).unwrap_or(&none);
    let ceilings = state.index_ceilings.get(&index.name).and_then(|ceilings| ceilings.describe());
    let start = Object::new()
        .text("IndexStatus", status)
        .json("ProvisionedThroughput", &provision.describe(view))
        .json_if("OnDemandThroughput", ceilings);
    index_summary(start, definition, index, statistics).finish()
}

/// Writes the members that all descriptions of indexes have.
fn index_summary(
    start: Object,
    definition: &Definition,
    index: &IndexDefinition,
    statistics: &Statistics,
) -> Object {
    let size = statistics.indexes.get(&index.name).copied().unwrap_or_default();
    start
        .text("IndexName", &index.name)
        .json("KeySchema", &key_schema(&index.keys))
        .json("Projection", &projection(&index.projection))
        .number("IndexSizeBytes", size.bytes)
        .number("ItemCount", size.items)
        .text("IndexArn", &names::index_arn(&definition.name, &index.name))
}

fn projection(projection: &IndexProjection) -> String {
    let kind = |kind| Object::new().text("ProjectionType", kind);
    match projection {
        IndexProjection::All => kind("ALL"),
        IndexProjection::KeysOnly => kind("KEYS_ONLY"),
        IndexProjection::Include(names) => {
            let names = json::array(names, |name| json::string(name));
            kind("INCLUDE").json("NonKeyAttributes", &names)
        }
    }
    .finish()
}

/// Writes the specification of the stream, which AWS shows only while it is on.
fn stream_specification(state: &TableState) -> Option<String> {
    let stream = state.open_stream()?;
    let view = stream.view.name();
    Some(Object::new().flag("StreamEnabled", true).text("StreamViewType", view).finish())
}

fn stream_arn(definition: &Definition, stream: StreamDeclaration) -> String {
    json::string(&names::stream_arn(&definition.name, &stream.label()))
}

/// Writes the billing, which AWS shows only once a table was on demand.
fn billing(state: &TableState, view: Viewpoint, name: &str) -> Option<String> {
    let span = state.went_on_demand?;
    let is_done = !view.is_pending(span) || state.billing == Billing::Provisioned;
    let date = is_done.then(|| state::date(span.done_at));
    let start = Object::new().text(name, state.billing.name());
    Some(start.json_if("LastUpdateToPayPerRequestDateTime", date).finish())
}

/// The id of the table, different from that of an earlier table of the same name.
fn table_id(definition: &Definition, state: &TableState) -> String {
    names::uuid(&definition.name, state.created_at.micros())
}
