//! The table of connections: one row for each of them, and every call to DynamoDB.

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

/// The largest number of times that the SDK attempts a call.
const ATTEMPTS_MAX: u32 = 3;

/// The largest number of rows in a page.
///
/// Without a limit, DynamoDB sends pages of 1 MB, some 17,000 of these rows (FACTS 6.1). Two pages
/// are in memory at a time, so the process of a broadcast to 100,000 connections peaks at 38 MB.
/// With pages of 1,000 rows it peaks at 22 MB, as it does for few recipients. Shorter pages save
/// next to nothing, and might come too late: posts to 1,000 rows, 128 at once and 15 ms each, last
/// 117 ms, and a page takes some 10 ms.
const PAGE_ROWS_MAX: i32 = 1_000;

/// The time by which a row outlives the longest connection.
///
/// Nothing depends on an early removal, but a row that expires while its connection is open is
/// lost: no handler stores it again.
const EXPIRY_MARGIN: Duration = Duration::from_secs(60 * 60);

/// The table of connections.
#[derive(Debug)]
pub(crate) struct Table {
    client: Client,
    clock: Clock,
    name: String,
}

/// The row of a connection.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) connection_id: String,
    /// The time at which the connection began, in epoch milliseconds of the gateway.
    ///
    /// Every row that `$connect` stores has it. A row without it has no known age, so its
    /// handshake may not be over. Such a row is never deleted for a 410, only by its TTL.
    pub(crate) connected_at: Option<i64>,
}

/// A part of the table, as one scan returns it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Row>,
    /// The number of items without the id of a connection. The key of the table rules them out.
    pub(crate) unreadable: usize,
    /// The id that the next page begins after, unless this is the last page.
    pub(crate) cursor: Option<String>,
}

impl Table {
    /// Builds the client of the table. It cuts hung attempts short, so that the SDK retries them.
    pub(crate) fn new(settings: &Settings, dynamodb: Builder) -> Table {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(settings.table_timeout).build();
        let config = dynamodb
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX))
            .timeout_config(timeouts)
            .build();
        let client = Client::from_conf(config);
        Table { clock: Clock::from_client(&client), client, name: settings.table_name.clone() }
    }

    /// The clock of the client.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Stores the row of a connection. A second call changes nothing.
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

    /// Deletes the row of a connection if it is still the row that began at `connected_at`.
    ///
    /// A failed condition counts as success, because there is nothing left to delete. The second
    /// attempt of the SDK fails so if the first one succeeded and its answer was lost
    /// (FACTS 6.2). After any other failure the row stays for a later broadcast.
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

    /// Reads the page that begins after `cursor`, or the first page.
    ///
    /// The read is consistent: it returns every row that was stored before it began (FACTS 6.4).
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

/// The time at which a row expires, in epoch seconds, because TTL counts in seconds (FACTS 6.10).
fn expires_at(connected_at: i64) -> i64 {
    let life = (CONNECTION_DURATION_MAX + EXPIRY_MARGIN).as_secs();
    connected_at.div_euclid(1_000).saturating_add_unsigned(life)
}

/// Reads the rows and the cursor of a scan's output.
fn page(output: ScanOutput) -> Result<Page, Failure> {
    let cursor = match output.last_evaluated_key.filter(|key| !key.is_empty()) {
        None => None,
        Some(mut key) => match key.remove(CONNECTION_ID) {
            Some(AttributeValue::S(id)) => Some(id),
            _ => return Err(Failure::new("Scan: the key of the table is not connectionId")),
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

/// The output of a `call`, or the reason why there is none.
fn answer<T, E: ProvideErrorMetadata + std::error::Error + 'static>(
    call: &'static str,
    answered: Option<Result<T, SdkError<E>>>,
) -> Result<T, Failure> {
    match answered {
        Some(Ok(output)) => Ok(output),
        Some(Err(error)) => Err(Failure::from_sdk(call, &error)),
        None => Err(Failure::timeout(call)),
    }
}
