//! Reasons why an HTTP front cannot be made.

/// A reason why an HTTP front cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontError {
    /// A route key is malformed.
    #[error(
        "`{0}` is no route key, such as `GET /rooms/{{room}}`, `ANY /{{proxy+}}` or `$default`"
    )]
    Key(String),
    /// The path of a route is malformed.
    #[error("the path `{path}` is malformed: {reason}")]
    Path {
        /// The path.
        path: String,
        /// The mistake.
        reason: &'static str,
    },
    /// Two routes are for the same requests.
    #[error("the routes `{0}` and `{1}` are for the same requests")]
    Duplicate(String, String),
    /// A REST API has a route that only HTTP APIs have.
    #[error("a REST API has no `$default`; use `ANY /{{proxy+}}` and `ANY /`")]
    DefaultOfRest,
    /// A REST API has the stage that only HTTP APIs have.
    #[error("a REST API has no stage `$default`; name its stage")]
    StageOfRest,
    /// A function URL has other routes than its one.
    #[error("a function URL has one route, `$default`, without an authorizer")]
    RoutesOfUrl,
    /// A timeout that the front cannot have (FACTS 16.5).
    #[error("an integration has {0} to answer")]
    Timeout(&'static str),
    /// The source of an identity is malformed or not modelled.
    #[error("`{0}` is no `$request.header.NAME` or `$request.querystring.NAME`")]
    IdentitySource(String),
    /// An authorizer that is not modelled.
    #[error("route `{route}`: {authorizer} are not modelled")]
    Unsupported {
        /// The key of the route.
        route: String,
        /// The kind of the authorizer, in the plural.
        authorizer: &'static str,
    },
}
