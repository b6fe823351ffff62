//! The settings of a deployment, and the variables that hold them.

use std::str::FromStr;
use std::time::Duration;

use stormglass_spec::quotas::MESSAGE_BYTES_MAX;
use url::Url;

/// The settings of a deployment. All but the name of the table have defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The name of the table of connections. Its key is the string `connectionId`, and its TTL
    /// attribute is `expiresAt`.
    pub table_name: String,

    /// The endpoint for posts to connections.
    ///
    /// By default it is `https://{apiId}.execute-api.{region}.amazonaws.com/{stage}`, which is
    /// also right for an API behind a custom domain (FACTS 3.4).
    pub callback_endpoint: Option<String>,

    /// The WebSocket sub-protocols that this service speaks. None by default.
    pub subprotocols: Vec<String>,

    /// The origins whose pages may connect, as `https://chat.example.com`. By default, all.
    ///
    /// A browser names the origin of the page that opens a connection, and sends the cookies of
    /// this service with it for any page. Clients other than browsers name no origin; they may
    /// connect.
    pub origins: Vec<String>,

    /// The longest message to broadcast, in bytes as it is posted. By default 131,072, which is
    /// the limit of the gateway (FACTS 3.1).
    pub message_bytes_max: usize,

    /// The largest number of posts in flight at once. By default 128.
    ///
    /// At 15 ms for each post, 128 of them make about 8,500 posts per second, a little below the
    /// account's default quota of 10,000 (FACTS 3.1).
    pub posts_concurrent_max: usize,

    /// The time limit of one attempt of a post. By default 2 s.
    ///
    /// The SDK would wait for ever (FACTS 3.6), and one hung post would cost the whole broadcast.
    pub post_timeout: Duration,

    /// The largest number of attempts of a post, the first one included. By default 4.
    pub post_attempts_max: u32,

    /// The number of rows waiting for a retry or for their removal at which a broadcast stops
    /// reading further rows. By default 1,000.
    ///
    /// Together with two pages of the table, these rows bound the memory of a broadcast.
    pub rows_deferred_max: usize,

    /// The time limit of one attempt of a call to the table. By default 3 s.
    ///
    /// With it, all three attempts of the SDK and its backoff fit into an invocation's time.
    pub table_timeout: Duration,
}

impl Settings {
    /// The names of all variables that [`Settings::from_variables`] reads.
    pub const VARIABLES: [&str; 10] = [
        "TABLE_NAME",
        "CALLBACK_ENDPOINT",
        "SUBPROTOCOLS",
        "ALLOWED_ORIGINS",
        "MESSAGE_BYTES_MAX",
        "POSTS_CONCURRENT_MAX",
        "POST_TIMEOUT_MS",
        "POST_ATTEMPTS_MAX",
        "ROWS_DEFERRED_MAX",
        "TABLE_TIMEOUT_MS",
    ];

    /// The default settings, for the table called `table_name`.
    pub fn new(table_name: impl Into<String>) -> Settings {
        Settings {
            table_name: table_name.into(),
            callback_endpoint: None,
            subprotocols: Vec::new(),
            origins: Vec::new(),
            message_bytes_max: MESSAGE_BYTES_MAX,
            posts_concurrent_max: 128,
            post_timeout: Duration::from_secs(2),
            post_attempts_max: 4,
            rows_deferred_max: 1_000,
            table_timeout: Duration::from_secs(3),
        }
    }

    /// Reads the settings from variables, usually those of the environment.
    ///
    /// | variable               | meaning                                                      |
    /// |------------------------|--------------------------------------------------------------|
    /// | `TABLE_NAME`           | [`table_name`](Settings::table_name), required               |
    /// | `CALLBACK_ENDPOINT`    | [`callback_endpoint`](Settings::callback_endpoint), a URL    |
    /// | `SUBPROTOCOLS`         | [`subprotocols`](Settings::subprotocols), with commas        |
    /// | `ALLOWED_ORIGINS`      | [`origins`](Settings::origins), with commas                  |
    /// | `MESSAGE_BYTES_MAX`    | [`message_bytes_max`](Settings::message_bytes_max)           |
    /// | `POSTS_CONCURRENT_MAX` | [`posts_concurrent_max`](Settings::posts_concurrent_max)     |
    /// | `POST_TIMEOUT_MS`      | [`post_timeout`](Settings::post_timeout), in milliseconds    |
    /// | `POST_ATTEMPTS_MAX`    | [`post_attempts_max`](Settings::post_attempts_max)           |
    /// | `ROWS_DEFERRED_MAX`    | [`rows_deferred_max`](Settings::rows_deferred_max)           |
    /// | `TABLE_TIMEOUT_MS`     | [`table_timeout`](Settings::table_timeout), in milliseconds  |
    ///
    /// An empty variable counts as one that is not set, because deployment templates cannot
    /// always leave a variable out.
    ///
    /// # Errors
    ///
    /// A variable is missing or invalid. The error names the first one.
    pub fn from_variables(
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, SettingsError> {
        let read = |name: &str| read(name).filter(|value| !value.trim().is_empty());
        let table_name = read("TABLE_NAME").ok_or(SettingsError::Missing("TABLE_NAME"))?;
        let default = Settings::new(table_name);
        Ok(Settings {
            callback_endpoint: read("CALLBACK_ENDPOINT").map(endpoint).transpose()?,
            subprotocols: list("SUBPROTOCOLS", is_token, "names with commas between them", &read)?,
            origins: list("ALLOWED_ORIGINS", is_origin, "origins with commas between them", &read)?,
            message_bytes_max: message_bytes_max(&read, default.message_bytes_max)?,
            posts_concurrent_max: number(
                "POSTS_CONCURRENT_MAX",
                &read,
                default.posts_concurrent_max,
            )?,
            post_timeout: millis("POST_TIMEOUT_MS", &read, default.post_timeout)?,
            post_attempts_max: number("POST_ATTEMPTS_MAX", &read, default.post_attempts_max)?,
            rows_deferred_max: number("ROWS_DEFERRED_MAX", &read, default.rows_deferred_max)?,
            table_timeout: millis("TABLE_TIMEOUT_MS", &read, default.table_timeout)?,
            ..default
        })
    }
}

/// The reason why settings could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is not set.
    #[error("the variable {0} is not set")]
    Missing(&'static str),

    /// The value of a variable is not allowed.
    #[error("the variable {variable} must be {wanted}, but it is {found:?}")]
    Invalid {
        /// The name of the variable.
        variable: &'static str,
        /// A description of the allowed values.
        wanted: &'static str,
        /// The value of the variable.
        found: String,
    },
}

/// Reads a URL that the SDK can use as an endpoint.
fn endpoint(found: String) -> Result<String, SettingsError> {
    let url = Url::parse(&found);
    // The SDK appends a path, which would end up in a query.
    let is_plain = |url: &Url| url.query().is_none() && url.fragment().is_none();
    if url.is_ok_and(|url| ["https", "http"].contains(&url.scheme()) && is_plain(&url)) {
        return Ok(found);
    }
    let (variable, wanted) = ("CALLBACK_ENDPOINT", "a URL with https:// or http:// and no query");
    Err(SettingsError::Invalid { variable, wanted, found })
}

/// Reads a list with commas between its items, each of which `is_valid`.
fn list(
    variable: &'static str,
    is_valid: impl Fn(&str) -> bool,
    wanted: &'static str,
    read: &impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, SettingsError> {
    let Some(found) = read(variable) else { return Ok(Vec::new()) };
    let items = found.split(',').map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<String> = items.map(String::from).collect();
    if items.iter().all(|item| is_valid(item)) {
        Ok(items)
    } else {
        Err(SettingsError::Invalid { variable, wanted, found })
    }
}

/// Reports whether a sub-protocol may have this name: RFC 6455 wants a token of RFC 9110.
fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// Reports whether a text is an origin: a scheme and a host, perhaps with a port.
///
/// It has no path, not even the single slash that people copy from a browser's address bar.
fn is_origin(origin: &str) -> bool {
    origin.split_once("://").is_some_and(|(scheme, host)| {
        !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '*', ' '])
    })
}

/// Reads the longest message, which cannot be longer than the gateway's limit.
fn message_bytes_max(
    read: &impl Fn(&str) -> Option<String>,
    default: usize,
) -> Result<usize, SettingsError> {
    let found = number("MESSAGE_BYTES_MAX", read, default)?;
    if found <= MESSAGE_BYTES_MAX {
        return Ok(found);
    }
    let (variable, wanted) = ("MESSAGE_BYTES_MAX", "at most 131072, which the gateway takes");
    Err(SettingsError::Invalid { variable, wanted, found: found.to_string() })
}

/// Reads a whole number above 0. Zero would stop a broadcast before it began.
fn number<T: FromStr + Default + PartialEq>(
    variable: &'static str,
    read: &impl Fn(&str) -> Option<String>,
    default: T,
) -> Result<T, SettingsError> {
    let Some(found) = read(variable) else { return Ok(default) };
    match found.trim().parse() {
        Ok(number) if number != T::default() => Ok(number),
        _ => Err(SettingsError::Invalid { variable, wanted: "a whole number above 0", found }),
    }
}

/// Reads a duration in milliseconds.
fn millis(
    variable: &'static str,
    read: &impl Fn(&str) -> Option<String>,
    default: Duration,
) -> Result<Duration, SettingsError> {
    let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
    number(variable, read, default).map(Duration::from_millis)
}
