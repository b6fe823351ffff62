//! `UpdateTable`.

mod index_updates;

use std::time::Duration;

use stormglass_spec::Time;

use super::description;
use super::keys::AttributeDefinitions;
use super::settings::{self, EncryptionMembers, StreamFaults, StreamMembers, StreamWish};
use super::table_names;
use crate::answer::Answer;
use crate::members::Members;
use crate::refusals::{self, invalid};
use crate::schema::{Definition, Scope};
use crate::size::Statistics;
use crate::state::{
    Billing, Ceilings, ChangeKind, ChangeSpan, Encryption, StatusChange, StreamDeclaration,
    TableClass, TableState, Throughput, Viewpoint,
};
use index_updates::IndexUpdate;

const NOTHING: &str = "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, \
     GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, \
     ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, \
     OnDemandThroughput, WarmThroughput or TableClass is required";

const STREAM_FAULTS: StreamFaults = StreamFaults {
    view_missing: "If stream is being enabled then UpdateViewType is required",
    view_refused: "If stream is being disabled, then UpdateViewType must not be specified",
};

/// A request to change a table.
#[derive(Clone, Debug)]
pub(crate) struct UpdateTable {
    table: String,
    billing: Option<Billing>,
    throughput: Option<Throughput>,
    ceilings: Option<Ceilings>,
    indexes: Vec<IndexUpdate>,
    /// A change of its own: it leaves the status of the table as it is.
    encryption: Option<Encryption>,
    class: Option<TableClass>,
    protection: Option<bool>,
    stream: Option<StreamWish>,
}

impl UpdateTable {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<UpdateTable, Answer> {
        let refused = [
            "ReplicaUpdates",
            "MultiRegionConsistency",
            "GlobalTableWitnessUpdates",
            "WarmThroughput",
        ];
        members.refuse("UpdateTable", &refused)?;
        let attributes = AttributeDefinitions::read(members)?;
        let name = table_names::read(members)?;
        let throughput = Throughput::read(members)?;
        let billing = Billing::read(members)?;
        let ceilings = Ceilings::read(members)?;
        let indexes = index_updates::read(members)?;
        let stream = StreamMembers::read(members)?;
        let encryption = EncryptionMembers::read(members)?;
        let class = members.string("TableClass")?;
        let protection = members.switch("DeletionProtectionEnabled")?;
        let table = table_names::check(members, name)?;

        // Violations have been reported. AWS now checks the members together, in this order.
        let request = UpdateTable {
            table,
            billing,
            throughput,
            ceilings: ceilings.filter(|ceilings| !ceilings.is_empty()),
            indexes: index_updates::build(indexes.unwrap_or_default(), attributes)?,
            encryption: encryption.map(EncryptionMembers::build).transpose()?,
            class: class.map(TableClass::parse).transpose()?,
            protection,
            stream: stream.map(|stream| stream.build(STREAM_FAULTS)).transpose()?,
        };
        if ceilings.is_some() && request.kinds() == 0 {
            return Err(Answer::unsupported("OnDemandThroughput without a member of UpdateTable"));
        }
        request.check()?;
        Ok(request)
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// Changes the table, with effect when `takes` is over.
    ///
    /// A new index is in the definition at once. A deleted one stays there until
    /// [`TableState::settle`] removes it.
    pub(crate) fn apply(
        &self,
        definition: &mut Definition,
        state: &mut TableState,
        statistics: &Statistics,
        now: Time,
        takes: Duration,
    ) -> Result<Answer, Answer> {
        if !self.is_at_once(state, now) {
            state.check_settled(&self.table, now)?;
        }
        self.check_table(definition, state)?;
        if let Some(to) = &self.encryption {
            state.encryption.check_change(to, now)?;
        }
        let span = ChangeSpan::new(now, takes);
        self.change_throughput(definition, state, span);
        self.change_stream(state, span);
        for update in &self.indexes {
            update.apply(definition, state, span);
        }
        if let Some(ceilings) = self.ceilings {
            state.ceilings = ceilings.or(state.ceilings);
        }
        if let Some(class) = self.class {
            state.class = Some(class);
        }
        if let Some(protection) = self.protection {
            state.is_protected = protection;
        }
        if let Some(to) = &self.encryption {
            state.encryption.change(to.clone(), span);
        } else if self.protection.is_none() {
            state.change = StatusChange { kind: ChangeKind::Updating, span };
        }
        let answer = description::answer(definition, state, statistics, Viewpoint::OwnAnswer(now));
        // Only this answer shows the ceilings that the update removes.
        state.ceilings = state.ceilings.remaining();
        Ok(answer)
    }

    /// True if the change need not wait for a pending one: that of the protection takes no time.
    fn is_at_once(&self, state: &TableState, now: Time) -> bool {
        self.protection.is_some() && state.pending(now) == Some(ChangeKind::Updating)
    }

    /// The number of kinds of change in the request.
    fn kinds(&self) -> usize {
        let kinds = [
            self.changes_throughput(),
            self.ceilings.is_some(),
            !self.indexes.is_empty(),
            self.stream.is_some(),
            self.encryption.is_some(),
            self.class.is_some(),
            self.protection.is_some(),
        ];
        kinds.into_iter().filter(|is_asked_for| *is_asked_for).count()
    }

    fn changes_throughput(&self) -> bool {
        self.throughput.is_some() || self.billing.is_some()
    }

    fn check(&self) -> Result<(), Answer> {
        let kinds = self.kinds();
        if kinds == 0 {
            return Err(Answer::validation(NOTHING));
        }
        match (self.billing, self.throughput) {
            (Some(Billing::Provisioned), None) => {
                return Err(invalid(
                    "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
                ));
            }
            (Some(Billing::OnDemand), Some(_)) => return Err(settings::throughput_on_demand()),
            (_, Some(throughput)) => throughput.check_bounds()?,
            (_, None) => {}
        }
        index_updates::check(&self.indexes)?;
        let message = if self.class.is_some() && kinds > 1 {
            "TableClass modification must be the only operation in the request"
        } else if self.protection.is_some() && kinds > 1 {
            "DeletionProtection modification must be the only operation in the request"
        } else if self.encryption.is_some() && kinds > 1 {
            "Server-Side Encryption modification must be the only operation in the request"
        } else if self.changes_throughput() && self.indexes.iter().any(IndexUpdate::is_structural) {
            "You cannot create or delete index while updating table IOPS"
        } else {
            return Ok(());
        };
        Err(invalid(message))
    }

    fn check_table(&self, definition: &Definition, state: &TableState) -> Result<(), Answer> {
        self.check_stream(state)?;
        let billing = self.billing.unwrap_or(state.billing);
        if let Some(ceilings) = self.ceilings {
            ceilings.check_change(billing)?;
        }
        if let Some(to) = self.throughput {
            if billing == Billing::OnDemand {
                return Err(settings::throughput_on_demand());
            }
            if state.billing == Billing::Provisioned {
                check_differs("table", state.provision.throughput(), to)?;
            }
        }
        let structural = self.indexes.iter().filter(|update| update.is_structural()).count();
        if structural > 1 {
            return Err(refusals::limit(
                "Subscriber limit exceeded: Only 1 online index can be created or deleted \
                 simultaneously per table",
            ));
        }
        for update in &self.indexes {
            update.check_table(definition, state, billing)?;
        }
        self.check_indexes_provisioned(definition, state)
    }

    /// Refuses to open an open stream, even with another view, and to close none (FACTS 13.3).
    fn check_stream(&self, state: &TableState) -> Result<(), Answer> {
        let fault = match (self.stream, state.open_stream()) {
            (Some(StreamWish::Open(_)), Some(_)) => "Table already has an enabled stream",
            (Some(StreamWish::Closed), None) => "Table has no stream to disable",
            _ => return Ok(()),
        };
        Err(Answer::validation(&format!("{fault}: TableName: {}", self.table)))
    }

    /// Opens a stream, or closes the one that is open.
    fn change_stream(&self, state: &mut TableState, span: ChangeSpan) {
        match (self.stream, &mut state.stream) {
            (Some(StreamWish::Open(view)), earlier) => {
                *earlier = Some(StreamDeclaration::new(view, span, earlier.as_ref()));
            }
            (Some(StreamWish::Closed), Some(stream)) => stream.closed = Some(span),
            (Some(StreamWish::Closed), None) | (None, _) => {}
        }
    }

    /// Refuses to leave on-demand billing without a throughput for each global index.
    fn check_indexes_provisioned(
        &self,
        definition: &Definition,
        state: &TableState,
    ) -> Result<(), Answer> {
        if self.billing != Some(Billing::Provisioned) || state.billing == Billing::Provisioned {
            return Ok(());
        }
        let has_none = |name: &&str| !self.indexes.iter().any(|update| update.name() == *name);
        let without: Vec<_> = global_names(definition).filter(has_none).collect();
        if without.is_empty() {
            return Ok(());
        }
        Err(invalid(&format!(
            "ProvisionedThroughput must be specified for index: {}",
            without.join(",")
        )))
    }

    fn change_throughput(&self, definition: &Definition, state: &mut TableState, span: ChangeSpan) {
        let was = state.billing;
        state.billing = self.billing.unwrap_or(was);
        match (was, state.billing) {
            (Billing::Provisioned, Billing::OnDemand) => {
                state.went_on_demand = Some(span);
                let none = Throughput::default();
                state.provision.change_at_once(none, span);
                for provision in state.index_provisions.values_mut() {
                    provision.change_at_once(none, span);
                }
                for index in global_names(definition) {
                    let change = StatusChange { kind: ChangeKind::Updating, span };
                    state.index_changes.insert(index.to_owned(), change);
                }
            }
            (Billing::OnDemand, Billing::Provisioned) => {
                let to = self.throughput.expect("provisioned billing has a throughput");
                state.provision.change_at_once(to, span);
                state.ceilings = Ceilings::default();
                state.index_ceilings.clear();
            }
            (Billing::Provisioned, Billing::Provisioned) => {
                if let Some(to) = self.throughput {
                    state.provision.change(to, span);
                }
            }
            (Billing::OnDemand, Billing::OnDemand) => {}
        }
    }
}

/// Refuses a change of throughput that changes nothing.
fn check_differs(what: &str, from: Throughput, to: Throughput) -> Result<(), Answer> {
    if from != to {
        return Ok(());
    }
    Err(Answer::validation(&format!(
        "The provisioned throughput for the {what} will not change. The requested value equals \
         the current value. Current ReadCapacityUnits provisioned for the {what}: {}. Requested \
         ReadCapacityUnits: {}. Current WriteCapacityUnits provisioned for the {what}: {}. \
         Requested WriteCapacityUnits: {}. Refer to the Amazon DynamoDB Developer Guide for \
         current limits and how to request higher limits.",
        from.read, to.read, from.write, to.write
    )))
}

fn global_names(definition: &Definition) -> impl Iterator<Item = &str> {
    let global = definition.indexes.iter().filter(|index| index.scope == Scope::Global);
    global.map(|index| index.name.as_str())
}
