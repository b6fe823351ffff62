//! The `$connect` route: registers a connection before it opens.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_sdk_dynamodb::config::Builder;
use futures_util::FutureExt;

use crate::budget::Budget;
use crate::invocation::respond;
use crate::outcome::Answer;
use crate::reply::{self, ErrorReply};
use crate::request::{Event, EventType, Request};
use crate::settings::Settings;
use crate::table::Table;

const SUBPROTOCOL_HEADER: &str = "sec-websocket-protocol";
const ORIGIN_HEADER: &str = "origin";

/// The handler of the `$connect` route.
///
/// The gateway opens the connection only after this handler has answered (FACTS 1.1), so every
/// connection that opens has its row. If the row cannot be stored, the handshake is refused: the
/// client can try again, while a connection without a row would miss every broadcast.
#[derive(Debug)]
pub struct Connect {
    table: Table,
    subprotocols: Vec<String>,
    origins: Vec<String>,
}

impl Connect {
    /// Builds the client of the table from the platform's configuration `dynamodb`, with the
    /// retries and timeouts of this crate.
    pub fn new(settings: &Settings, dynamodb: Builder) -> Connect {
        Connect {
            table: Table::new(settings, dynamodb),
            subprotocols: settings.subprotocols.clone(),
            origins: settings.origins.clone(),
        }
    }

    /// Stores the row of the connection, and accepts the handshake if that succeeds.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let time = self.table.clock().time().clone();
        respond(time, &event, "$connect", self.register(&event).boxed()).await
    }

    async fn register<'a>(&self, event: &'a Event) -> Result<Answer, ErrorReply<'a>> {
        let request = Request::parse(event, EventType::Connect)?;
        if !self.accepts_origin(&event.payload) {
            return Err(ErrorReply::forbidden("connections from this origin are not accepted"));
        }
        let budget = Budget::new(self.table.clock(), event);
        let stored = self.table.put(&request, &budget).await;
        stored.map_err(|cause| {
            ErrorReply::service("the connection could not be registered", None, cause)
        })?;
        Ok(self.accept(&event.payload).into())
    }

    /// Reports whether the settings allow every origin that the client names.
    fn accepts_origin(&self, event: &ApiGatewayWebsocketProxyRequest) -> bool {
        self.origins.is_empty()
            || headers(event, ORIGIN_HEADER).all(|origin| {
                self.origins.iter().any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(origin))
            })
    }

    /// The response that opens the connection, with the chosen sub-protocol.
    ///
    /// The gateway passes no other header on to the client (FACTS 1.6), and a client that gets
    /// none has no sub-protocol (FACTS 3.7).
    fn accept(&self, event: &ApiGatewayWebsocketProxyRequest) -> ApiGatewayProxyResponse {
        let mut response = reply::ok();
        let subprotocol = self.choose_subprotocol(event).and_then(|name| name.parse().ok());
        if let Some(name) = subprotocol {
            response.headers.insert(SUBPROTOCOL_HEADER, name);
        }
        response
    }

    /// The first sub-protocol of the client's list, which is in its order of preference, that
    /// this service speaks.
    fn choose_subprotocol<'a>(
        &self,
        event: &'a ApiGatewayWebsocketProxyRequest,
    ) -> Option<&'a str> {
        headers(event, SUBPROTOCOL_HEADER)
            .filter_map(|list| std::str::from_utf8(list).ok())
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .find(|name| self.subprotocols.iter().any(|spoken| spoken == name))
    }
}

/// The values of all headers called `name`.
///
/// A client may send several, and only the event's multi-value headers have all of them.
fn headers<'a>(
    event: &'a ApiGatewayWebsocketProxyRequest,
    name: &'static str,
) -> impl Iterator<Item = &'a [u8]> {
    let all = event.multi_value_headers.get_all(name).iter();
    all.chain(event.headers.get_all(name)).map(|value| value.as_bytes())
}
