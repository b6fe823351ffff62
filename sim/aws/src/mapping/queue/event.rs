//! The event that a function gets with a batch (FACTS 12.19).

use std::collections::BTreeMap;

use aws_smithy_types::base64;
use serde::Serialize;
use stormglass_spec::REGION;

use crate::sqs::{
    AttributeValue, Delivery, MessageAttributes, Pairs, SqsSettings, md5_of_attributes,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct QueueEvent<'a> {
    records: Vec<Record<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    message_id: &'a str,
    receipt_handle: &'a str,
    body: &'a str,
    attributes: Pairs,
    message_attributes: BTreeMap<&'a str, RecordAttribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5_of_message_attributes: Option<String>,
    md5_of_body: &'a str,
    event_source: &'static str,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: &'a str,
    aws_region: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordAttribute<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    string_value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
    string_list_values: [(); 0],
    binary_list_values: [(); 0],
    data_type: &'a str,
}

/// Writes the event of some messages of a queue, as JSON.
pub(super) fn event(queue_arn: &str, deliveries: &[Delivery], settings: &SqsSettings) -> String {
    let records = deliveries.iter().map(|delivery| Record {
        message_id: delivery.id(),
        receipt_handle: &delivery.receipt_handle,
        body: delivery.body(),
        attributes: delivery.system_attributes(settings),
        message_attributes: message_attributes(delivery.attributes()),
        md5_of_message_attributes: md5_of_attributes(delivery.attributes()),
        md5_of_body: delivery.body_md5(),
        event_source: "aws:sqs",
        event_source_arn: queue_arn,
        aws_region: REGION,
    });
    let event = QueueEvent { records: records.collect() };
    serde_json::to_string(&event).expect("an event can be written as JSON")
}

fn message_attributes(attributes: &MessageAttributes) -> BTreeMap<&str, RecordAttribute<'_>> {
    let written = attributes.iter().map(|(name, attribute)| {
        let (string_value, binary_value) = match &attribute.value {
            AttributeValue::Text(text) => (Some(text.as_str()), None),
            AttributeValue::Binary(bytes) => (None, Some(base64::encode(bytes))),
        };
        let record = RecordAttribute {
            string_value,
            binary_value,
            string_list_values: [],
            binary_list_values: [],
            data_type: &attribute.data_type,
        };
        (name.as_str(), record)
    });
    written.collect()
}
