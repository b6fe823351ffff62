//! Secondary indexes of a request, checked in the order of AWS.

use std::collections::BTreeSet;

use super::keys::{self, AttributeDefinitions, KeyElement};
use crate::answer::Answer;
use crate::members::{ListBounds, Members};
use crate::names::NAME;
use crate::refusals::invalid;
use crate::schema::{IndexDefinition, IndexProjection, KeySchema, Scope};
use crate::state::{Billing, Ceilings, Throughput};

/// The largest number of local indexes of a table.
pub(super) const LOCAL_MAX: usize = 5;
/// The largest number of global indexes of a table.
pub(super) const GLOBAL_MAX: usize = 20;

const ANY_LENGTH: ListBounds = ListBounds { least: 0, most: usize::MAX };

/// The members of an index in a request.
#[derive(Clone, Debug)]
pub(super) struct IndexMembers<'a> {
    pub(super) name: &'a str,
    pub(super) keys: Vec<KeyElement<'a>>,
    projection: ProjectionMembers<'a>,
    pub(super) throughput: Option<Throughput>,
    pub(super) ceilings: Ceilings,
}

#[derive(Clone, Debug, Default)]
struct ProjectionMembers<'a> {
    kind: Option<&'a str>,
    others: Option<Vec<&'a str>>,
}

/// Reads the member `LocalSecondaryIndexes`.
pub(super) fn read_local<'a>(
    members: &mut Members<'a>,
) -> Result<Option<Vec<IndexMembers<'a>>>, Answer> {
    let class = "LocalSecondaryIndex";
    members.structures("LocalSecondaryIndexes", class, ANY_LENGTH, name_of, |element| {
        IndexMembers::read(element, Scope::Local)
    })
}

/// Reads the member `GlobalSecondaryIndexes`.
pub(super) fn read_global<'a>(
    members: &mut Members<'a>,
) -> Result<Option<Vec<IndexMembers<'a>>>, Answer> {
    let class = "GlobalSecondaryIndex";
    members.structures("GlobalSecondaryIndexes", class, ANY_LENGTH, name_of, |element| {
        IndexMembers::read(element, Scope::Global)
    })
}

impl<'a> IndexMembers<'a> {
    /// Reads one index.
    pub(super) fn read(
        members: &mut Members<'a>,
        scope: Scope,
    ) -> Result<IndexMembers<'a>, Answer> {
        let name = members.require_text("IndexName", NAME)?;
        let keys = keys::read(members)?;
        let projection = ProjectionMembers::read(members)?;
        let (throughput, ceilings) = match scope {
            Scope::Global => (Throughput::read(members)?, Ceilings::read(members)?),
            Scope::Local => (None, None),
        };
        members.refuse("an index", &["WarmThroughput"])?;
        let ceilings = ceilings.unwrap_or_default();
        Ok(IndexMembers { name, keys, projection, throughput, ceilings })
    }

    /// Builds the definition of a local index.
    fn local(
        &self,
        attributes: &AttributeDefinitions,
        table: &KeySchema,
    ) -> Result<IndexDefinition, Answer> {
        let keys = attributes.key_schema(&self.keys)?;
        let name = self.name;
        if keys.range.is_none() {
            return Err(invalid(&format!(
                "Index KeySchema does not have a range key for index: {name}"
            )));
        }
        if keys.hash.name != table.hash.name {
            return Err(invalid(&format!(
                "Index KeySchema does not have the same leading hash key as table KeySchema for \
                 index: {name}. index hash key: {}, table hash key: {}",
                keys.hash.name, table.hash.name
            )));
        }
        let projection = self.projection.build()?;
        Ok(IndexDefinition { name: name.to_owned(), scope: Scope::Local, keys, projection })
    }

    /// Builds the definition of a global index.
    pub(super) fn global(
        &self,
        attributes: &AttributeDefinitions,
    ) -> Result<IndexDefinition, Answer> {
        let keys = attributes.key_schema(&self.keys)?;
        let projection = self.projection.build()?;
        let name = self.name.to_owned();
        Ok(IndexDefinition { name, scope: Scope::Global, keys, projection })
    }
}

/// Builds the definitions of all indexes of a new table, the local ones first.
pub(super) fn build(
    local: Option<&[IndexMembers<'_>]>,
    global: Option<&[IndexMembers<'_>]>,
    attributes: &AttributeDefinitions,
    table: &KeySchema,
    billing: Billing,
) -> Result<Vec<IndexDefinition>, Answer> {
    let mut indexes = Vec::new();
    if let Some(local) = local {
        check_not_empty(local, "LocalSecondaryIndexes")?;
        if table.range.is_none() {
            return Err(invalid(
                "Table KeySchema does not have a range key, which is required when specifying a \
                 LocalSecondaryIndex",
            ));
        }
        for members in local {
            let index = members.local(attributes, table)?;
            push_distinct(&mut indexes, index)?;
        }
        if local.len() > LOCAL_MAX {
            return Err(invalid(&format!(
                "Number of LocalSecondaryIndexes exceeds per-table limit of {LOCAL_MAX}"
            )));
        }
    }
    if let Some(global) = global {
        check_not_empty(global, "GlobalSecondaryIndexes")?;
        for members in global {
            let index = members.global(attributes)?;
            check_throughput(members, billing)?;
            members.ceilings.check_new_index(members.name, billing)?;
            push_distinct(&mut indexes, index)?;
        }
        if global.len() > GLOBAL_MAX {
            return Err(invalid(&format!(
                "GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_MAX}"
            )));
        }
    }
    Ok(indexes)
}

fn check_not_empty(indexes: &[IndexMembers<'_>], name: &str) -> Result<(), Answer> {
    if indexes.is_empty() {
        return Err(invalid(&format!("List of {name} is empty")));
    }
    Ok(())
}

/// Refuses a new global index whose throughput does not fit the billing of its table.
pub(super) fn check_throughput(members: &IndexMembers<'_>, billing: Billing) -> Result<(), Answer> {
    let name = members.name;
    match (billing, members.throughput) {
        (Billing::OnDemand, None) => Ok(()),
        (Billing::OnDemand, Some(_)) => Err(invalid(&format!(
            "ProvisionedThroughput should not be specified for index: {name} when BillingMode is \
             PAY_PER_REQUEST"
        ))),
        (Billing::Provisioned, None) => {
            Err(invalid(&format!("ProvisionedThroughput is not specified for index: {name}")))
        }
        (Billing::Provisioned, Some(throughput)) => throughput.check_bounds(),
    }
}

fn push_distinct(indexes: &mut Vec<IndexDefinition>, index: IndexDefinition) -> Result<(), Answer> {
    if indexes.iter().any(|earlier| earlier.name == index.name) {
        return Err(invalid(&format!("Duplicate index name: {}", index.name)));
    }
    indexes.push(index);
    Ok(())
}

impl<'a> ProjectionMembers<'a> {
    fn read(members: &mut Members<'a>) -> Result<ProjectionMembers<'a>, Answer> {
        let projection = members.structure("Projection", "Projection", |inner| {
            let kind = inner.one_of("ProjectionType", &["ALL", "INCLUDE", "KEYS_ONLY"])?;
            let bounds = ListBounds { least: 1, most: 20 };
            let others = inner.list_of_strings("NonKeyAttributes", bounds)?;
            Ok(ProjectionMembers { kind, others })
        })?;
        if projection.is_none() {
            members.missing("Projection");
        }
        Ok(projection.unwrap_or_default())
    }

    fn build(&self) -> Result<IndexProjection, Answer> {
        match (self.kind, &self.others) {
            (Some("ALL"), None) => Ok(IndexProjection::All),
            (Some("KEYS_ONLY"), None) => Ok(IndexProjection::KeysOnly),
            (Some("INCLUDE"), Some(others)) => included(others),
            (Some("INCLUDE"), None) => {
                Err(invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"))
            }
            (Some(kind), _) => Err(invalid(&format!(
                "ProjectionType is {kind}, but NonKeyAttributes is specified"
            ))),
            (None, _) => Err(invalid("Unknown ProjectionType: null")),
        }
    }
}

fn included(names: &[&str]) -> Result<IndexProjection, Answer> {
    let mut included = BTreeSet::new();
    for &name in names {
        if !included.insert(name.to_owned()) {
            return Err(invalid(&format!("Duplicate element in NonKeyAttributes: {name}")));
        }
    }
    Ok(IndexProjection::Include(included))
}

fn name_of(index: &IndexMembers<'_>) -> String {
    index.name.to_owned()
}
