//! Requests of HTTP clients, and the answers that they get.

/// A request of an HTTP client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRequest {
    /// The method, in upper case.
    pub method: String,
    /// The path as the client wrote it, percent-encoded; it begins with a slash.
    pub path: String,
    /// The query as the client wrote it, without the question mark; empty if there is none.
    pub query: String,
    /// The headers in their order, with names in the client's case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The address of the client.
    pub source_ip: String,
}

impl ClientRequest {
    /// Returns the value of the last header with this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter().rev();
        let header = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }
}

/// The answer that an HTTP client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAnswer {
    /// The status.
    pub status: u16,
    /// The headers in their order, with names in lower case. A name may come several times.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl ClientAnswer {
    /// Makes an answer with a content type and a body.
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> ClientAnswer {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        ClientAnswer { status, headers, body: body.into() }
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: &str, value: &str) -> ClientAnswer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the value of the first header with this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(other, _)| other == name);
        header.map(|(_, value)| value.as_str())
    }
}
