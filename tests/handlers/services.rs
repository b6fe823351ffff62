//! The services that a broadcast needs, with scripted answers.

use aws_sdk_apigatewaymanagement::operation::post_to_connection::{
    PostToConnectionInput, PostToConnectionOutput,
};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_smithy_mocks::{MockResponse, Rule, mock};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::{Value, json};
use stormglass_handlers::{Broadcast, Settings};

use crate::support::{
    Record, Wire, body, dynamodb, http, in_virtual_time, management, message, n, s, settings,
};

/// The requests to a table and a gateway, and their answers.
pub(crate) struct Services {
    pub(crate) scan: Rule,
    pub(crate) scans: Record<ScanInput>,
    pub(crate) posts: Record<PostToConnectionInput>,
    pub(crate) deletes: Record<DeleteItemInput>,
    table_wire: Wire,
    pub(crate) gateway_wire: Wire,
    post: Rule,
    delete: Rule,
}

impl Services {
    /// A table of one page, and a gateway that accepts every post.
    pub(crate) fn with_rows(rows: &[(&str, u64)]) -> Services {
        Services::with_pages(vec![rows.to_vec()])
    }

    /// The first row of every page but the first is where it begins.
    pub(crate) fn with_pages(pages: Vec<Vec<(&str, u64)>>) -> Services {
        let mut outputs = Vec::new();
        let mut next = None;
        for (nth, rows) in pages.iter().enumerate().rev() {
            let items = rows.iter().map(|(id, at)| {
                [("connectionId".to_owned(), s(id)), ("connectedAt".to_owned(), n(*at))].into()
            });
            let mut output = ScanOutput::builder().set_items(Some(items.collect()));
            if let Some(cursor) = next {
                output = output.last_evaluated_key("connectionId", cursor);
            }
            next = Some(s(&format!("page-{nth}")));
            outputs.insert(0, output.build());
        }
        let scans = Record::new();
        let scan = {
            let scans = scans.clone();
            mock!(aws_sdk_dynamodb::Client::scan).then_compute_output(move |input| {
                scans.add(input.clone());
                outputs[scans.all().len() - 1].clone()
            })
        };
        Services { scans, ..Services::with_scan(scan) }
    }

    pub(crate) fn with_scan(scan: Rule) -> Services {
        let deletes = Record::new();
        let delete = {
            let deletes = deletes.clone();
            mock!(aws_sdk_dynamodb::Client::delete_item).then_compute_output(move |input| {
                deletes.add(input.clone());
                DeleteItemOutput::builder().build()
            })
        };
        let services = Services {
            scan,
            scans: Record::new(),
            posts: Record::new(),
            deletes,
            table_wire: Wire::new(),
            gateway_wire: Wire::new(),
            post: mock!(aws_sdk_apigatewaymanagement::Client::post_to_connection)
                .then_output(|| PostToConnectionOutput::builder().build()),
            delete,
        };
        services.answering(|_, _| http(200))
    }

    /// `answer` gets the recipient and how many posts it got before.
    pub(crate) fn answering(
        self,
        answer: impl Fn(&str, usize) -> HttpResponse + Send + Sync + 'static,
    ) -> Services {
        let posts = self.posts.clone();
        let post = mock!(aws_sdk_apigatewaymanagement::Client::post_to_connection)
            .then_compute_response(move |input: &PostToConnectionInput| {
                let earlier = posts.all();
                let earlier =
                    earlier.iter().filter(|post| post.connection_id == input.connection_id);
                let earlier = earlier.count();
                posts.add(input.clone());
                MockResponse::Http(answer(input.connection_id().unwrap_or_default(), earlier))
            });
        Services { post, ..self }
    }

    /// `wire` leads to the table.
    pub(crate) fn table(self, wire: Wire) -> Services {
        Services { table_wire: wire, ..self }
    }

    /// `wire` leads to the gateway.
    pub(crate) fn gateway(self, wire: Wire) -> Services {
        Services { gateway_wire: wire, ..self }
    }

    pub(crate) fn deleting(self, delete: Rule) -> Services {
        Services { delete, ..self }
    }

    pub(crate) fn handler(&self, settings: &Settings) -> Broadcast {
        Broadcast::new(
            settings,
            dynamodb(&[&self.scan, &self.delete], self.table_wire.clone()),
            management(&[&self.post], self.gateway_wire.clone()),
        )
    }

    /// The reply to a broadcast of the string `hi`.
    pub(crate) fn broadcast(&self) -> Value {
        let response = in_virtual_time(async {
            let handler = self.handler(&settings());
            handler.handle(message(r#"{"action":"broadcast","data":"hi"}"#)).await
        });
        assert_eq!(response.status_code, 200);
        body(&response)
    }

    /// The recipients of all posts, in order.
    pub(crate) fn recipients(&self) -> Vec<String> {
        self.posts.all().into_iter().filter_map(|post| post.connection_id).collect()
    }
}

/// An acknowledgement of a message without an id.
pub(crate) fn ack(delivered: u64, gone: u64, pending: u64, failed: u64, complete: bool) -> Value {
    json!({"ack": {
        "delivered": delivered, "gone": gone, "pending": pending, "failed": failed,
        "complete": complete,
    }})
}
