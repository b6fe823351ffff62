//! The requests that are answered: those that name this server by an address, by `localhost`, or by
//! the host name that it listens at; and of requests by pages, only those of its own page.
//!
//! Any web page can send requests to ports of the machine that shows it, and can read the answers
//! once the name of its own host leads there (DNS rebinding). An address cannot be made to lead
//! elsewhere.

use std::net::{IpAddr, Ipv6Addr};

use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The host and the port in the `Host` header of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Authority<'a> {
    whole: &'a str,
    /// The host, in brackets if it is an address of IPv6.
    pub(super) host: &'a str,
}

/// Returns the host and port that a request was sent to, if they are this server's; `own` is the
/// name of this host.
pub(super) fn authority<'a>(headers: &'a HeaderMap, own: &str) -> Option<Authority<'a>> {
    let mut values = headers.get_all(HOST).iter();
    let (value, others) = (values.next()?, values.next());
    let whole = value.to_str().ok().filter(|_| others.is_none())?;
    let host = match whole.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            port.parse::<u16>().ok()?;
            host
        }
        _ => whole,
    };
    is_here(host, own).then_some(Authority { whole, host })
}

fn is_here(host: &str, own: &str) -> bool {
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    in_brackets.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok())
        || matches!(host.parse(), Ok(IpAddr::V4(_)))
        || host.eq_ignore_ascii_case("localhost")
        || (!own.is_empty() && own.parse::<IpAddr>().is_err() && host.eq_ignore_ascii_case(own))
}

/// Returns true if a request comes from the page itself, or from no page.
pub(super) fn is_own(headers: &HeaderMap, authority: Authority<'_>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = text(&ORIGIN).and_then(|origin| origin.strip_prefix("http://").or(Some("?")));
    origin.is_none_or(|origin| origin.eq_ignore_ascii_case(authority.whole))
        && text(&FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs.map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    fn host(value: &'static str) -> Option<String> {
        let headers = headers(&[(HOST, value)]);
        authority(&headers, "my-machine").map(|authority| authority.host.to_owned())
    }

    #[test]
    fn addresses_and_names_of_this_host_are_here() {
        for (value, name) in [
            ("127.0.0.1:3002", "127.0.0.1"),
            ("192.168.1.7", "192.168.1.7"),
            ("[::1]:3002", "[::1]"),
            ("[::1]", "[::1]"),
            ("LocalHost:3002", "LocalHost"),
            ("my-machine:1", "my-machine"),
        ] {
            assert_eq!(host(value).as_deref(), Some(name));
        }
    }

    #[test]
    fn other_names_are_not() {
        for value in [
            "evil.example:3002",
            "evil.example",
            "127.0.0.1.evil.example:3002",
            "localhost.evil.example",
            "127.0.0.1:3002:80",
            "127.0.0.1:x",
            "::1",
            "",
            "user@127.0.0.1",
        ] {
            assert_eq!(host(value), None, "{value}");
        }
        assert!(authority(&HeaderMap::new(), "my-machine").is_none());
    }

    #[test]
    fn two_hosts_are_none() {
        let mut two = headers(&[(HOST, "localhost")]);
        two.append(HOST, HeaderValue::from_static("localhost"));
        assert!(authority(&two, "").is_none());
    }

    #[test]
    fn only_pages_of_this_server_are_answered() {
        let is = |pairs: &[(HeaderName, &'static str)]| {
            let all: Vec<_> = [&[(HOST, "localhost:3002")], pairs].concat();
            let all = headers(&all);
            is_own(&all, authority(&all, "").expect("it is here"))
        };
        assert!(is(&[]));
        assert!(is(&[(ORIGIN, "http://localhost:3002"), (FETCH_SITE, "same-origin")]));
        assert!(is(&[(FETCH_SITE, "none")]));
        for origin in ["http://localhost:3003", "https://localhost:3002", "null", ""] {
            assert!(!is(&[(ORIGIN, origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert!(!is(&[(FETCH_SITE, site)]), "{site}");
        }
    }
}
