//! What a simulated function builds its SDK clients from.

use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig,
};
use aws_smithy_async::time::SharedTimeSource;

use super::clock::{Clock, Timers};
use super::connector::Wire;
use super::headers::Headers;
use super::hub::Hub;
use crate::REGION;

/// What a simulated function builds its SDK clients from: one sandbox's connection to the world.
///
/// Every source of nondeterminism in the SDK is pinned: the wire, the clock, timers, and the retry
/// bucket, which is a sandbox's own as on AWS. Requests are neither signed nor adorned with headers
/// that no simulated service reads, which would take as long as all the rest.
#[derive(Clone, Debug)]
pub struct Sdk {
    hub: Hub,
}

impl Sdk {
    pub(crate) fn new(hub: Hub) -> Sdk {
        Sdk { hub }
    }

    /// A configuration for a DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::config::Builder {
        aws_sdk_dynamodb::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .http_client(self.wire())
            .sleep_impl(self.timers())
            .time_source(self.clock())
            .interceptor(Headers)
            .retry_partition(self.retry_partition("dynamodb"))
            .identity_cache(IdentityCache::no_cache())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .allow_no_auth()
    }

    /// A configuration for a client of API Gateway's `@connections`.
    pub fn management(&self) -> aws_sdk_apigatewaymanagement::config::Builder {
        aws_sdk_apigatewaymanagement::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .http_client(self.wire())
            .sleep_impl(self.timers())
            .time_source(self.clock())
            .interceptor(Headers)
            .retry_partition(self.retry_partition("management"))
            .identity_cache(IdentityCache::no_cache())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .allow_no_auth()
    }

    /// The virtual time, for handlers that make no calls and have no client to take it from.
    pub fn time_source(&self) -> SharedTimeSource {
        SharedTimeSource::new(self.clock())
    }

    /// Leaves work to the sandbox, as a Node.js handler does with a promise that it never awaits.
    ///
    /// It goes on while an invocation runs in the sandbox. When the handler has returned, the
    /// platform freezes the sandbox with everything in it, until its next invocation or for ever
    /// (FACTS 4.11). Tasks of `tokio::spawn` would not freeze here, so they are refused instead.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.hub.spawn(Box::pin(work));
    }

    fn wire(&self) -> Wire {
        Wire { hub: self.hub.clone() }
    }

    fn timers(&self) -> Timers {
        Timers { hub: self.hub.clone() }
    }

    fn clock(&self) -> Clock {
        Clock { hub: self.hub.clone() }
    }

    fn retry_partition(&self, client: &'static str) -> RetryPartition {
        RetryPartition::custom(client).build()
    }
}
