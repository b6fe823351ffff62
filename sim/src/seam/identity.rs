//! The identity with which the clients of an `SdkConfig` sign, and the retry bucket beside it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_runtime::user_agent::UserAgentInterceptor;
use aws_sdk_dynamodb::config::retry::TokenBucket;
use aws_sdk_dynamodb::config::{Credentials, ResolveCachedIdentity, RuntimeComponents};
use aws_smithy_runtime_api::client::identity::{Identity, IdentityFuture, SharedIdentityResolver};
use aws_smithy_runtime_api::client::interceptors::disable_interceptor;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer, Layer};

/// The identity of one sandbox.
///
/// The SDK keeps one retry bucket for each service and region in a `static`, and an `SdkConfig`
/// cannot set another one. On AWS a process is a sandbox; here many sandboxes share a process. But
/// an identity can bring settings for its call, so it brings the bucket of its sandbox.
#[derive(Debug)]
pub(super) struct SandboxIdentity {
    credentials: Credentials,
    /// The retry bucket of each service.
    buckets: Mutex<BTreeMap<String, TokenBucket>>,
}

impl Default for SandboxIdentity {
    fn default() -> SandboxIdentity {
        let credentials = Credentials::new("AKIDSANDBOX", "secret", None, None, "sandbox");
        SandboxIdentity { credentials, buckets: Mutex::default() }
    }
}

/// The identity of a sandbox, as the SDK asks for it at each attempt.
#[derive(Debug)]
pub(super) struct CachedIdentity(pub(super) Arc<SandboxIdentity>);

impl SandboxIdentity {
    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn bucket(&self, service: &str) -> TokenBucket {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.entry(service.to_owned()).or_default().clone()
    }

    /// The settings of a call to a service. No simulated service reads the user agent, and it
    /// depends on the environment of the process.
    fn settings(&self, service: &str) -> FrozenLayer {
        let mut layer = Layer::new("sandbox");
        layer.store_put(self.bucket(service));
        layer.store_put(disable_interceptor::<UserAgentInterceptor>(
            "no simulated service reads it",
        ));
        layer.freeze()
    }
}

impl ResolveCachedIdentity for CachedIdentity {
    fn resolve_cached_identity<'a>(
        &'a self,
        _: SharedIdentityResolver,
        _: &'a RuntimeComponents,
        config: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        let service = config.load::<Metadata>().map_or("", Metadata::service);
        let identity = Identity::builder()
            .data(self.0.credentials.clone())
            .property(self.0.settings(service))
            .build()
            .map_err(Into::into);
        IdentityFuture::ready(identity)
    }
}
