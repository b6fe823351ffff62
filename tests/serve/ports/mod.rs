//! The simulated services on a port, byte by byte and through the AWS SDK.
//!
//! - `http`: methods, paths, types of a body and headers;
//! - `order`: which of several mistakes is complained of;
//! - `signature`: what is asked of a signature;
//! - `browser`: what pages of another origin may do;
//! - `connections`: bad input, keep-alive, the end of a server;
//! - `sdk`: the SDK's client, over a socket;
//! - `gateway`: WebSockets, `@connections` and functions.

mod browser;
mod connections;
mod gateway;
mod http;
mod order;
mod sdk;
mod signature;
mod wire;
