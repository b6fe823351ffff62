//! Which route a message takes: `$request.body.action` (FACTS 2.1 to 2.3).

use serde_json::Value;

use crate::app::Route;

/// The route of a message; `None` if nothing matches and there is no `$default`.
///
/// Keys that begin with `$` are the gateway's own (FACTS 2.16): a client cannot select them.
pub(super) fn select(routes: &[Route], text: &str) -> Option<Route> {
    let custom = action(text).filter(|action| !action.starts_with('$'));
    let find = |key: &str| routes.iter().find(|route| route.key == key);
    custom.and_then(|action| find(&action)).or_else(|| find("$default")).cloned()
}

/// The value of `action`, as a string; `None` where there is none.
fn action(text: &str) -> Option<String> {
    let Ok(Value::Object(mut body)) = serde_json::from_str(text) else { return None };
    match body.remove("action")? {
        Value::String(action) => Some(action),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(text: &str) -> Option<String> {
        let routes = [
            Route::one_way("$disconnect", "d"),
            Route::one_way("broadcast", "b"),
            Route::one_way("7", "seven"),
            Route::one_way("$default", "other"),
        ];
        select(&routes, text).map(|route| route.key)
    }

    #[test]
    fn the_action_selects_the_route() {
        assert_eq!(selected(r#"{"action":"broadcast"}"#).as_deref(), Some("broadcast"));
        assert_eq!(selected(r#"{"action":7}"#).as_deref(), Some("7"));
    }

    #[test]
    fn what_matches_nothing_goes_to_the_default() {
        for text in ["not json", "{}", "[]", r#"{"action":"x"}"#, r#"{"action":null}"#] {
            assert_eq!(selected(text).as_deref(), Some("$default"), "{text}");
        }
    }

    #[test]
    fn a_client_cannot_select_a_route_of_the_gateway() {
        assert_eq!(selected(r#"{"action":"$disconnect"}"#).as_deref(), Some("$default"));
    }

    #[test]
    fn without_a_default_nothing_is_selected() {
        assert_eq!(select(&[Route::one_way("broadcast", "b")], "{}"), None);
    }
}
