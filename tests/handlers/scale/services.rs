//! A table and a gateway of any size, which hold no more than a few numbers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use stormglass_tests::clients::NOW;

/// The size of a stored row: the names and values of its three attributes (FACTS 6.2).
const ROW_BYTES: usize = 90;

/// The most item data that one page covers (FACTS 6.1).
const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// A table whose rows are made when they are read.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    rows: usize,
    latency: Duration,
    scans: Arc<AtomicUsize>,
}

impl Table {
    pub(crate) fn new(rows: usize, latency: Duration) -> Table {
        Table { rows, latency, scans: Arc::default() }
    }

    /// Returns the number of scans.
    pub(crate) fn scans(&self) -> usize {
        self.scans.load(Ordering::Relaxed)
    }

    /// A page ends at its limit, or when it is full. As in DynamoDB, only a page that ended
    /// otherwise says that it is the last one.
    fn page(&self, request: &Value) -> String {
        let from = match request["ExclusiveStartKey"]["connectionId"]["S"].as_str() {
            Some(last) => 1 + last.parse::<usize>().expect("a key of ours"),
            None => 0,
        };
        let full = PAGE_BYTES_MAX / ROW_BYTES;
        let limit = request["Limit"].as_u64().map_or(full, |limit| full.min(limit as usize));
        let end = self.rows.min(from + limit);
        let items: Vec<_> = (from..end)
            .map(|row| {
                let connected_at = (NOW - 90_000).to_string();
                json!({"connectionId": {"S": row.to_string()}, "connectedAt": {"N": connected_at}})
            })
            .collect();
        let mut page = json!({"Count": items.len(), "ScannedCount": items.len(), "Items": items});
        if end - from == limit {
            page["LastEvaluatedKey"] = json!({"connectionId": {"S": (end - 1).to_string()}});
        }
        page.to_string()
    }
}

/// A gateway that accepts every post.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    latency: Duration,
    posts: Arc<AtomicUsize>,
}

impl Gateway {
    pub(crate) fn new(latency: Duration) -> Gateway {
        Gateway { latency, posts: Arc::default() }
    }

    /// Returns the number of posts.
    pub(crate) fn posts(&self) -> usize {
        self.posts.load(Ordering::Relaxed)
    }
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.scans.fetch_add(1, Ordering::Relaxed);
        let request = request.body().bytes().unwrap_or_default();
        let request = serde_json::from_slice(request).expect("DynamoDB speaks JSON");
        answer(self.latency, self.page(&request))
    }
}

impl HttpConnector for Gateway {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.posts.fetch_add(1, Ordering::Relaxed);
        answer(self.latency, String::new())
    }
}

fn answer(latency: Duration, body: String) -> HttpConnectorFuture {
    HttpConnectorFuture::new(async move {
        tokio::time::sleep(latency).await;
        let status = StatusCode::try_from(200).expect("this is a status");
        Ok(HttpResponse::new(status, SdkBody::from(body)))
    })
}
