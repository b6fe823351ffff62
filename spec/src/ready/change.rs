//! A request that changes a row, read from its canonical text.

use std::collections::BTreeSet;

use serde_json::Value;

/// The effect that a request has on a row, beside what the row held before.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// True if the request has a condition.
    pub(super) is_conditional: bool,
    /// The attributes that the request gives a value that does not depend on the row.
    pub(super) replaced: Attributes,
    /// All attributes that the request changes.
    pub(super) touched: Attributes,
}

/// Some attributes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attributes {
    /// The whole row.
    All,
    /// The attributes with these names.
    Named(BTreeSet<String>),
}

impl Attributes {
    /// Returns true if both have an attribute.
    pub(super) fn overlap(&self, other: &Attributes) -> bool {
        match (self, other) {
            (Attributes::All, Attributes::All) => true,
            (Attributes::All, Attributes::Named(names))
            | (Attributes::Named(names), Attributes::All) => !names.is_empty(),
            (Attributes::Named(names), Attributes::Named(others)) => !names.is_disjoint(others),
        }
    }
}

impl Change {
    /// Reads a request: the name of its operation, a space, and its JSON.
    pub(super) fn parse(request_text: &str) -> Change {
        let (operation, json) = request_text.split_once(' ').unwrap_or((request_text, ""));
        let json: Value = serde_json::from_str(json).unwrap_or_default();
        match operation {
            "UpdateItem" => Change::of_update(&json),
            "TransactWriteItems" => Change::of_transaction(&json),
            _ => Change::of_whole_row(is_conditional(&json)),
        }
    }

    /// The change of a row that goes, or that is stored as a whole.
    pub(super) fn of_whole_row(is_conditional: bool) -> Change {
        Change { is_conditional, replaced: Attributes::All, touched: Attributes::All }
    }

    /// The text does not say which row of the history each action of a transaction is about.
    fn of_transaction(json: &Value) -> Change {
        let actions = json["TransactItems"].as_array().into_iter().flatten();
        let mut actions = actions.flat_map(|action| action.as_object().into_iter().flatten());
        let writes_blindly =
            actions.any(|(verb, action)| verb != "ConditionCheck" && !is_conditional(action));
        Change::of_whole_row(!writes_blindly)
    }

    fn of_update(json: &Value) -> Change {
        let mut replaced = BTreeSet::new();
        let mut touched = BTreeSet::new();
        let expression = json["UpdateExpression"].as_str().unwrap_or_default();
        for (keyword, clause) in clauses(expression) {
            for part in parts(&clause) {
                let (path, value) = match keyword {
                    "SET" => part.split_once('=').unwrap_or((part, "")),
                    _ => part.trim().split_once(' ').unwrap_or((part, "")),
                };
                let name = attribute(path, &json["ExpressionAttributeNames"]);
                let is_replaced = match keyword {
                    "SET" => is_constant(value),
                    "REMOVE" => true,
                    _ => false,
                };
                if is_replaced {
                    replaced.insert(name.clone());
                }
                touched.insert(name);
            }
        }
        // The older form of an update names its attributes one by one.
        for (name, update) in json["AttributeUpdates"].as_object().into_iter().flatten() {
            if update["Action"] != "ADD" {
                replaced.insert(name.clone());
            }
            touched.insert(name.clone());
        }
        Change {
            is_conditional: is_conditional(json),
            replaced: Attributes::Named(replaced),
            touched: Attributes::Named(touched),
        }
    }
}

fn is_conditional(action: &Value) -> bool {
    ["ConditionExpression", "Expected"].iter().any(|member| !action[member].is_null())
}

/// Splits an update expression into its clauses, each with its keyword.
fn clauses(expression: &str) -> Vec<(&'static str, String)> {
    let mut clauses: Vec<(&'static str, String)> = Vec::new();
    for word in expression.split_whitespace() {
        let keyword = ["SET", "REMOVE", "ADD", "DELETE"]
            .into_iter()
            .find(|keyword| word.eq_ignore_ascii_case(keyword));
        match (keyword, clauses.last_mut()) {
            (Some(keyword), _) => clauses.push((keyword, String::new())),
            (None, Some((_, clause))) => {
                clause.push_str(word);
                clause.push(' ');
            }
            (None, None) => {}
        }
    }
    clauses
}

/// Splits a clause at the commas that are in no call of a function.
fn parts(clause: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0);
    for (place, character) in clause.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&clause[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&clause[start..]);
    parts
}

/// Returns the name of the attribute at the start of a path.
fn attribute(path: &str, names: &Value) -> String {
    let first = path.trim().split(['.', '[', ' ']).next().unwrap_or_default();
    names[first].as_str().unwrap_or(first).to_owned()
}

/// Returns true if a value is one that the request itself brings.
fn is_constant(value: &str) -> bool {
    let name = value.trim().strip_prefix(':');
    name.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<const N: usize>(names: [&str; N]) -> Attributes {
        Attributes::Named(names.map(str::to_owned).into())
    }

    #[test]
    fn a_put_and_a_delete_replace_the_whole_row() {
        for operation in ["PutItem", "DeleteItem", "BatchWriteItem"] {
            let change = Change::parse(&format!(r#"{operation} {{"TableName":"games"}}"#));
            assert!(!change.is_conditional);
            assert_eq!(change.replaced, Attributes::All);
        }
    }

    #[test]
    fn a_condition_is_one_in_either_form() {
        for member in [r#""ConditionExpression":"version = :v""#, r#""Expected":{"version":{}}"#] {
            assert!(Change::parse(&format!("PutItem {{{member}}}")).is_conditional);
        }
        let item = r#"PutItem {"Item":{"ConditionExpression":{"S":"version = :v"}}}"#;
        assert!(!Change::parse(item).is_conditional, "an attribute of this name is none");
    }

    #[test]
    fn an_update_replaces_what_it_sets_to_a_constant() {
        let change = Change::parse(
            r##"UpdateItem {"ExpressionAttributeNames":{"#b":"board"},"UpdateExpression":"SET #b.cells = :b, moves = moves + :one, seen=list_append(seen, :s) remove turn ADD visits :one"}"##,
        );
        assert!(!change.is_conditional);
        assert_eq!(change.replaced, named(["board", "turn"]));
        assert_eq!(change.touched, named(["board", "moves", "seen", "turn", "visits"]));
    }

    #[test]
    fn the_older_form_of_an_update_names_its_attributes() {
        let change = Change::parse(
            r#"UpdateItem {"AttributeUpdates":{"a":{"Action":"PUT"},"b":{"Action":"ADD"}}}"#,
        );
        assert_eq!((change.replaced, change.touched), (named(["a"]), named(["a", "b"])));
    }

    #[test]
    fn a_transaction_has_a_condition_if_all_of_its_writes_have() {
        let of = |put: &str| {
            Change::parse(&format!(
                r#"TransactWriteItems {{"TransactItems":[{{"Put":{{{put}}}}},{{"ConditionCheck":{{}}}}]}}"#
            ))
        };
        assert!(of(r#""ConditionExpression":"x""#).is_conditional);
        assert!(!of("").is_conditional);
    }

    #[test]
    fn attributes_overlap_if_they_share_a_name() {
        assert!(Attributes::All.overlap(&Attributes::All));
        assert!(Attributes::All.overlap(&named(["a"])));
        assert!(!Attributes::All.overlap(&named([])));
        assert!(named(["a", "b"]).overlap(&named(["b"])));
        assert!(!named(["a"]).overlap(&named(["b"])));
    }
}
