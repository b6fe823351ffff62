//! Routes from methods and paths to functions.

use super::FrontError;
use super::authorizer::Authorizer;
use super::path::PathPattern;

/// The methods that a route can have, apart from `ANY`.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// A route from a method and a path to a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRoute {
    pub(super) target: Target,
    pub(super) function: String,
    pub(super) authorizer: Option<Authorizer>,
}

/// The requests that a route is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Those that no other route is for: `$default`.
    Default,
    /// Those with this method (`None` is any) and a path that fits.
    Path { method: Option<&'static str>, path: PathPattern },
}

impl HttpRoute {
    /// Makes the route of a key: a method or `ANY`, a space and a path with variables in braces,
    /// or `$default`.
    ///
    /// ```
    /// use stormglass_aws::front::HttpRoute;
    ///
    /// assert!(HttpRoute::new("GET /rooms/{room}", "show").is_ok());
    /// assert!(HttpRoute::new("ANY /{proxy+}", "everything").is_ok());
    /// assert!(HttpRoute::new("FETCH /", "show").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// If the key is malformed.
    pub fn new(key: &str, function: &str) -> Result<HttpRoute, FrontError> {
        let (target, function) = (Target::parse(key)?, function.to_owned());
        Ok(HttpRoute { target, function, authorizer: None })
    }

    /// Adds an authorizer, which lets requests pass or refuses them.
    #[must_use]
    pub fn with_authorizer(mut self, authorizer: Authorizer) -> HttpRoute {
        self.authorizer = Some(authorizer);
        self
    }

    /// Returns the key of the route.
    pub fn key(&self) -> String {
        match &self.target {
            Target::Default => "$default".to_owned(),
            Target::Path { method, path } => {
                format!("{} {}", method.unwrap_or("ANY"), path.as_str())
            }
        }
    }

    /// Returns the path of the route, as events of REST APIs name it.
    pub(super) fn resource(&self) -> &str {
        match &self.target {
            Target::Default => "$default",
            Target::Path { path, .. } => path.as_str(),
        }
    }

    /// Returns the function of the route.
    pub fn function(&self) -> &str {
        &self.function
    }

    /// Reports whether two routes are for exactly the same requests.
    pub(super) fn is_alike(&self, other: &HttpRoute) -> bool {
        match (&self.target, &other.target) {
            (Target::Default, Target::Default) => true,
            (
                Target::Path { method, path },
                Target::Path { method: other_method, path: other_path },
            ) => method == other_method && path.is_alike(other_path),
            _ => false,
        }
    }
}

impl Target {
    fn parse(key: &str) -> Result<Target, FrontError> {
        if key == "$default" {
            return Ok(Target::Default);
        }
        let wrong = || FrontError::Key(key.to_owned());
        let (method, path) = key.split_once(' ').ok_or_else(wrong)?;
        let named = METHODS.into_iter().find(|other| *other == method);
        if named.is_none() && method != "ANY" {
            return Err(wrong());
        }
        Ok(Target::Path { method: named, path: PathPattern::parse(path)? })
    }
}
