//! A table of situations: for each one, every request that leaves the handlers, what is answered,
//! and what the log gets to know. Each snapshot is the table of one route or call.

mod errors;
mod log;
mod routes;
mod wire;

use std::collections::BTreeSet;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use futures_util::future::BoxFuture;

pub(crate) use self::log::logged;
use self::wire::Service;
use crate::support::in_virtual_time;

/// One situation after another, as text.
#[derive(Debug, Default)]
struct Table {
    text: String,
    /// Every request that has been written out.
    known: BTreeSet<String>,
    /// The outcome of the situation before.
    previous: String,
}

impl Table {
    /// Adds what became of `handling`, and what the `services` were asked for meanwhile.
    ///
    /// Requests that have been written out are only named from then on. How long
    /// it took is not in the table: the SDK draws its backoff at random.
    fn add(
        &mut self,
        situation: &str,
        services: [&Service; 2],
        handling: BoxFuture<'_, ApiGatewayProxyResponse>,
    ) {
        let (response, [line, _]) = logged(|| in_virtual_time(handling));
        let requests: Vec<String> =
            services.iter().flat_map(|service| service.requests.all()).collect();
        let mut became = String::new();
        for (request, times) in counted(&requests) {
            let name = request.lines().next().unwrap_or_default();
            let is_known = self.known.contains(&request);
            became += &format!("  {times} x {}\n", if is_known { name } else { &request });
            self.known.insert(request);
        }
        became += &format!("  {}\n", answered(&response));
        if let Some(cause) = line.get("cause") {
            became += &format!("  because of {cause}\n");
        }
        let shown = if became == self.previous { "  as before\n" } else { &became };
        self.text += &format!("{situation}\n{shown}\n");
        self.previous = became;
    }
}

/// Each request that differs from all others, in the order they came in, and how often it did.
fn counted(requests: &[String]) -> Vec<(String, usize)> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for request in requests {
        match counted.iter_mut().find(|(known, _)| known == request) {
            Some((_, times)) => *times += 1,
            None => counted.push((request.clone(), 1)),
        }
    }
    counted
}

fn answered(response: &ApiGatewayProxyResponse) -> String {
    let mut text = response.status_code.to_string();
    for (name, value) in &response.headers {
        text += &format!(" {name}: {}", value.to_str().expect("headers are text"));
    }
    if let Some(Body::Text(body)) = &response.body {
        text += &format!(" {body}");
    }
    text
}
