//! Headers and queries of requests, as events have them.

use std::collections::BTreeMap;

use super::ClientRequest;
use crate::form::read_form;

/// Headers that concern one hop. The front keeps them to itself.
const HOP: [&str; 4] = ["connection", "keep-alive", "transfer-encoding", "upgrade"];

/// A header or a parameter with all its values: its name as the client wrote it, and its values in
/// their order. The map sorts them by the name in lower case.
pub(super) type Values = BTreeMap<String, (String, Vec<String>)>;

/// Returns the headers of a request together with those of the front.
pub(super) fn headers(request: &ClientRequest, host: &str, trace_id: String) -> Values {
    let mut headers = Values::new();
    for (name, value) in &request.headers {
        let key = name.to_ascii_lowercase();
        if HOP.contains(&key.as_str()) {
            continue;
        }
        headers.entry(key).or_insert_with(|| (name.clone(), Vec::new())).1.push(value.clone());
    }
    // Proxies in front of this one wrote their addresses before the client's.
    let earlier = headers.get("x-forwarded-for").map(|(_, values)| values.join(", "));
    let forwarded = earlier.map_or_else(
        || request.source_ip.clone(),
        |earlier| format!("{earlier}, {}", request.source_ip),
    );
    for (name, value) in [
        ("Host", host.to_owned()),
        ("X-Amzn-Trace-Id", trace_id),
        ("X-Forwarded-For", forwarded),
        ("X-Forwarded-Port", "443".to_owned()),
        ("X-Forwarded-Proto", "https".to_owned()),
    ] {
        headers.insert(name.to_ascii_lowercase(), (name.to_owned(), vec![value]));
    }
    headers
}

/// Returns the parameters of a query, decoded. Their names have a case.
pub(super) fn query(request: &ClientRequest) -> BTreeMap<String, Vec<String>> {
    let mut parameters = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in read_form(&request.query) {
        parameters.entry(name).or_default().push(value);
    }
    parameters
}
