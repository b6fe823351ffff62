//! The `$disconnect` route: deletes the row of a connection that closed.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_sdk_dynamodb::config::Builder;
use futures_util::FutureExt;

use crate::budget::Budget;
use crate::invocation::respond;
use crate::outcome::Answer;
use crate::reply::{self, ErrorReply};
use crate::request::{Event, EventType, Request};
use crate::settings::Settings;
use crate::table::Table;

/// The handler of the `$disconnect` route.
///
/// It deletes the row of the connection and writes nothing, so it may run twice, late or not at
/// all (FACTS 1.11). A row that stays behind is removed by a later broadcast or by its TTL.
#[derive(Debug)]
pub struct Disconnect {
    table: Table,
}

impl Disconnect {
    /// Builds the client of the table from the platform's configuration `dynamodb`, with the
    /// retries and timeouts of this crate.
    pub fn new(settings: &Settings, dynamodb: Builder) -> Disconnect {
        Disconnect { table: Table::new(settings, dynamodb) }
    }

    /// Deletes the row of the connection, if there is one.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let time = self.table.clock().time().clone();
        respond(time, &event, "$disconnect", self.unregister(&event).boxed()).await
    }

    async fn unregister<'a>(&self, event: &'a Event) -> Result<Answer, ErrorReply<'a>> {
        let request = Request::parse(event, EventType::Disconnect)?;
        let budget = Budget::new(self.table.clock(), event);
        let deleted = self.table.delete(request.connection_id, &budget).await;
        deleted.map_err(|cause| {
            ErrorReply::service("the connection could not be removed", None, cause)
        })?;
        Ok(reply::ok().into())
    }
}
