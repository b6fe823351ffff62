//! Routes of an API.

/// A route of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The route key: `$connect`, `$disconnect`, `$default`, or a value of the route selection
    /// expression.
    pub key: String,
    /// The name of the function behind the route.
    pub function: String,
    /// True if the response of the function goes back to the client (FACTS 2.9).
    pub is_two_way: bool,
}

impl Route {
    /// Creates a route that drops the response of its function.
    pub fn one_way(key: &str, function: &str) -> Route {
        Route { key: key.to_owned(), function: function.to_owned(), is_two_way: false }
    }

    /// Creates a route that sends the response of its function to the client.
    pub fn two_way(key: &str, function: &str) -> Route {
        Route { key: key.to_owned(), function: function.to_owned(), is_two_way: true }
    }
}
