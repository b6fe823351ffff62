//! The rows, one for each connection, and every call to DynamoDB.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::types::AttributeValue;
use stormglass_spec::quotas::CONNECTION_DURATION_MAX;

use crate::budget::{Budget, Clock};
use crate::failure::Failure;
use crate::request::Request;
use crate::settings::Settings;

const CONNECTION_ID: &str = "connectionId";
const CONNECTED_AT: &str = "connectedAt";
const EXPIRES_AT: &str = "expiresAt";

/// How often the SDK attempts a call.
const ATTEMPTS_MAX: u32 = 3;

/// How many rows a page has at most.
///
/// A page of the 1 MB that DynamoDB would send holds some 17,000 of our rows (FACTS 6.1), and two
/// pages are in memory at a time: the process of a broadcast to 100,000 then peaks at 38 MB, and
/// with pages of 1,000 rows at 22 MB, as it does for few recipients. Shorter pages save next to
/// nothing, and might come too late: posts to 1,000 rows, 128 at once and 15 ms each, last 117 ms,
/// and a page takes some 10 ms.
const PAGE_ROWS_MAX: i32 = 1_000;

/// What a row's life exceeds that of the longest connection by.
///
/// Nothing depends on an early removal, but a row that goes while its connection is open cannot
/// be replaced.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60 * 60);

/// The table of connections.
#[derive(Debug)]
pub(crate) struct Table {
    client: Client,
    clock: Clock,
    name: String,
}

/// A connection, as the table knows it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) connection_id: String,
    /// In epoch milliseconds of the gateway.
    ///
    /// Every row that `$connect` stores has it. A row without it has no known age, and nobody may
    /// conclude that its handshake is over: it is never deleted for a 410, only by its TTL.
    pub(crate) connected_at: Option<i64>,
}

/// A part of the table.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    /// Items without a connection's id. The table's key rules them out.
    pub(crate) unreadable: usize,
    /// Where the next page begins, unless this is the last one.
    pub(crate) cursor: Option<String>,
}

impl Table {
    /// Hung attempts are cut short, so that the SDK can retry them.
    pub(crate) fn new(settings: &Settings, dynamodb: Builder) -> Table {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(settings.table_timeout).build();
        let config = dynamodb
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX))
            .timeout_config(timeouts)
            .build();
        let client = Client::from_conf(config);
        Table { clock: Clock::of(&client), client, name: settings.table_name.clone() }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Stores the row of a connection. Twice is as good as once.
    pub(crate) async fn put(&self, request: &Request<'_>, budget: &Budget) -> Result<(), Failure> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .item(CONNECTION_ID, AttributeValue::S(request.connection_id.to_owned()))
            .item(CONNECTED_AT, AttributeValue::N(request.connected_at.to_string()))
            .item(EXPIRES_AT, AttributeValue::N(expires_at(request.connected_at).to_string()));
        answer("PutItem", budget.bound(put.send()).await).map(drop)
    }

    /// Deletes the row of a connection, if there is one (FACTS 6.12).
    pub(crate) async fn delete(&self, connection_id: &str, budget: &Budget) -> Result<(), Failure> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.name)
            .key(CONNECTION_ID, AttributeValue::S(connection_id.to_owned()));
        answer("DeleteItem", budget.bound(delete.send()).await).map(drop)
    }

    /// Deletes the row of a connection if it is still the one that was read.
    ///
    /// A failed condition means that there is nothing left to delete. It is also what the SDK's
    /// second attempt meets when the first one worked and its answer was lost (FACTS 6.2). After
    /// any other failure the row is left for a later broadcast.
    pub(crate) async fn delete_stale(
        &self,
        connection_id: &str,
        connected_at: i64,
        budget: &Budget,
    ) -> Result<(), Failure> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.name)
            .key(CONNECTION_ID, AttributeValue::S(connection_id.to_owned()))
            .condition_expression("connectedAt = :read")
            .expression_attribute_values(":read", AttributeValue::N(connected_at.to_string()));
        match budget.bound(delete.send()).await {
            Some(Err(error)) if is_failed_condition(&error) => Ok(()),
            answered => answer("DeleteItem", answered).map(drop),
        }
    }

    /// Reads the page that begins at `cursor`, or the first one.
    ///
    /// The read is consistent: it has every row that was stored before it began (FACTS 6.4).
    pub(crate) async fn page(
        &self,
        cursor: Option<String>,
        budget: &Budget,
    ) -> Result<Page, Failure> {
        let mut scan = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true)
            .limit(PAGE_ROWS_MAX)
            .projection_expression("connectionId, connectedAt");
        if let Some(cursor) = cursor {
            scan = scan.exclusive_start_key(CONNECTION_ID, AttributeValue::S(cursor));
        }
        answer("Scan", budget.bound(scan.send()).await).and_then(page)
    }
}

/// Epoch seconds, because that is how TTL counts (FACTS 6.10).
fn expires_at(connected_at: i64) -> i64 {
    let life = (CONNECTION_DURATION_MAX + EXPIRY_MARGIN).as_secs();
    connected_at.div_euclid(1_000).saturating_add_unsigned(life)
}

fn page(output: ScanOutput) -> Result<Page, Failure> {
    let cursor = match output.last_evaluated_key.filter(|key| !key.is_empty()) {
        None => None,
        Some(mut key) => match key.remove(CONNECTION_ID) {
            Some(AttributeValue::S(id)) => Some(id),
            _ => return Err(Failure::new("Scan: the table has another key than connectionId")),
        },
    };
    let mut page = Page { rows: Vec::new(), unreadable: 0, cursor };
    for mut item in output.items.unwrap_or_default() {
        let connected_at = connected_at(item.get(CONNECTED_AT));
        match item.remove(CONNECTION_ID) {
            Some(AttributeValue::S(connection_id)) => {
                page.rows.push(Row { connection_id, connected_at });
            }
            _ => page.unreadable += 1,
        }
    }
    Ok(page)
}

fn connected_at(value: Option<&AttributeValue>) -> Option<i64> {
    value?.as_n().ok()?.parse().ok()
}

fn is_failed_condition(error: &SdkError<DeleteItemError>) -> bool {
    error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception)
}

fn answer<T, E: ProvideErrorMetadata + std::error::Error + 'static>(
    call: &'static str,
    answered: Option<Result<T, SdkError<E>>>,
) -> Result<T, Failure> {
    match answered {
        Some(Ok(output)) => Ok(output),
        Some(Err(error)) => Err(Failure::of(call, &error)),
        None => Err(Failure::late(call)),
    }
}
