//! Tables: their keys, their indexes and the expiry of their rows.

use stormglass_sim::stack::{KeyAttribute, KeyType, Projection, Table, TableIndex};

use super::{Reader, Resource};
use crate::node::Node;
use crate::problem::Mistake;

const READ: [&str; 5] = [
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "TableName",
    "TimeToLiveSpecification",
];

/// The properties that change nothing in a simulation.
const WITHOUT_EFFECT: [&str; 10] = [
    "BillingMode",
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "ProvisionedThroughput",
    "SSESpecification",
    "TableClass",
    "Tags",
    "WarmThroughput",
];

impl Reader<'_> {
    pub(super) fn read_table(&mut self, resource: Resource<'_>) -> Result<(), Mistake> {
        self.warn_of_others(resource, &READ, &WITHOUT_EFFECT);
        let line = resource.node.line;
        let name = self.evaluation.name_of(resource.id, line)?;
        if self.stack.tables.iter().any(|known| known.name == name) {
            return Err(Mistake::new(line, format!("a second table is called {name}")));
        }
        let types = self.key_types(resource)?;
        let properties = resource.node.get("Properties").unwrap_or(resource.node);
        let (partition_key, sort_key) = self.keys(properties, &types)?;
        let mut table = Table::new(&name, partition_key);
        table.sort_key = sort_key;
        table.expires_by = self.expiry(resource)?;
        for index in resource.property("GlobalSecondaryIndexes").map_or(&[][..], Node::items) {
            table.indexes.push(self.index(index, &types)?);
        }
        self.stack.tables.push(table);
        Ok(())
    }

    fn key_types(&self, resource: Resource<'_>) -> Result<Vec<(String, KeyType)>, Mistake> {
        let definitions = resource.property("AttributeDefinitions").map_or(&[][..], Node::items);
        let definition = |definition: &Node| {
            let kind = match self.member(definition, "AttributeType")?.as_str() {
                "S" => KeyType::S,
                "N" => KeyType::N,
                "B" => KeyType::B,
                other => {
                    let what = format!("the type of a key is S, N or B, and not {other}");
                    return Err(Mistake::new(definition.line, what));
                }
            };
            Ok((self.member(definition, "AttributeName")?, kind))
        };
        definitions.iter().map(definition).collect()
    }

    /// Returns the partition key and the sort key that a `KeySchema` names.
    fn keys(
        &self,
        owner: &Node,
        types: &[(String, KeyType)],
    ) -> Result<(KeyAttribute, Option<KeyAttribute>), Mistake> {
        let schema = owner.get("KeySchema");
        let schema = schema.ok_or_else(|| Mistake::new(owner.line, "`KeySchema` is missing"))?;
        let (mut partition_key, mut sort_key) = (None, None);
        for key in schema.items() {
            let name = self.member(key, "AttributeName")?;
            let known = types.iter().find(|(known, _)| *known == name);
            let unknown = || {
                let what = format!("`AttributeDefinitions` has no type for the key {name}");
                Mistake::new(key.line, what)
            };
            let (_, kind) = known.ok_or_else(unknown)?;
            let attribute = KeyAttribute { name: name.clone(), kind: *kind };
            let place = match self.member(key, "KeyType")?.as_str() {
                "HASH" => &mut partition_key,
                "RANGE" => &mut sort_key,
                other => {
                    let what = format!("a key is HASH or RANGE, and not {other}");
                    return Err(Mistake::new(key.line, what));
                }
            };
            if place.replace(attribute).is_some() {
                return Err(Mistake::new(key.line, "there are two keys of this kind"));
            }
        }
        let no_key = || Mistake::new(schema.line, "`KeySchema` has no key of the kind HASH");
        Ok((partition_key.ok_or_else(no_key)?, sort_key))
    }

    fn index(&self, index: &Node, types: &[(String, KeyType)]) -> Result<TableIndex, Mistake> {
        let (partition_key, sort_key) = self.keys(index, types)?;
        let missing = || Mistake::new(index.line, "`Projection` is missing");
        let projection = index.get("Projection").ok_or_else(missing)?;
        let projection = match self.member(projection, "ProjectionType")?.as_str() {
            "ALL" => Projection::All,
            "KEYS_ONLY" => Projection::KeysOnly,
            "INCLUDE" => {
                let names = projection.get("NonKeyAttributes").map_or(&[][..], Node::items);
                let names = names.iter().map(|name| self.evaluation.scalar(name));
                Projection::Include(names.collect::<Result<_, _>>()?)
            }
            other => {
                let what = format!("a projection is ALL, KEYS_ONLY or INCLUDE, and not {other}");
                return Err(Mistake::new(projection.line, what));
            }
        };
        let name = self.member(index, "IndexName")?;
        Ok(TableIndex { name, partition_key, sort_key, projection })
    }

    fn expiry(&self, resource: Resource<'_>) -> Result<Option<String>, Mistake> {
        let Some(expiry) = resource.property("TimeToLiveSpecification") else { return Ok(None) };
        match self.member(expiry, "Enabled")?.as_str() {
            "true" => self.member(expiry, "AttributeName").map(Some),
            "false" => Ok(None),
            other => {
                let what = format!("`Enabled` is true or false, and not {other}");
                Err(Mistake::new(expiry.line, what))
            }
        }
    }
}
