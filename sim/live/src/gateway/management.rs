//! Calls of `@connections`, from wherever they come.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use stormglass_sim::gateway::{Managed, ManagementRequest, Stage};
use tokio::sync::oneshot;

use super::door::{Reply, status, without_body};
use super::input::{Input, Inputs};
use crate::record;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// `@connections` of a stage.
#[derive(Clone, Debug)]
pub(super) struct Management {
    pub(super) stage: Stage,
    pub(super) inputs: Inputs,
}

impl Management {
    /// Answers a request whose body has this many bytes, of which no more are given than a message
    /// may have.
    pub(super) async fn reply(&self, head: &Parts, body: Bytes, bytes: usize) -> Reply {
        let call = record::number_in(&head.headers);
        match self.read(head, bytes) {
            Err(refusal) => {
                self.inputs.recorder.misdirected(call, &refusal);
                self.managed(&refusal)
            }
            Ok(request) => {
                let (answer, answered) = oneshot::channel();
                self.inputs.tell(Input::Manage { request, body, call, answer });
                match answered.await {
                    Ok(managed) => self.managed(&managed),
                    Err(_) => without_body(503),
                }
            }
        }
    }

    /// Whatever name this machine was called by, it stands for the host of the API.
    fn read(&self, head: &Parts, bytes: usize) -> Result<ManagementRequest, Managed> {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("https://{}{path}", self.stage.domain_name());
        ManagementRequest::parse(&self.stage, head.method.as_str(), &uri, bytes)
    }

    fn managed(&self, managed: &Managed) -> Reply {
        let wire = managed.wire();
        let mut reply = Response::new(Full::new(wire.body.into()));
        *reply.status_mut() = status(wire.status);
        let headers = reply.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(error) = wire.error {
            headers.insert(ERROR_TYPE, HeaderValue::from_static(error));
        }
        if let Ok(id) = HeaderValue::from_str(&self.inputs.ids.request()) {
            headers.insert(REQUEST_ID, id);
        }
        reply
    }
}

/// Whether a path leads to `@connections` of whatever stage.
pub(super) fn is_management(path: &str) -> bool {
    path.split('/').any(|part| ["@connections", "%40connections"].contains(&part))
}
