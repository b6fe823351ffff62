//! The configurations from which a function builds its SDK clients.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, IdentityCache, Region, SharedCredentialsProvider,
    StalledStreamProtectionConfig,
};
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::SdkConfig;

use super::clock::{Clock, Timers};
use super::connector::{self, Wire};
use super::headers::Headers;
use super::hub::{Background, Hub};
use super::identity::{CachedIdentity, SandboxIdentity};
use crate::stack::Function;
use stormglass_aws::gateway::Stage;
use stormglass_aws::http::{HttpAnswer, HttpRequest};
use stormglass_spec::REGION;

/// The connection of one sandbox to the world, from which a function builds its SDK clients.
///
/// Every source of nondeterminism in the SDK is fixed: the wire, the clock, the timers, and the
/// retry bucket, of which each sandbox has one, as on AWS. Requests are not signed and do not
/// carry headers that no simulated service reads, because these would double the time of a call.
///
/// A function also reads here what it finds in its environment on AWS: its own variables, as its
/// [stack](crate::stack::Stack) sets them, and the names of the place where it runs.
#[derive(Clone, Debug)]
pub struct Sdk {
    world: World,
    function: Arc<Function>,
    identity: Arc<SandboxIdentity>,
}

/// The world in which a sandbox runs.
#[derive(Clone)]
enum World {
    /// A simulation.
    Simulated(Hub),
    /// A world with sockets and a wall clock.
    Real(Real),
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            World::Simulated(_) => "Simulated",
            World::Real(_) => "Real",
        })
    }
}

#[derive(Clone)]
struct Real {
    http_client: SharedHttpClient,
    sleep: SharedAsyncSleep,
    time_source: SharedTimeSource,
    spawn: Arc<dyn Fn(Background) + Send + Sync>,
}

impl Sdk {
    pub(crate) fn new(function: Function, hub: Hub) -> Sdk {
        Sdk::of(World::Simulated(hub), function)
    }

    /// Makes an [`Sdk`] for a sandbox of a function outside of a simulation.
    ///
    /// `spawn` takes the work that the function leaves to its sandbox (see [`Sdk::spawn`]).
    pub fn outside(
        function: Function,
        http_client: SharedHttpClient,
        sleep: SharedAsyncSleep,
        time_source: SharedTimeSource,
        spawn: impl Fn(Background) + Send + Sync + 'static,
    ) -> Sdk {
        let spawn = Arc::new(spawn);
        let world = World::Real(Real { http_client, sleep, time_source, spawn });
        Sdk::of(world, function)
    }

    fn of(world: World, function: Function) -> Sdk {
        Sdk { world, function: Arc::new(function), identity: Arc::default() }
    }

    /// Returns true in a simulation, and false in a world with sockets and a wall clock.
    ///
    /// An application may choose its settings by it. Low limits make a small simulated world
    /// crowded, for example. The behaviour of its handlers must not depend on it.
    pub fn is_simulated(&self) -> bool {
        matches!(self.world, World::Simulated(_))
    }

    /// Returns all variables of the function's environment, as on AWS: those of Lambda, and those
    /// that the stack sets.
    pub fn environment(&self) -> BTreeMap<String, String> {
        self.function.variables()
    }

    /// Returns the region of all services.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// Returns the id of the account that all services belong to.
    pub fn account(&self) -> &'static str {
        stormglass_aws::ACCOUNT
    }

    /// Returns the URL of `@connections`, for a client of the management API.
    pub fn management_endpoint(&self) -> String {
        Stage::default().management_endpoint()
    }

    /// Returns the ARN of the function.
    pub fn function_arn(&self) -> String {
        self.function.arn()
    }

    /// Returns the ARN of a table.
    pub fn table_arn(&self, table: &str) -> String {
        stormglass_dynamodb::table_arn(table)
    }

    /// Returns a configuration for a DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::config::Builder {
        aws_sdk_dynamodb::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .http_client(self.http_client())
            .sleep_impl(self.timers())
            .time_source(self.time_source())
            .retry_partition(retry_partition("dynamodb"))
            .identity_cache(IdentityCache::no_cache())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .interceptor(Headers)
            .allow_no_auth()
    }

    /// Returns a configuration for a client of API Gateway's `@connections`.
    pub fn management(&self) -> aws_sdk_apigatewaymanagement::config::Builder {
        aws_sdk_apigatewaymanagement::config::Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .http_client(self.http_client())
            .sleep_impl(self.timers())
            .time_source(self.time_source())
            .retry_partition(retry_partition("management"))
            .identity_cache(IdentityCache::no_cache())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .interceptor(Headers)
            .allow_no_auth()
    }

    /// Returns the configuration from which code builds clients of any service, as
    /// `aws_config::load_defaults` does on AWS.
    ///
    /// The clients sign, and each sandbox has its own retry buckets. Clients of
    /// [`Sdk::dynamodb`] and [`Sdk::management`] take half the time of these for a call.
    pub fn config(&self) -> SdkConfig {
        let credentials = self.identity.credentials().clone();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(self.http_client())
            .sleep_impl(self.timers())
            .time_source(self.time_source())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.identity_cache(CachedIdentity(Arc::clone(&self.identity))).build()
    }

    /// Sends a request to a service that the application brings, as an HTTP client of the
    /// function's own does on AWS (see [`App::services`](crate::App::services)).
    ///
    /// # Errors
    ///
    /// If the transport fails. Outside of a simulation it always does: use a real client there.
    pub async fn fetch(&self, request: HttpRequest) -> io::Result<HttpAnswer> {
        match &self.world {
            World::Simulated(hub) => connector::fetch(hub.clone(), request).await,
            World::Real(_) => {
                let words = "only a simulation carries such requests; use a real HTTP client";
                Err(io::Error::new(io::ErrorKind::Unsupported, words))
            }
        }
    }

    /// Returns the clock of the sandbox, for handlers that have no SDK client to take it from.
    pub fn time_source(&self) -> SharedTimeSource {
        match &self.world {
            World::Simulated(hub) => SharedTimeSource::new(Clock { hub: hub.clone() }),
            World::Real(real) => real.time_source.clone(),
        }
    }

    /// Leaves work to the sandbox, as a Node.js handler does with a promise that it never awaits.
    ///
    /// The work goes on while an invocation runs in the sandbox. When the handler has returned, the
    /// platform freezes the sandbox with everything in it, until its next invocation or for ever
    /// (FACTS 4.11). Tasks of `tokio::spawn` would not freeze in a simulation, so it refuses them.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        match &self.world {
            World::Simulated(hub) => hub.spawn(Box::pin(work)),
            World::Real(real) => (real.spawn)(Box::pin(work)),
        }
    }

    fn http_client(&self) -> SharedHttpClient {
        match &self.world {
            World::Simulated(hub) => SharedHttpClient::new(Wire { hub: hub.clone() }),
            World::Real(real) => real.http_client.clone(),
        }
    }

    fn timers(&self) -> SharedAsyncSleep {
        match &self.world {
            World::Simulated(hub) => SharedAsyncSleep::new(Timers { hub: hub.clone() }),
            World::Real(real) => real.sleep.clone(),
        }
    }
}

fn retry_partition(client: &'static str) -> RetryPartition {
    RetryPartition::custom(client).build()
}
