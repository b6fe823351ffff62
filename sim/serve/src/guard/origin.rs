//! The origin of a page.

use std::str::FromStr;

use url::{Host, Url};

use super::host::is_localhost;

/// The origin of pages, as browsers write it: `https://dev.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// The text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin is a scheme, a host and at most a port, such as `https://dev.example.com`")]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Origin, OriginError> {
        let url = Url::parse(text).map_err(|_| OriginError)?;
        let has_more = !matches!(url.path(), "" | "/")
            || url.query().is_some()
            || url.fragment().is_some()
            || url.authority().contains('@');
        if has_more || url.host_str().is_none_or(|host| host.is_empty() || host.contains('*')) {
            return Err(OriginError);
        }
        // Browsers write schemes of apps, such as `capacitor`, as they are.
        let origin = url.origin();
        let text = url.as_str().trim_end_matches('/');
        Ok(Origin(if origin.is_tuple() { origin.ascii_serialization() } else { text.to_owned() }))
    }
}

impl Origin {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reports whether a page is served by a program of the machine that shows it.
pub(super) fn is_of_this_machine(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    is_local && matches!(url.scheme(), "http" | "https") && is_as_written(&url, origin)
}

fn is_as_written(url: &Url, origin: &str) -> bool {
    url.origin().ascii_serialization() == origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_browsers_write_it() {
        for (text, origin) in [
            ("https://dev.example.com", "https://dev.example.com"),
            ("HTTPS://Dev.Example.com:443/", "https://dev.example.com"),
            ("http://a:80", "http://a"),
            ("http://a:81", "http://a:81"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert_eq!(text.parse(), Ok(Origin(origin.to_owned())), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_origin() {
        for text in [
            "",
            "*",
            "null",
            "example.com",
            "localhost:3000",
            "http://",
            "http://*.example.com",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "https://user@a",
            "file:///a",
            "data:,a",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text}");
        }
    }

    #[test]
    fn pages_of_this_machine_are_those_at_loopback_names_and_addresses() {
        for origin in [
            "http://localhost",
            "http://localhost:3000",
            "https://localhost:3000",
            "http://app.localhost:3000",
            "http://127.0.0.1:3000",
            "http://127.1.2.3",
            "http://[::1]:3000",
        ] {
            assert!(is_of_this_machine(origin), "{origin}");
        }
        for origin in [
            "",
            "?",
            "null",
            "http://localhost.evil.example",
            "http://evil.example",
            "http://127.0.0.1.evil.example",
            "http://192.168.1.7",
            "http://0.0.0.0",
            "http://localhost:3000/",
            "http://localhost@evil.example",
            "capacitor://localhost",
            "file://localhost",
        ] {
            assert!(!is_of_this_machine(origin), "{origin}");
        }
    }
}
