//! Headers that AWS reads for its own statistics, and that nobody reads here.

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

/// Has the SDK leave out what no simulated service reads: who and what sends a request, which
/// attempt it is, and how far the clock of the service is off.
///
/// To write these headers takes a tenth of a call's time. They depend on the process's environment
/// as well.
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
