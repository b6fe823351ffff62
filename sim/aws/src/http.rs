//! HTTP, as far as services tell requests apart: requests and answers on the wire.

use std::borrow::Cow;

/// A request of an SDK client, as it arrives at a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, in upper case.
    pub method: String,
    /// The URI with scheme, authority, path and query.
    pub uri: String,
    /// The headers in their order; the names are in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// Makes a request without headers. The method is in upper case.
    pub fn new(method: &str, uri: &str, body: impl Into<Vec<u8>>) -> HttpRequest {
        let (method, uri) = (method.to_owned(), uri.to_owned());
        HttpRequest { method, uri, headers: Vec::new(), body: body.into() }
    }

    /// Returns the value of the first header with this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(other, _)| other == name);
        header.map(|(_, value)| value.as_str())
    }

    /// Returns the host, with its port if there is one.
    pub fn host(&self) -> &str {
        let (authority, _) = self.split_uri();
        authority
    }

    /// Returns the path as it stands in the URI, without the query.
    pub fn path(&self) -> &str {
        let (_, rest) = self.split_uri();
        rest.split_once('?').map_or(rest, |(path, _)| path)
    }

    /// Returns the query as it stands in the URI; empty if there is none.
    pub fn query(&self) -> &str {
        let (_, rest) = self.split_uri();
        rest.split_once('?').map_or("", |(_, query)| query)
    }

    fn split_uri(&self) -> (&str, &str) {
        let rest = self.uri.split_once("://").map_or(self.uri.as_str(), |(_, rest)| rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        rest.split_at(end)
    }
}

/// The answer of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers in their order; the names are in lower case.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// Makes an answer with a content type and a body.
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> HttpAnswer {
        let headers = vec![("content-type", content_type.into())];
        HttpAnswer { status, headers, body: body.into() }
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> HttpAnswer {
        self.headers.push((name, value.into()));
        self
    }

    /// Returns true if the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_a_host_a_path_and_a_query() {
        for (uri, host, path, query) in [
            ("https://sqs.eu-central-1.amazonaws.com/", "sqs.eu-central-1.amazonaws.com", "/", ""),
            ("http://localhost:9000/a/b?c=d", "localhost:9000", "/a/b", "c=d"),
            ("https://host?x=1", "host", "", "x=1"),
            ("https://host", "host", "", ""),
        ] {
            let request = HttpRequest::new("GET", uri, "");
            assert_eq!((request.host(), request.path(), request.query()), (host, path, query));
        }
    }
}
