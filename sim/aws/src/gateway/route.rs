//! Routes of an API.

/// A route of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The route key: `$connect`, `$disconnect`, `$default` or what the route selection expression gives.
    pub key: String,
    /// The function behind it.
    pub function: String,
    /// Whether the function's response goes back to the client (FACTS 2.9).
    pub is_two_way: bool,
}

impl Route {
    /// A route whose function's response is dropped.
    pub fn one_way(key: &str, function: &str) -> Route {
        Route { key: key.to_owned(), function: function.to_owned(), is_two_way: false }
    }

    /// A route whose function's response goes back to the client.
    pub fn two_way(key: &str, function: &str) -> Route {
        Route { key: key.to_owned(), function: function.to_owned(), is_two_way: true }
    }
}
