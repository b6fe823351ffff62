//! Calls of `@connections`, of functions here and of any client of HTTP.

use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use stormglass_aws::gateway::{ManagementOperation, ManagementOutcome, ManagementRequest, Stage};
use stormglass_sim::faults::{Fault, Site, failures};
use tokio::sync::oneshot;
use tracing::warn;

use super::input::{Input, Inputs};
use crate::faults::{InjectedFault, LostRequest};
use crate::http::{self, Reply, quoted};
use crate::record;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The `@connections` API of a stage.
#[derive(Clone, Debug)]
pub(super) struct Management {
    pub(super) stage: Stage,
    pub(super) inputs: Inputs,
}

impl Management {
    /// Answers a request whose body has `bytes` bytes. `body` holds no more of them than a message
    /// may have.
    pub(super) async fn reply(
        &self,
        head: &Parts,
        body: Bytes,
        bytes: usize,
    ) -> Result<Reply, LostRequest> {
        let call = record::number_in(&head.headers);
        let request = match self.read(head, bytes) {
            Ok(request) => request,
            Err(refusal) => {
                self.inputs.recorder.on_management_refusal(call, &refusal);
                let reply = self.managed(&refusal);
                let reason = format!("was refused with {}", reply.status().as_u16());
                self.warn(&head.method, head.uri.path(), &reason);
                return Ok(reply);
            }
        };
        let id = request.id.clone();
        let place = (id.as_str(), name_of(request.operation), Site::Connections);
        let apply = |_| self.apply(request, body, call);
        let refuse = |injected: InjectedFault, fault| self.refusal(call, injected, fault);
        self.inputs.faults.call(place, apply, refuse).await
    }

    /// Lets the gateway carry a request out. A fault may take the type from a 410.
    async fn apply(&self, request: ManagementRequest, body: Bytes, call: Option<u64>) -> Reply {
        let id = request.id.clone();
        let (answer, answered) = oneshot::channel();
        self.inputs.send(Input::Manage { request, body, call, answer });
        let Ok(managed) = answered.await else { return http::reply(503, "") };
        let mut reply = self.managed(&managed);
        if matches!(managed, ManagementOutcome::Gone { .. })
            && self.inputs.faults.inject(&id, "gone", Site::Gone, false).is_some()
        {
            reply.headers_mut().remove(ERROR_TYPE);
        }
        reply
    }

    /// Returns the answer that a fault puts in the place of the gateway's.
    fn refusal(&self, call: Option<u64>, injected: InjectedFault, fault: Fault) -> Reply {
        if fault == Fault::Error {
            let (code, body) = failures::of_connections(injected.draw);
            return http::reply(code, body);
        }
        self.inputs.recorder.on_management_refusal(call, &ManagementOutcome::RateExceeded);
        let mut reply = self.managed(&ManagementOutcome::RateExceeded);
        if fault == Fault::ThrottledBare {
            reply.headers_mut().remove(ERROR_TYPE);
        }
        reply
    }

    /// Parses a request. Whatever name of this machine the client used, it stands for the host of
    /// the API.
    fn read(&self, head: &Parts, bytes: usize) -> Result<ManagementRequest, ManagementOutcome> {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("https://{}{path}", self.stage.domain_name());
        ManagementRequest::parse(&self.stage, head.method.as_str(), &uri, bytes)
    }

    /// Logs a request that cannot be a call of this API, and the calls that there are.
    pub(super) fn warn(&self, method: &Method, path: &str, reason: &str) {
        warn!(
            "{method} {} {reason}: a call of @connections is POST, GET or DELETE of \
             /{}/@connections/ID, and ID is the connectionId of an event",
            quoted(path),
            self.stage.name
        );
    }

    fn managed(&self, managed: &ManagementOutcome) -> Reply {
        let response = managed.response();
        let mut reply = http::reply(response.status, response.body);
        let headers = reply.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(error) = response.error {
            headers.insert(ERROR_TYPE, HeaderValue::from_static(error));
        }
        let id = HeaderValue::from_str(&self.inputs.ids.request());
        headers.insert(REQUEST_ID, id.expect("an id can be a header"));
        reply
    }
}

fn name_of(operation: ManagementOperation) -> &'static str {
    match operation {
        ManagementOperation::Post { .. } => "post",
        ManagementOperation::Get => "get",
        ManagementOperation::Delete => "delete",
    }
}

/// Returns true if a path leads to `@connections`, of any stage.
pub(super) fn is_management(path: &str) -> bool {
    path.split('/').any(|part| ["@connections", "%40connections"].contains(&part))
}
