//! Leaves out request headers that AWS reads for its statistics, and no simulated service reads.

use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_runtime::user_agent::UserAgentInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{
    Intercept, disable_interceptor, dyn_dispatch_hint,
};
use aws_smithy_types::config_bag::ConfigBag;

const CAUSE: &str = "no simulated service reads it";

/// Makes the SDK leave out the headers that no simulated service reads.
///
/// These are the user agent, the invocation id, the number of the attempt, and the clock skew of
/// the service. Writing them takes a tenth of a call's time, and they depend on the environment of
/// the process.
#[derive(Debug)]
pub(super) struct Headers;

#[dyn_dispatch_hint]
impl Intercept for Headers {
    fn name(&self) -> &'static str {
        "Headers"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config
            .interceptor_state()
            .store_put(disable_interceptor::<UserAgentInterceptor>(CAUSE))
            .store_put(disable_interceptor::<RequestInfoInterceptor>(CAUSE))
            .store_put(disable_interceptor::<InvocationIdInterceptor>(CAUSE))
            .store_put(disable_interceptor::<ServiceClockSkewInterceptor>(CAUSE));
        Ok(())
    }
}
