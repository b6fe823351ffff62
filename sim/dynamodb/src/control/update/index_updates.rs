//! The `GlobalSecondaryIndexUpdates` of a request.

use super::check_differs;
use crate::answer::Answer;
use crate::control::indexes::{GLOBAL_MAX, IndexMembers};
use crate::control::keys::AttributeDefinitions;
use crate::members::{ListBounds, Members};
use crate::names::NAME;
use crate::refusals::{self, invalid};
use crate::schema::{Definition, IndexDefinition, Scope};
use crate::state::{
    Billing, ChangeKind, ChangeSpan, Provision, StatusChange, TableState, Throughput,
};

/// A creation, an update or a deletion of one index.
#[derive(Clone, Debug)]
pub(super) enum IndexUpdate {
    Create {
        name: String,
        /// The index, or the refusal of it, which AWS returns only after it saw the table.
        index: Result<IndexDefinition, Answer>,
        throughput: Option<Throughput>,
    },
    Update {
        name: String,
        throughput: Throughput,
    },
    Delete {
        name: String,
    },
}

/// The members of an update in a request, of which one should be there.
#[derive(Debug)]
pub(super) struct UpdateMembers<'a> {
    update: Option<(&'a str, Throughput)>,
    create: Option<IndexMembers<'a>>,
    delete: Option<&'a str>,
}

/// Reads the member `GlobalSecondaryIndexUpdates`.
pub(super) fn read<'a>(
    members: &mut Members<'a>,
) -> Result<Option<Vec<UpdateMembers<'a>>>, Answer> {
    let bounds = ListBounds { least: 0, most: usize::MAX };
    let class = "GlobalSecondaryIndexUpdate";
    let show = |_: &UpdateMembers<'_>| class.to_owned();
    members.structures("GlobalSecondaryIndexUpdates", class, bounds, show, |element| {
        let class = "UpdateGlobalSecondaryIndexAction";
        let update = element.structure("Update", class, read_update)?;
        let class = "CreateGlobalSecondaryIndexAction";
        let create = element.structure("Create", class, |inner| {
            inner.refuse("an index of UpdateTable", &["OnDemandThroughput"])?;
            IndexMembers::read(inner, Scope::Global)
        })?;
        let class = "DeleteGlobalSecondaryIndexAction";
        let delete =
            element.structure("Delete", class, |inner| inner.require_text("IndexName", NAME))?;
        Ok(UpdateMembers { update, create, delete })
    })
}

fn read_update<'a>(members: &mut Members<'a>) -> Result<(&'a str, Throughput), Answer> {
    let name = members.require_text("IndexName", NAME)?;
    let throughput = Throughput::read(members)?;
    if throughput.is_none() {
        members.missing("ProvisionedThroughput");
    }
    members.refuse("an index", &["OnDemandThroughput", "WarmThroughput"])?;
    Ok((name, throughput.unwrap_or_default()))
}

/// Builds the updates, and refuses an update without exactly one action.
///
/// The request must define all attributes of new indexes, even those that the table has.
pub(super) fn build(
    updates: Vec<UpdateMembers<'_>>,
    attributes: Option<AttributeDefinitions>,
) -> Result<Vec<IndexUpdate>, Answer> {
    let build = |update: UpdateMembers<'_>| match update {
        UpdateMembers { update: Some((name, throughput)), create: None, delete: None } => {
            Ok(IndexUpdate::Update { name: name.to_owned(), throughput })
        }
        UpdateMembers { update: None, create: Some(create), delete: None } => {
            Ok(IndexUpdate::create(&create, attributes.as_ref()))
        }
        UpdateMembers { update: None, create: None, delete: Some(name) } => {
            Ok(IndexUpdate::Delete { name: name.to_owned() })
        }
        UpdateMembers { update: None, create: None, delete: None } => Err(invalid(
            "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, \
             GlobalSecondaryIndexUpdate.Delete must not be null",
        )),
        _ => Err(invalid(
            "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate \
             object",
        )),
    };
    updates.into_iter().map(build).collect()
}

/// Refuses two updates of one index.
pub(super) fn check(updates: &[IndexUpdate]) -> Result<(), Answer> {
    for (index, update) in updates.iter().enumerate() {
        let name = update.name();
        if updates.iter().take(index).any(|earlier| earlier.name() == name) {
            return Err(invalid(&format!(
                "Only one global secondary index update per index is allowed simultaneously. \
                 Index: {name}"
            )));
        }
    }
    Ok(())
}

impl IndexUpdate {
    fn create(
        members: &IndexMembers<'_>,
        attributes: Option<&AttributeDefinitions>,
    ) -> IndexUpdate {
        let name = members.name.to_owned();
        let index = match attributes {
            Some(attributes) => members.global(attributes),
            None => {
                Err(invalid(&format!("AttributeDefinitions is not specified for index: {name}")))
            }
        };
        IndexUpdate::Create { name, index, throughput: members.throughput }
    }

    /// The name of the index.
    pub(super) fn name(&self) -> &str {
        match self {
            IndexUpdate::Create { name, .. }
            | IndexUpdate::Update { name, .. }
            | IndexUpdate::Delete { name } => name,
        }
    }

    /// True if the update creates or deletes an index.
    pub(super) fn is_structural(&self) -> bool {
        !matches!(self, IndexUpdate::Update { .. })
    }

    /// Checks the update against the table; `billing` is that of the table after it.
    pub(super) fn check_table(
        &self,
        definition: &Definition,
        state: &TableState,
        billing: Billing,
    ) -> Result<(), Answer> {
        let existing = definition.indexes.iter().find(|index| index.name == self.name());
        match self {
            IndexUpdate::Create { name, index, throughput } => {
                if existing.is_some() {
                    return Err(Answer::validation(
                        "Attempting to create an index which already exists",
                    ));
                }
                index.as_ref().map_err(Answer::clone)?;
                check_new_throughput(name, *throughput, billing)?;
                check_count(definition)
            }
            IndexUpdate::Update { name, throughput } => {
                if !throughput.is_in_bounds() {
                    return Err(Answer::validation(
                        "This operation cannot be performed with given input values. Please \
                         contact DynamoDB service team for more info: Action Blocked: IndexUpdate",
                    ));
                }
                check_global(existing, "update", name)?;
                if billing == Billing::OnDemand {
                    return Err(invalid(&format!(
                        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for \
                         index: {name} when BillingMode is PAY_PER_REQUEST"
                    )));
                }
                match state.index_provisions.get(name) {
                    Some(current) if state.billing == Billing::Provisioned => {
                        check_differs(&format!("index {name}"), current.throughput(), *throughput)
                    }
                    _ => Ok(()),
                }
            }
            IndexUpdate::Delete { name } => check_global(existing, "delete", name),
        }
    }

    /// Carries out an update that [`IndexUpdate::check_table`] has accepted.
    pub(super) fn apply(
        &self,
        definition: &mut Definition,
        state: &mut TableState,
        span: ChangeSpan,
    ) {
        let kind = match self {
            IndexUpdate::Create { name, index, throughput } => {
                let index = index.clone().expect("a refused index is not created");
                definition.indexes.push(index);
                let provision = Provision::new(throughput.unwrap_or_default());
                state.index_provisions.insert(name.clone(), provision);
                ChangeKind::Creating
            }
            IndexUpdate::Update { name, throughput } => {
                let provision = state.index_provisions.entry(name.clone()).or_default();
                provision.change(*throughput, span);
                ChangeKind::Updating
            }
            IndexUpdate::Delete { .. } => ChangeKind::Deleting,
        };
        state.index_changes.insert(self.name().to_owned(), StatusChange { kind, span });
    }
}

fn check_new_throughput(
    name: &str,
    throughput: Option<Throughput>,
    billing: Billing,
) -> Result<(), Answer> {
    match (billing, throughput) {
        (Billing::OnDemand, None) => Ok(()),
        (Billing::OnDemand, Some(_)) => Err(invalid(&format!(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {name} \
             when BillingMode is PAY_PER_REQUEST"
        ))),
        (Billing::Provisioned, None) => Err(invalid(&format!(
            "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {name}"
        ))),
        (Billing::Provisioned, Some(throughput)) => throughput.check_bounds(),
    }
}

fn check_count(definition: &Definition) -> Result<(), Answer> {
    let global = definition.indexes.iter().filter(|index| index.scope == Scope::Global).count();
    if global >= GLOBAL_MAX {
        return Err(refusals::limit(&format!(
            "GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_MAX}"
        )));
    }
    Ok(())
}

fn check_global(existing: Option<&IndexDefinition>, verb: &str, name: &str) -> Result<(), Answer> {
    match existing.map(|index| index.scope) {
        Some(Scope::Global) => Ok(()),
        Some(Scope::Local) => Err(Answer::validation(&format!(
            "Cannot {verb} an index that is not a GlobalSecondaryIndex: {name}"
        ))),
        None => Err(Answer::table_not_found()),
    }
}
