//! The part of an answer that counts: no words, no capacity, no order that is not promised.

use std::fmt;

use serde_json::{Map, Value as Json, json};

use crate::generate::{Request, Shape};
use crate::peers::Page;

/// An answer that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The code of an error without its namespace.
    pub(crate) code: Option<String>,
    /// The content of the answer, in an order that is the same for all servers.
    content: Json,
    message: Message,
}

/// The message of an error. Only AWS finds the same words, so messages never differ.
#[derive(Clone, Debug)]
struct Message(Option<String>);

impl PartialEq for Message {
    fn eq(&self, _: &Message) -> bool {
        true
    }
}

impl Answer {
    pub(crate) fn new(shape: &Shape, request: &Request, pages: &[Page]) -> Answer {
        // Only the last page can be an error.
        let last = pages.last().expect("there is an answer");
        if last.status != 200 {
            return Answer::error(last);
        }
        let content = match request.operation {
            "Scan" => all_pages(pages, &|items| items.sort_by_cached_key(text)),
            "Query" => match request.body.get("IndexName").and_then(Json::as_str) {
                None => pages.iter().map(|page| plain(&page.body)).collect(),
                Some(index) => all_pages(pages, &|items| sort_ties(items, shape, request, index)),
            },
            "BatchGetItem" => batch(&last.body),
            _ => plain(&last.body),
        };
        Answer { status: 200, code: None, content, message: Message(None) }
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }

    /// True if it is an error with that code.
    pub(crate) fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// True if both have the same status and code.
    pub(crate) fn is_refused_like(&self, other: &Answer) -> bool {
        (self.status, &self.code) == (other.status, &other.code)
    }

    /// True if it is a cancelled transaction with that code among the reasons.
    pub(crate) fn is_cancelled_for(&self, code: &str) -> bool {
        self.is("TransactionCanceledException") && self.tells(&format!("\"Code\":\"{code}\""))
    }

    /// True if the message of the error holds these words.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.message.0.as_deref().is_some_and(|message| message.contains(words))
    }

    /// True if the content holds this text.
    pub(crate) fn tells(&self, json: &str) -> bool {
        self.content.to_string().contains(json)
    }

    fn error(page: &Page) -> Answer {
        let member = |name: &str| page.body.get(name).cloned();
        let named = member("__type").and_then(|it| it.as_str().map(str::to_owned));
        let code = named.map(|name| name.rsplit('#').next().unwrap_or_default().to_owned());
        let message = member("message").or(member("Message"));
        let reasons = member("CancellationReasons").map(|reasons| {
            let reasons = reasons.as_array().cloned().unwrap_or_default();
            reasons
                .iter()
                .map(|it| json!({ "Code": it["Code"], "Item": plain(&it["Item"]) }))
                .collect()
        });
        let reasons: Option<Json> = reasons;
        Answer {
            status: page.status,
            code,
            content: json!({ "Item": member("Item").map(|it| plain(&it)), "Reasons": reasons }),
            message: Message(message.and_then(|it| it.as_str().map(str::to_owned))),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or_default();
        let message = self.message.0.as_deref().unwrap_or_default();
        write!(f, "{} {code} {} {message}", self.status, self.content)
    }
}

/// Sets in the order of their elements, and no members that count capacity.
fn plain(json: &Json) -> Json {
    match json {
        Json::Array(array) => array.iter().map(plain).collect(),
        Json::Object(object) => {
            let members = object.iter().filter(|(name, _)| {
                !matches!(name.as_str(), "ConsumedCapacity" | "ItemCollectionMetrics")
            });
            let members = members.map(|(name, value)| (name.clone(), member(name, value)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn member(name: &str, value: &Json) -> Json {
    match (name, plain(value)) {
        ("SS" | "NS" | "BS", Json::Array(mut elements)) => {
            elements.sort_by_cached_key(text);
            Json::Array(elements)
        }
        (_, value) => value,
    }
}

/// Joins the pages: their ends say nothing if the order of the items is not promised.
fn all_pages(pages: &[Page], order: &dyn Fn(&mut [Json])) -> Json {
    let sum = |name: &str| pages.iter().filter_map(|page| page.body[name].as_u64()).sum::<u64>();
    let mut items: Vec<Json> = Vec::new();
    for page in pages {
        items.extend(page.body["Items"].as_array().into_iter().flatten().map(plain));
    }
    order(&mut items);
    let has_items = pages.iter().all(|page| page.body.get("Items").is_some());
    json!({
        "Items": has_items.then_some(items),
        "Count": sum("Count"),
        "ScannedCount": sum("ScannedCount"),
    })
}

/// Items of an index whose sort keys are equal come in any order.
fn sort_ties(items: &mut [Json], shape: &Shape, request: &Request, index: &str) {
    let sort = shape.index(index).and_then(|index| index.sort);
    let whole = request.body.get("ProjectionExpression").is_none();
    let Some((name, _)) = sort.filter(|_| whole) else {
        return items.sort_by_cached_key(text);
    };
    for tied in items.chunk_by_mut(|one, other| one[name] == other[name]) {
        tied.sort_by_cached_key(text);
    }
}

fn batch(body: &Json) -> Json {
    let mut body = plain(body);
    for items in body["Responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Json::Array(items) = items {
            items.sort_by_cached_key(text);
        }
    }
    body
}

/// The same text for the same value, whatever order a map is in.
fn text(json: &Json) -> String {
    match json {
        Json::Array(array) => array.iter().map(|json| format!("{},", text(json))).collect(),
        Json::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            members.iter().map(|(name, value)| format!("{name}:{{{}}}", text(value))).collect()
        }
        other => other.to_string(),
    }
}
