//! `ListTables`.

use crate::answer::Answer;
use crate::json::{self, Object};
use crate::members::Members;
use crate::names::NAME;

const LIMIT_MAX: u32 = 100;

/// A request for the names of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListTables {
    start: Option<String>,
    limit: usize,
}

impl ListTables {
    /// Parses the request.
    pub(crate) fn parse(members: &mut Members<'_>) -> Result<ListTables, Answer> {
        let start = members.text("ExclusiveStartTableName", NAME)?;
        let limit = members.integer("Limit", 1, i64::from(LIMIT_MAX))?.unwrap_or(LIMIT_MAX);
        members.check()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(ListTables { start: start.map(str::to_owned), limit })
    }

    /// Lists one page of these names, which are sorted.
    pub(crate) fn apply<'a>(&self, names: impl Iterator<Item = &'a str>) -> Answer {
        let is_after = |name: &&str| self.start.as_deref().is_none_or(|start| *name > start);
        let mut names = names.filter(is_after);
        let page: Vec<_> = names.by_ref().take(self.limit).collect();
        let last = page.last().copied().filter(|_| names.next().is_some());
        let list = Object::new()
            .json("TableNames", &json::array(&page, |name| json::string(name)))
            .json_if("LastEvaluatedTableName", last.map(json::string));
        Answer::success(list.finish())
    }
}
