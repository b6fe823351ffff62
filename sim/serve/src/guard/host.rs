//! The host in a request, and the names of this server.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use hyper::header::{HOST, HeaderMap};

/// The names by which containers find the machine that they run on. No stranger can have a name
/// that ends like these: `internal` is reserved for private use.
const NAMES_IN_CONTAINERS: [&str; 3] =
    ["host.docker.internal", "gateway.docker.internal", "host.containers.internal"];

/// A name that a server may have besides its addresses and `localhost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

/// The text is no name of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a host is a name without a port, such as `tables` or `dev.example.com`")]
pub struct HostNameError;

impl FromStr for HostName {
    type Err = HostNameError;

    fn from_str(text: &str) -> Result<HostName, HostNameError> {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if text.is_empty() || !text.chars().all(is_letter) {
            return Err(HostNameError);
        }
        Ok(HostName(text.to_owned()))
    }
}

/// Returns the host that a request was sent to, in brackets if it is an address of IPv6; `None`
/// unless there is one `Host` header with a host and at most a port.
pub(crate) fn host_in(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HOST).iter();
    let (value, others) = (values.next()?, values.next());
    let whole = value.to_str().ok().filter(|_| others.is_none())?;
    match whole.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            port.parse::<u16>().ok()?;
            Some(host)
        }
        _ => Some(whole),
    }
}

/// Reports whether a host in a request is this server: an address, a name of this machine, or one
/// of these names.
pub(super) fn is_here(host: &str, names: &[HostName]) -> bool {
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    in_brackets.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok())
        || matches!(host.parse(), Ok(IpAddr::V4(_)))
        || is_localhost(host)
        || NAMES_IN_CONTAINERS.iter().any(|name| host.eq_ignore_ascii_case(name))
        || names.iter().any(|HostName(name)| host.eq_ignore_ascii_case(name))
}

/// Reports whether a name leads to this machine wherever it is used (RFC 6761 6.3).
pub(super) fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_has_no_port_and_no_scheme() {
        for text in ["tables", "dev.example.com", "my_service-2"] {
            assert_eq!(text.parse(), Ok(HostName(text.to_owned())));
        }
        for text in ["", "tables:8000", "http://tables", "*", "a b", "[::1]"] {
            assert_eq!(text.parse::<HostName>(), Err(HostNameError), "{text}");
        }
    }
}
