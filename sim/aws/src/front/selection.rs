//! The selection of a route: the most specific one that fits a request.

use std::collections::BTreeMap;

use super::path::{PathPattern, decode};
use super::route::{HttpRoute, Target};

/// A route, and the values of the variables in its path.
#[derive(Clone, Debug)]
pub(super) struct RouteMatch<'a> {
    pub(super) route: &'a HttpRoute,
    pub(super) variables: BTreeMap<&'a str, String>,
}

/// Selects a route of an HTTP API: one that fits the whole path, then one with a variable that
/// takes the rest, then `$default`. Of two that fit the path, a named method goes before `ANY`. The
/// values of variables are decoded (DG/http-api-develop-routes).
pub(super) fn select_http<'a>(
    routes: &'a [HttpRoute],
    method: &str,
    path: &str,
) -> Option<RouteMatch<'a>> {
    let fitting = fitting(routes, path).filter(|fit| fit.has_method(method));
    let best =
        fitting.min_by_key(|fit| (fit.path.is_greedy(), fit.path.rank(), fit.method.is_none()));
    let Some(best) = best else {
        let default = routes.iter().find(|route| route.target == Target::Default)?;
        return Some(RouteMatch { route: default, variables: BTreeMap::new() });
    };
    let variables = best.variables.into_iter();
    let variables = variables.map(|(name, value)| (name, decode(&value))).collect();
    Some(RouteMatch { route: best.route, variables })
}

/// Selects a method of a REST API: first the most specific resource, segment by segment, and then
/// its method. A slash at the end of the path does not count, and the values of variables stay
/// encoded; both are unpublished.
pub(super) fn select_rest<'a>(
    routes: &'a [HttpRoute],
    method: &str,
    path: &str,
) -> Option<RouteMatch<'a>> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let best = fitting(routes, path).min_by_key(|fit| fit.path.rank())?;
    let of_resource = fitting(routes, path).filter(|fit| fit.path.is_alike(best.path));
    let of_resource = of_resource.filter(|fit| fit.has_method(method));
    let Fit { route, variables, .. } = of_resource.min_by_key(|fit| fit.method.is_none())?;
    Some(RouteMatch { route, variables })
}

/// A route whose path fits a request.
struct Fit<'a> {
    route: &'a HttpRoute,
    /// The method of the route; `None` is `ANY`.
    method: Option<&'static str>,
    path: &'a PathPattern,
    variables: BTreeMap<&'a str, String>,
}

impl Fit<'_> {
    fn has_method(&self, method: &str) -> bool {
        self.method.is_none_or(|own| own == method)
    }
}

fn fitting<'a>(routes: &'a [HttpRoute], path: &str) -> impl Iterator<Item = Fit<'a>> {
    routes.iter().filter_map(move |route| {
        let Target::Path { method, path: pattern } = &route.target else { return None };
        let variables = pattern.variables(path)?;
        Some(Fit { route, method: *method, path: pattern, variables })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(keys: &[&str]) -> Vec<HttpRoute> {
        keys.iter().map(|key| HttpRoute::new(key, "f").expect("a route")).collect()
    }

    #[test]
    fn an_http_api_selects_a_full_match_then_a_greedy_one_then_the_default() {
        let routes = routes(&[
            "$default",
            "ANY /{proxy+}",
            "GET /pets/{proxy+}",
            "GET /pets/dog/{id}",
            "ANY /pets/dog/{id}",
            "GET /pets/dog/1",
            "GET /{kind}/{id}",
        ]);
        for (method, path, key) in [
            ("GET", "/pets/dog/1", "GET /pets/dog/1"),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
            ("POST", "/pets/dog/1", "ANY /pets/dog/{id}"),
            ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
            ("GET", "/pets/1", "GET /{kind}/{id}"),
            ("POST", "/test/5", "ANY /{proxy+}"),
            ("GET", "/", "$default"),
        ] {
            let selected = select_http(&routes, method, path).expect("a route");
            assert_eq!(selected.route.key(), key, "{method} {path}");
        }
    }

    #[test]
    fn a_rest_api_selects_the_resource_before_the_method() {
        let routes = routes(&["GET /pets/{id}", "ANY /pets/{id}", "POST /pets/dog", "GET /pets"]);
        for (method, path, key) in [
            ("GET", "/pets/cat", Some("GET /pets/{id}")),
            ("PUT", "/pets/cat", Some("ANY /pets/{id}")),
            ("POST", "/pets/dog", Some("POST /pets/dog")),
            ("GET", "/pets/dog", None),
            ("GET", "/pets/", Some("GET /pets")),
            ("GET", "/cats", None),
        ] {
            let selected = select_rest(&routes, method, path);
            let found = selected.map(|selected| selected.route.key());
            assert_eq!(found.as_deref(), key, "{method} {path}");
        }
    }

    #[test]
    fn an_http_api_decodes_variables_and_a_rest_api_does_not() {
        let routes = routes(&["GET /pets/{id}"]);
        let value =
            |selected: Option<RouteMatch<'_>>| selected.expect("a route").variables["id"].clone();
        assert_eq!(value(select_http(&routes, "GET", "/pets/a%20b")), "a b");
        assert_eq!(value(select_rest(&routes, "GET", "/pets/a%20b")), "a%20b");
    }
}
