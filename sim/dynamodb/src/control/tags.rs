//! `TagResource`, `UntagResource` and `ListTagsOfResource`.

use std::collections::BTreeMap;

use crate::answer::Answer;
use crate::json::{self, Object};
use crate::members::{ListBounds, Members};
use crate::names::{TableArn, TextRule};
use crate::refusals::{access_denied, invalid};
use crate::state::TableState;

const TAGS_MAX: usize = 50;

const ANY_LENGTH: ListBounds = ListBounds { least: 0, most: usize::MAX };
const KEY: TextRule = TextRule { is_name: false, least: 1, most: 128 };
const VALUE: TextRule = TextRule { is_name: false, least: 0, most: 256 };
const RESOURCE: TextRule = TextRule { is_name: false, least: 1, most: 1283 };

/// The key and the value of a tag in a request.
pub(super) type TagMembers<'a> = (&'a str, &'a str);

/// A request to add tags to a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagResource {
    resource: Resource,
    tags: BTreeMap<String, String>,
}

/// A request to remove tags from a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UntagResource {
    resource: Resource,
    keys: Vec<String>,
}

/// A request for the tags of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListTags {
    resource: Resource,
}

/// A table by its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Resource {
    arn: String,
    table: String,
}

impl TagResource {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<TagResource, Answer> {
        let arn = members.text("ResourceArn", RESOURCE)?;
        let tags = read(members)?;
        if tags.is_none() {
            members.missing("Tags");
        }
        let resource = Resource::check(members, arn, "TagResource")?;
        let tags = tags.expect("a request without tags has been refused");
        if tags.is_empty() {
            return Err(Answer::validation("Atleast one Tag needs to be provided as Input."));
        }
        Ok(TagResource { resource, tags: set(&tags)? })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.resource.table
    }

    /// The answer if there is no such table.
    pub(crate) fn not_found(&self) -> Answer {
        self.resource.not_found()
    }

    /// Adds the tags.
    pub(crate) fn apply(&self, state: &mut TableState) -> Result<Answer, Answer> {
        let added = self.tags.keys().filter(|key| !state.tags.contains_key(*key)).count();
        if state.tags.len() + added > TAGS_MAX {
            return Err(too_many());
        }
        state.tags.extend(self.tags.clone());
        Ok(Answer::success(String::new()))
    }
}

impl UntagResource {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<UntagResource, Answer> {
        let arn = members.text("ResourceArn", RESOURCE)?;
        let keys = members.list_of_strings("TagKeys", ANY_LENGTH)?;
        if keys.is_none() {
            members.missing("TagKeys");
        }
        let resource = Resource::check(members, arn, "UntagResource")?;
        let keys = keys.expect("a request without keys has been refused");
        let keys: Vec<_> = keys.into_iter().map(str::to_owned).collect();
        if keys.is_empty() {
            return Err(Answer::validation("Atleast one Tag Key needs to be provided as Input."));
        }
        Ok(UntagResource { resource, keys })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.resource.table
    }

    /// Removes the tags, and ignores keys without a tag.
    pub(crate) fn apply(&self, state: &mut TableState) -> Answer {
        state.tags.retain(|key, _| !self.keys.contains(key));
        Answer::success(String::new())
    }
}

impl ListTags {
    /// Parses the request, as far as no table is needed.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<ListTags, Answer> {
        members.refuse("ListTagsOfResource", &["NextToken"])?;
        let arn = members.text("ResourceArn", RESOURCE)?;
        Ok(ListTags { resource: Resource::check(members, arn, "ListTagsOfResource")? })
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.resource.table
    }

    /// The answer if there is no such table.
    pub(crate) fn not_found(&self) -> Answer {
        self.resource.not_found()
    }

    /// Lists all tags on one page, in the order of their keys.
    pub(crate) fn apply(&self, state: &TableState) -> Answer {
        let tags = json::array(&state.tags, |(key, value)| {
            Object::new().text("Key", key).text("Value", value).finish()
        });
        Answer::success(Object::new().json("Tags", &tags).finish())
    }
}

impl Resource {
    /// Checks the ARN of a table and reports every violation, in the order of AWS.
    fn check(
        members: &mut Members<'_>,
        arn: Option<&str>,
        operation: &str,
    ) -> Result<Resource, Answer> {
        let Some(text) = arn else { return Err(Answer::validation("Invalid TableArn")) };
        members.check()?;
        if !text.starts_with("arn:") {
            return Err(invalid(&format!("ARNs must start with 'arn:': {text}")));
        }
        if !text.starts_with("arn:aws:dynamodb:") {
            return Err(access_denied(operation, text));
        }
        let arn = TableArn::parse(text).filter(|arn| arn.table.len() >= 3).ok_or_else(|| {
            Answer::validation(&format!(
                "Invalid TableArn: Invalid ResourceArn provided as input {text}"
            ))
        })?;
        if !arn.is_ours() {
            return Err(access_denied(operation, text));
        }
        Ok(Resource { arn: text.to_owned(), table: arn.table.to_owned() })
    }

    /// The answer if there is no such table. The misspelling is AWS's.
    fn not_found(&self) -> Answer {
        let message = format!("Requested resource not found: ResourcArn: {} not found", self.arn);
        Answer::error(400, "ResourceNotFoundException", &message)
    }
}

/// Reads the member `Tags`.
pub(super) fn read<'a>(members: &mut Members<'a>) -> Result<Option<Vec<TagMembers<'a>>>, Answer> {
    let show = |tag: &TagMembers<'_>| format!("Tag(key={}, value={})", tag.0, tag.1);
    members.structures("Tags", "Tag", ANY_LENGTH, show, |tag| {
        Ok((tag.require_text("Key", KEY)?, tag.require_text("Value", VALUE)?))
    })
}

/// Returns the tags by their keys, and refuses too many tags or a key that occurs twice.
pub(super) fn set(tags: &[TagMembers<'_>]) -> Result<BTreeMap<String, String>, Answer> {
    let mut set = BTreeMap::new();
    for (key, value) in tags {
        if key.starts_with("aws:") {
            return Err(Answer::validation(&format!(
                "Tag Key cannot be prefixed with aws:, Key: {key}"
            )));
        }
        if set.insert((*key).to_owned(), (*value).to_owned()).is_some() {
            return Err(Answer::validation(&format!(
                "Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}"
            )));
        }
    }
    if set.len() > TAGS_MAX {
        return Err(too_many());
    }
    Ok(set)
}

fn too_many() -> Answer {
    Answer::validation("Number of Tags exceed the current limit for the provided ResourceArn")
}
