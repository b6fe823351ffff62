//! `CreateTable`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use stormglass_spec::Time;

use super::description;
use super::indexes;
use super::keys::{self, AttributeDefinitions};
use super::settings::{self, EncryptionMembers, StreamFaults, StreamMembers, StreamWish};
use super::table_names;
use super::tags;
use crate::answer::Answer;
use crate::members::Members;
use crate::refusals::invalid;
use crate::schema::{Definition, IndexDefinition, KeySchema, Scope};
use crate::size::Statistics;
use crate::state::{
    Billing, Ceilings, ChangeKind, ChangeSpan, Encryption, EncryptionState, Provision,
    StatusChange, StreamDeclaration, StreamView, TableClass, TableState, Throughput, Viewpoint,
};

const STREAM_FAULTS: StreamFaults = StreamFaults {
    view_missing: "Table is being created with a stream enabled, UpdateViewType should be \
                   specified",
    view_refused: "Table is being created with a stream disabled, UpdateViewType should not be \
                   specified",
};

/// A request for a new table.
#[derive(Clone, Debug)]
pub(crate) struct CreateTable {
    definition: Definition,
    billing: Billing,
    throughput: Throughput,
    /// By the name of the global index.
    index_throughputs: BTreeMap<String, Throughput>,
    ceilings: Ceilings,
    /// By the name of the global index.
    index_ceilings: BTreeMap<String, Ceilings>,
    class: Option<TableClass>,
    is_protected: bool,
    encryption: Encryption,
    tags: BTreeMap<String, String>,
    /// The view of the stream, if the table has one.
    stream: Option<StreamView>,
}

impl CreateTable {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<CreateTable, Answer> {
        let refused = ["WarmThroughput", "ResourcePolicy"];
        members.refuse("CreateTable", &refused)?;
        let attributes = AttributeDefinitions::read(members)?;
        if attributes.is_none() {
            members.missing("AttributeDefinitions");
        }
        let name = table_names::read(members)?;
        let billing = Billing::read(members)?;
        let throughput = Throughput::read(members)?;
        let ceilings = Ceilings::read(members)?.unwrap_or_default();
        let keys = keys::read(members)?;
        let local = indexes::read_local(members)?;
        let global = indexes::read_global(members)?;
        let stream = StreamMembers::read(members)?;
        let encryption = EncryptionMembers::read(members)?;
        let tags = tags::read(members)?;
        let class = members.string("TableClass")?;
        let is_protected = members.flag("DeletionProtectionEnabled")?;
        let name = table_names::check(members, name)?;

        // Violations have been reported. AWS now checks the members together, in this order.
        let attributes = attributes.expect("a request without definitions has been refused");
        let (billing, throughput) = settings::new_billing(billing, throughput)?;
        ceilings.check_new(billing)?;
        attributes.check_distinct()?;
        if keys.len() > attributes.len() {
            return Err(keys::no_definition());
        }
        let keys = attributes.key_schema(&keys)?;
        if local.is_none() && global.is_none() && keys.attributes().count() != attributes.len() {
            return Err(invalid(
                "Number of attributes in KeySchema does not exactly match number of attributes \
                 defined in AttributeDefinitions",
            ));
        }
        let (local, global) = (local.as_deref(), global.as_deref());
        let indexes = indexes::build(local, global, &attributes, &keys, billing)?;
        check_used(&attributes, &keys, &indexes)?;
        let stream = stream.map(|stream| stream.build(STREAM_FAULTS)).transpose()?;
        let stream = match stream {
            Some(StreamWish::Open(view)) => Some(view),
            Some(StreamWish::Closed) | None => None,
        };
        let named = |index: &indexes::IndexMembers<'_>| {
            (index.name.to_owned(), index.throughput.unwrap_or_default())
        };
        Ok(CreateTable {
            definition: Definition { name, keys, indexes },
            billing,
            throughput,
            ceilings,
            index_ceilings: global
                .unwrap_or_default()
                .iter()
                .map(|index| (index.name.to_owned(), index.ceilings))
                .collect(),
            index_throughputs: global.unwrap_or_default().iter().map(named).collect(),
            class: class.map(TableClass::parse).transpose()?,
            is_protected,
            encryption: encryption.map(EncryptionMembers::build).transpose()?.unwrap_or_default(),
            tags: tags.map(|tags| tags::set(&tags)).transpose()?.unwrap_or_default(),
            stream,
        })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.definition.name
    }

    /// Returns the new table, which is active when `takes` is over, and the answer.
    ///
    /// The caller has made sure that there is no table of this name.
    pub(crate) fn apply(&self, now: Time, takes: Duration) -> (Definition, TableState, Answer) {
        let span = ChangeSpan::new(now, takes);
        let change = StatusChange { kind: ChangeKind::Creating, span };
        let global = self.definition.indexes.iter().filter(|index| index.scope == Scope::Global);
        let state = TableState {
            change,
            index_changes: global.map(|index| (index.name.clone(), change)).collect(),
            billing: self.billing,
            went_on_demand: (self.billing == Billing::OnDemand).then_some(span),
            provision: Provision::new(self.throughput),
            index_provisions: self
                .index_throughputs
                .iter()
                .map(|(name, throughput)| (name.clone(), Provision::new(*throughput)))
                .collect(),
            ceilings: self.ceilings,
            index_ceilings: self.index_ceilings.clone(),
            class: self.class,
            is_protected: self.is_protected,
            encryption: EncryptionState::new(self.encryption.clone()),
            tags: self.tags.clone(),
            stream: self.stream.map(|view| StreamDeclaration::new(view, span, None)),
            ..TableState::ready(now)
        };
        let definition = self.definition.clone();
        let empty = Statistics::default();
        let answer = description::answer(&definition, &state, &empty, Viewpoint::OwnAnswer(now));
        (definition, state, answer)
    }
}

/// Refuses attributes that are part of no key.
fn check_used(
    attributes: &AttributeDefinitions,
    keys: &KeySchema,
    indexes: &[IndexDefinition],
) -> Result<(), Answer> {
    let schemas = std::iter::once(keys).chain(indexes.iter().map(|index| &index.keys));
    let used: BTreeSet<_> =
        schemas.flat_map(KeySchema::attributes).map(|key| key.name.as_str()).collect();
    if attributes.iter().all(|attribute| used.contains(attribute.name.as_str())) {
        return Ok(());
    }
    let used: Vec<_> = used.into_iter().collect();
    Err(invalid(&format!(
        "Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
        attributes.names(),
        used.join(", ")
    )))
}
