//! What a simulated function builds its SDK clients from.

use aws_runtime::invocation_id::DefaultInvocationIdGenerator;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, IdentityCache, Region, StalledStreamProtectionConfig,
};
use aws_smithy_async::time::SharedTimeSource;

use super::clock::{Clock, Timers};
use super::connector::Wire;
use super::hub::Hub;
use crate::REGION;
use crate::hash;

/// What a simulated function builds its SDK clients from: one sandbox's connection to the world.
///
/// Every source of nondeterminism in the SDK is pinned: the wire, the clock, timers, the ids of
/// invocations, and the retry bucket, which is a sandbox's own as on AWS.
#[derive(Clone, Debug)]
pub struct Sdk {
    hub: Hub,
    seed: u64,
}

impl Sdk {
    pub(crate) fn new(hub: Hub, name: &str) -> Sdk {
        Sdk { hub, seed: hash::keyed(crate::CONSTANT, name) }
    }

    /// A configuration for a DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::config::Builder {
        aws_sdk_dynamodb::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .http_client(self.wire())
            .sleep_impl(self.timers())
            .time_source(self.clock())
            .invocation_id_generator(self.invocation_ids("dynamodb"))
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
            .invocation_id_generator(self.invocation_ids("management"))
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

    fn invocation_ids(&self, client: &str) -> DefaultInvocationIdGenerator {
        DefaultInvocationIdGenerator::with_seed(hash::keyed(self.seed, client))
    }

    fn retry_partition(&self, client: &'static str) -> RetryPartition {
        RetryPartition::custom(client).build()
    }
}
