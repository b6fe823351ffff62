//! The tables for a reader that is no client, and whose reads are not recorded.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::tables::Tables;

/// A page of the rows of a table.
#[derive(Debug, Default)]
pub struct RowPage {
    /// The rows, as DynamoDB writes items.
    pub items: Vec<Box<RawValue>>,
    /// The key after which the next page begins, as DynamoDB writes keys; `None` at the end of the
    /// table.
    pub next: Option<Value>,
}

impl Tables {
    /// Returns the names of the tables, as many as one page of `ListTables` has.
    pub fn names(&self) -> Vec<String> {
        let answer = self.read("ListTables", &json!({}));
        texts(&answer["TableNames"], |name| name)
    }

    /// Returns the names of the attributes that are the key of a table: none if there is no such
    /// table.
    pub fn keys(&self, table: &str) -> Vec<String> {
        let answer = self.read("DescribeTable", &json!({ "TableName": table }));
        texts(&answer["Table"]["KeySchema"], |key| &key["AttributeName"])
    }

    /// Returns the first rows of a table, or those after a key; `None` if there is no such table,
    /// or the key does not fit it.
    pub fn page(&self, table: &str, rows_max: usize, after: Option<&Value>) -> Option<RowPage> {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct ScanAnswer {
            items: Vec<Box<RawValue>>,
            last_evaluated_key: Option<Value>,
        }
        let mut body = json!({ "TableName": table, "Limit": rows_max, "ConsistentRead": true });
        if let Some(after) = after {
            body["ExclusiveStartKey"] = after.clone();
        }
        let answer = self.inspect("DynamoDB_20120810.Scan", body.to_string().as_bytes())?;
        let scanned: ScanAnswer = serde_json::from_str(&answer.body).ok()?;
        Some(RowPage { items: scanned.items, next: scanned.last_evaluated_key })
    }

    fn read(&self, operation: &str, body: &Value) -> Value {
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = self.inspect(&target, body.to_string().as_bytes());
        answer.and_then(|answer| serde_json::from_str(&answer.body).ok()).unwrap_or_default()
    }
}

/// Returns one part of each entry of a list, if it is a text.
fn texts(list: &Value, part: impl Fn(&Value) -> &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|it| part(it).as_str().map(str::to_owned)).collect()
}
