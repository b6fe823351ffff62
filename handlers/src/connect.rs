//! The `$connect` route: registers a connection before it opens.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_sdk_dynamodb::config::Builder;
use futures_util::FutureExt;

use crate::budget::Budget;
use crate::reply::{self, ErrorReply};
use crate::request::{Event, EventType, Request, respond};
use crate::settings::Settings;
use crate::table::Table;

const SUBPROTOCOL_HEADER: &str = "sec-websocket-protocol";

/// The handler of the `$connect` route.
///
/// The gateway opens the connection only when this handler has answered (FACTS 1.1), so a
/// connection that opens has its row. If the row cannot be stored, the handshake is refused: the
/// client can try again, while a connection without a row would miss every broadcast.
#[derive(Debug)]
pub struct Connect {
    table: Table,
    subprotocols: Vec<String>,
}

impl Connect {
    /// Builds the client of the table from the platform's `dynamodb`, with our retries and
    /// timeouts.
    pub fn new(settings: &Settings, dynamodb: Builder) -> Connect {
        Connect {
            table: Table::new(settings, dynamodb),
            subprotocols: settings.subprotocols.clone(),
        }
    }

    /// Stores the connection's row, and accepts the handshake if that worked.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        respond(&event, "$connect", self.register(&event).boxed()).await
    }

    async fn register<'a>(
        &self,
        event: &'a Event,
    ) -> Result<ApiGatewayProxyResponse, ErrorReply<'a>> {
        let request = Request::parse(event, EventType::Connect)?;
        let budget = Budget::of(self.table.clock(), event);
        let stored = self.table.put(&request, &budget).await;
        stored.map_err(|_| ErrorReply::service("the connection could not be registered", None))?;
        tracing::info!("registered the connection");
        Ok(self.accept(&event.payload))
    }

    /// The gateway passes on no header but this one (FACTS 1.6), and without it the client gets no
    /// sub-protocol (FACTS 3.7).
    fn accept(&self, event: &ApiGatewayWebsocketProxyRequest) -> ApiGatewayProxyResponse {
        let mut response = reply::ok();
        let subprotocol = self.choose_subprotocol(event).and_then(|name| name.parse().ok());
        if let Some(name) = subprotocol {
            response.headers.insert(SUBPROTOCOL_HEADER, name);
        }
        response
    }

    /// The first one that the client asked for, in its order of preference, and that we speak.
    ///
    /// A client may spread its list over several headers of the same name. Only the event's
    /// multi-value headers have all of them.
    fn choose_subprotocol<'a>(
        &self,
        event: &'a ApiGatewayWebsocketProxyRequest,
    ) -> Option<&'a str> {
        let all = event.multi_value_headers.get_all(SUBPROTOCOL_HEADER).iter();
        let all = all.chain(event.headers.get_all(SUBPROTOCOL_HEADER));
        all.filter_map(|list| list.to_str().ok())
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .find(|name| self.subprotocols.iter().any(|known| known == name))
    }
}
