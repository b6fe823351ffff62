//! Expressions as text: values, and some names, stand outside of it.

use serde_json::{Map, Value as Json};

use super::value::object;

/// The names and values that the expressions of one request refer to.
#[derive(Debug, Default)]
pub(super) struct Placeholders {
    names: Map<String, Json>,
    values: Map<String, Json>,
}

impl Placeholders {
    pub(super) fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#{name}");
        self.names.insert(placeholder.clone(), name.into());
        placeholder
    }

    pub(super) fn value(&mut self, value: &Json) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value.clone());
        placeholder
    }

    /// Adds the members to the body of the request.
    pub(super) fn write(self, body: &mut Json) {
        let some = |map: Map<_, _>| (!map.is_empty()).then_some(Json::Object(map));
        merge(
            body,
            object([
                ("ExpressionAttributeNames", some(self.names)),
                ("ExpressionAttributeValues", some(self.values)),
            ]),
        );
    }
}

/// Adds the members of one object to another.
pub(super) fn merge(body: &mut Json, more: Json) {
    if let (Json::Object(body), Json::Object(more)) = (body, more) {
        body.extend(more);
    }
}
