//! Key schemas and attribute definitions of a request, checked in the order of AWS.

use crate::answer::Answer;
use crate::members::{ListBounds, Members};
use crate::names::ATTRIBUTE_NAME;
use crate::refusals::invalid;
use crate::schema::{KeyAttribute, KeySchema, KeyType};

/// An element of the `KeySchema` of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyElement<'a> {
    pub(super) name: &'a str,
    /// True for `HASH`, false for `RANGE`.
    is_hash: bool,
}

/// The `AttributeDefinitions` of a request.
#[derive(Clone, Debug)]
pub(super) struct AttributeDefinitions(Vec<KeyAttribute>);

/// Reads the member `KeySchema`.
///
/// Notes a violation and returns no elements if it is missing.
pub(super) fn read<'a>(members: &mut Members<'a>) -> Result<Vec<KeyElement<'a>>, Answer> {
    let bounds = ListBounds { least: 1, most: 2 };
    let show = |element: &KeyElement<'_>| {
        let kind = if element.is_hash { "HASH" } else { "RANGE" };
        format!("KeySchemaElement(attributeName={}, keyType={kind})", element.name)
    };
    let keys = members.structures("KeySchema", "KeySchemaElement", bounds, show, |element| {
        let name = element.require_text("AttributeName", ATTRIBUTE_NAME)?;
        let kind = element.require_one_of("KeyType", &["HASH", "RANGE"])?;
        Ok(KeyElement { name, is_hash: kind == "HASH" })
    })?;
    if keys.is_none() {
        members.missing("KeySchema");
    }
    Ok(keys.unwrap_or_default())
}

impl AttributeDefinitions {
    /// Reads the member `AttributeDefinitions`.
    pub(super) fn read(members: &mut Members<'_>) -> Result<Option<AttributeDefinitions>, Answer> {
        let bounds = ListBounds { least: 0, most: usize::MAX };
        let read = |element: &mut Members<'_>| {
            let name = element.require_text("AttributeName", ATTRIBUTE_NAME)?.to_owned();
            let kind = match element.require_one_of("AttributeType", &["B", "N", "S"])? {
                "B" => KeyType::B,
                "N" => KeyType::N,
                _ => KeyType::S,
            };
            Ok(KeyAttribute { name, kind })
        };
        let name = |attribute: &KeyAttribute| attribute.name.clone();
        let list = members.structures(
            "AttributeDefinitions",
            "AttributeDefinition",
            bounds,
            name,
            read,
        )?;
        Ok(list.map(AttributeDefinitions))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.0.iter()
    }

    /// Refuses two definitions of one attribute.
    pub(super) fn check_distinct(&self) -> Result<(), Answer> {
        for (index, attribute) in self.0.iter().enumerate() {
            if self.0.iter().take(index).any(|earlier| earlier.name == attribute.name) {
                let message = format!("Attribute Name is duplicated: {}", attribute.name);
                return Err(Answer::validation(&message));
            }
        }
        Ok(())
    }

    /// Builds the key that these elements describe.
    ///
    /// # Panics
    ///
    /// If there is no element: AWS counts an empty `KeySchema` among the violations.
    pub(super) fn key_schema(&self, keys: &[KeyElement<'_>]) -> Result<KeySchema, Answer> {
        let attributes: Option<Vec<_>> = keys.iter().map(|key| self.find(key.name)).collect();
        let Some(attributes) = attributes else { return Err(self.undefined(keys)) };
        if let [first, second, ..] = keys
            && first.name == second.name
        {
            return Err(Answer::validation(
                "Both the Hash Key and the Range Key element in the KeySchema have the same name",
            ));
        }
        let [first, rest @ ..] = keys else {
            unreachable!("an empty KeySchema has been refused");
        };
        if !first.is_hash {
            return Err(wrong_type("first", "HASH"));
        }
        if rest.iter().any(|second| second.is_hash) {
            return Err(wrong_type("second", "RANGE"));
        }
        let mut attributes = attributes.into_iter().cloned();
        let hash = attributes.next().expect("each element has its attribute");
        Ok(KeySchema { hash, range: attributes.next() })
    }

    fn find(&self, name: &str) -> Option<&KeyAttribute> {
        self.0.iter().find(|attribute| attribute.name == name)
    }

    fn undefined(&self, keys: &[KeyElement<'_>]) -> Answer {
        let keys: Vec<_> = keys.iter().map(|key| key.name).collect();
        invalid(&format!(
            "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], \
             AttributeDefinitions: [{}]",
            keys.join(", "),
            self.names()
        ))
    }

    /// The names of the attributes, with commas between them.
    pub(super) fn names(&self) -> String {
        self.0.iter().map(|attribute| attribute.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// Refuses a key with more attributes than are defined.
pub(super) fn no_definition() -> Answer {
    Answer::validation("Invalid KeySchema: Some index key attribute have no definition")
}

fn wrong_type(which: &str, kind: &str) -> Answer {
    Answer::validation(&format!(
        "Invalid KeySchema: The {which} KeySchemaElement is not a {kind} key type"
    ))
}
