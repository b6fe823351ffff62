//! The rows that the tables of a file begin with.

use serde::Deserialize;
use serde_json::{Value, json};
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_sim::stack::{Stack, Table};
use toml::Spanned;
use toml::value::Table as TomlTable;

use super::error::Mistake;
use super::table::refusal;

/// The types of values in DynamoDB's JSON.
const TYPES: [&str; 10] = ["B", "BOOL", "BS", "L", "M", "N", "NS", "NULL", "S", "SS"];

/// A row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", expecting = "a table")]
pub(super) struct RowEntry {
    /// The name of a table.
    table: Spanned<String>,
    item: Spanned<TomlTable>,
}

/// Reads rows of these tables: the name of a table, and an item in DynamoDB's JSON.
///
/// # Errors
///
/// The first mistake: a table that is not there, a value that DynamoDB does not have, or
/// DynamoDB's own message at the row that it refuses.
pub(super) fn read_rows(
    entries: Vec<Spanned<RowEntry>>,
    tables: &[Table],
) -> Result<Vec<(String, Value)>, Mistake> {
    let mut db = DynamoDb::new(Limits::default());
    for (operation, body) in tables.iter().flat_map(Table::requests) {
        // Each table was checked when it was read.
        let _ = refusal(&mut db, operation, &body);
    }
    let read = |entry: Spanned<RowEntry>| {
        let RowEntry { table, item } = entry.into_inner();
        check_table(tables, &table)?;
        let at = item.span().start;
        let item = item_of(item.get_ref()).map_err(|what| Mistake::new(at, what))?;
        let row = Stack::new().row(table.get_ref(), item.clone());
        for (operation, body) in row.row_requests() {
            if let Some(message) = refusal(&mut db, operation, &body) {
                let what = format!("a row of `{}`: {message}", table.get_ref());
                return Err(Mistake::new(at, what));
            }
        }
        Ok((table.into_inner(), item))
    };
    entries.into_iter().map(read).collect()
}

/// Checks that there is a table with this name.
fn check_table(tables: &[Table], name: &Spanned<String>) -> Result<(), Mistake> {
    if tables.iter().any(|table| table.name == *name.get_ref()) {
        return Ok(());
    }
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let what = match names.as_slice() {
        [] => format!("there is no table `{}`; add it as a `[[table]]`", name.get_ref()),
        names => format!("there is no table `{}`; there are: {}", name.get_ref(), names.join(", ")),
    };
    Err(Mistake::new(name.span().start, what))
}

/// Returns an item in DynamoDB's JSON.
fn item_of(attributes: &TomlTable) -> Result<Value, String> {
    let attribute = |(name, value): (&String, &toml::Value)| {
        let value = value_of(value).map_err(|what| format!("`{name}`: {what}"))?;
        Ok((name.clone(), value))
    };
    attributes.iter().map(attribute).collect()
}

/// Returns a value in DynamoDB's JSON, which it may be in already.
fn value_of(value: &toml::Value) -> Result<Value, String> {
    use toml::Value as Toml;
    Ok(match value {
        Toml::String(text) => json!({"S": text}),
        Toml::Integer(number) => json!({"N": number.to_string()}),
        Toml::Float(number) if number.is_finite() => json!({"N": number.to_string()}),
        Toml::Float(_) => return Err("DynamoDB has finite numbers only".to_owned()),
        Toml::Boolean(is_true) => json!({"BOOL": is_true}),
        Toml::Datetime(_) => {
            return Err("DynamoDB has no times; write a text or a number".to_owned());
        }
        Toml::Array(items) => {
            let items = items.iter().map(value_of);
            json!({"L": items.collect::<Result<Vec<Value>, String>>()?})
        }
        Toml::Table(table) if is_typed(table) => {
            serde_json::to_value(table).map_err(|error| error.to_string())?
        }
        Toml::Table(table) => json!({"M": item_of(table)?}),
    })
}

/// True if a table is a value in DynamoDB's JSON: its only key is a type.
fn is_typed(table: &TomlTable) -> bool {
    table.len() == 1 && table.keys().all(|key| TYPES.contains(&key.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_and_those_of_dynamodb_stand_side_by_side() {
        let toml = r#"
            text = "a"
            number = 7
            half = 0.5
            is_open = true
            list = [1, "b"]
            map = { S = "a", N = "b" }
            set = { SS = ["a", "b"] }
            nothing = { NULL = true }
        "#;
        let item = item_of(&toml.parse().expect("TOML")).expect("an item");
        assert_eq!(
            item,
            json!({
                "text": {"S": "a"},
                "number": {"N": "7"},
                "half": {"N": "0.5"},
                "is_open": {"BOOL": true},
                "list": {"L": [{"N": "1"}, {"S": "b"}]},
                "map": {"M": {"S": {"S": "a"}, "N": {"S": "b"}}},
                "set": {"SS": ["a", "b"]},
                "nothing": {"NULL": true},
            })
        );
    }

    #[test]
    fn a_value_that_dynamodb_does_not_have_is_refused_by_its_name() {
        for (toml, message) in [
            ("a = inf", "`a`: DynamoDB has finite numbers only"),
            ("a = 2026-01-01", "`a`: DynamoDB has no times; write a text or a number"),
            ("a = { b = [nan] }", "`a`: `b`: DynamoDB has finite numbers only"),
        ] {
            let refused = item_of(&toml.parse().expect("TOML")).expect_err("no such value");
            assert_eq!(refused, message, "{toml}");
        }
    }
}
