//! What a deployment decides.

use std::str::FromStr;
use std::time::Duration;

use stormglass_spec::quotas::MESSAGE_BYTES_MAX;
use url::Url;

/// What a deployment decides, with defaults for all but the name of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The table of connections, keyed by the string `connectionId`, with `expiresAt` as its TTL
    /// attribute.
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
    /// A browser says which page opens a connection, and sends the cookies of this service along
    /// whichever page that is. Clients that are no browsers name no origin, and may connect.
    pub origins: Vec<String>,

    /// The longest message to broadcast, in bytes as it is posted: 131,072 by default, which is
    /// also the most that the gateway takes (FACTS 3.1).
    pub message_bytes_max: usize,

    /// How many posts may be in flight at once: 128 by default.
    ///
    /// At 15 ms for a post that is about 8,500 posts per second, a little below the account's
    /// default quota of 10,000 (FACTS 3.1).
    pub posts_concurrent_max: usize,

    /// How long one attempt of a post may take: 2 s by default.
    ///
    /// The SDK would wait for ever (FACTS 3.6), and one hung post would cost the whole broadcast.
    pub post_timeout: Duration,

    /// How often a post is attempted at most, the first attempt included: 4 times by default.
    pub post_attempts_max: u32,

    /// How many rows may wait for a retry, or for their removal, before no more rows are read:
    /// 1,000 by default.
    ///
    /// Together with two pages of the table this bounds the memory of a broadcast.
    pub rows_deferred_max: usize,

    /// How long one attempt of a call to the table may take: 3 s by default.
    ///
    /// All three attempts of the SDK and its backoff then fit into an invocation's time.
    pub table_timeout: Duration,
}

impl Settings {
    /// The name of every variable that [`Settings::from_variables`] reads.
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

    /// The defaults, for the table called `table_name`.
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

    /// Reads the settings from variables, which are usually those of the environment.
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
    /// A variable that is empty counts as one that is not set, because deployment templates
    /// cannot always leave a variable out.
    ///
    /// # Errors
    ///
    /// The first variable that is missing or cannot be understood.
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

/// Why settings could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is not set.
    #[error("the variable {0} is not set")]
    Missing(&'static str),

    /// A variable is set to something else than is `wanted`.
    #[error("the variable {variable} must be {wanted}, but it is {found:?}")]
    Invalid {
        /// The variable's name.
        variable: &'static str,
        /// What it may be set to.
        wanted: &'static str,
        /// What it is set to.
        found: String,
    },
}

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

fn list(
    variable: &'static str,
    is_valid: impl Fn(&str) -> bool,
    wanted: &'static str,
    read: &impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, SettingsError> {
    let Some(found) = read(variable) else { return Ok(Vec::new()) };
    let items = found.split(',').map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<String> = items.map(String::from).collect();
    match items.iter().all(|item| is_valid(item)) {
        true => Ok(items),
        false => Err(SettingsError::Invalid { variable, wanted, found }),
    }
}

/// What RFC 6455 allows as the name of a sub-protocol: a token of RFC 9110.
fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A scheme and a host, perhaps with a port: never a path, not even the one slash that people
/// copy from a browser's address bar.
fn is_origin(origin: &str) -> bool {
    origin.split_once("://").is_some_and(|(scheme, host)| {
        !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '*', ' '])
    })
}

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

/// Zero is refused: it would stop a broadcast before it began.
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

fn millis(
    variable: &'static str,
    read: &impl Fn(&str) -> Option<String>,
    default: Duration,
) -> Result<Duration, SettingsError> {
    let default = u64::try_from(default.as_millis()).unwrap_or(u64::MAX);
    number(variable, read, default).map(Duration::from_millis)
}
