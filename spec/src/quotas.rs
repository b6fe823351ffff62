//! The limits of AWS that both handlers and simulated services observe.
//!
//! Every number cites the row of the project's collected facts about AWS (`FACTS n.m`).

use std::time::Duration;

/// The time that API Gateway waits for an integration (FACTS 3.1).
pub const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

/// The time after `connectedAt` in which a handshake may still be pending.
///
/// A handshake lasts as long as its authorizer, if there is one, and then its `$connect`
/// integration (FACTS 0, 1.1, 3.1). `connectedAt` is the gateway's time before both. The two
/// seconds on top cover the time between them.
pub const HANDSHAKE_WINDOW: Duration = Duration::from_secs(2 * 29 + 2);

/// The largest message in either direction, in bytes (FACTS 3.1).
pub const MESSAGE_BYTES_MAX: usize = 128 * 1024;

/// The largest frame a client may send, in bytes (FACTS 3.1).
pub const FRAME_BYTES_MAX: usize = 32 * 1024;

/// The longest silence of a connection in both directions (FACTS 3.2).
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// The longest life of a connection (FACTS 3.1).
pub const CONNECTION_DURATION_MAX: Duration = Duration::from_secs(2 * 60 * 60);

/// The most item data that one page of a scan covers, in bytes (FACTS 6.1).
pub const SCAN_PAGE_BYTES_MAX: usize = 1024 * 1024;

/// The number of requests that an account may send per second in one region, messages and posts to
/// connections together (FACTS 3.1). It can be raised.
pub const REQUESTS_PER_SECOND_MAX: u32 = 10_000;

/// The number of those requests that may come at once (FACTS 3.1).
pub const BURST_MAX: u32 = 5_000;

/// The number of handshakes that an account may begin per second in one region (FACTS 3.1). It can
/// be raised.
pub const CONNECTS_PER_SECOND_MAX: u32 = 500;

/// The longest URL of a handshake, in characters (FACTS 3.1).
pub const URL_CHARACTERS_MAX: usize = 4_096;

/// The largest answer of an authorizer, in bytes (FACTS 3.1).
pub const AUTHORIZER_RESULT_BYTES_MAX: usize = 8 * 1024;
