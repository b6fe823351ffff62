//! The `$disconnect` route: forgets a connection after it closed.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_sdk_dynamodb::config::Builder;
use futures_util::FutureExt;

use crate::budget::Budget;
use crate::invocation::{Answer, respond};
use crate::reply::{self, ErrorReply};
use crate::request::{Event, EventType, Request};
use crate::settings::Settings;
use crate::table::Table;

/// The handler of the `$disconnect` route.
///
/// It deletes the connection's row and writes nothing, so it can run twice, late or not at all
/// (FACTS 1.11): what it leaves behind, a later broadcast or the row's TTL removes.
#[derive(Debug)]
pub struct Disconnect {
    table: Table,
}

impl Disconnect {
    /// Builds the client of the table from the platform's `dynamodb`, with our retries and
    /// timeouts.
    pub fn new(settings: &Settings, dynamodb: Builder) -> Disconnect {
        Disconnect { table: Table::new(settings, dynamodb) }
    }

    /// Deletes the connection's row, if there is one.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let time = self.table.clock().time().clone();
        respond(time, &event, "$disconnect", self.forget(&event).boxed()).await
    }

    async fn forget<'a>(&self, event: &'a Event) -> Result<Answer, ErrorReply<'a>> {
        let request = Request::parse(event, EventType::Disconnect)?;
        let budget = Budget::of(self.table.clock(), event);
        let deleted = self.table.delete(request.connection_id, &budget).await;
        deleted.map_err(|cause| {
            ErrorReply::service("the connection could not be removed", None, cause)
        })?;
        Ok(reply::ok().into())
    }
}
