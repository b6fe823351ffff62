//! Tests of the authorizer: the clients that it lets in, and its answers and log lines.

mod answer;
mod arbitrary;
mod claims;
mod request;
mod settings;
mod signature;
mod support;
