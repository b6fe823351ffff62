//! Settings of a front, and the choices in cases that AWS leaves unpublished.

use std::time::Duration;

use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::{FrontError, FrontKind};

/// The shortest timeout of an integration (FACTS 16.5).
const TIMEOUT_MIN: Duration = Duration::from_millis(50);

/// The longest timeout of an integration of an HTTP API (FACTS 16.5).
const HTTP_TIMEOUT_MAX: Duration = Duration::from_secs(30);

/// Settings of a front, and the choices in cases that AWS leaves unpublished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontSettings {
    /// The time that a function has to answer; `None` is the default of AWS. A function URL has
    /// none of its own (FACTS 16.5).
    pub integration_timeout: Option<Duration>,
    /// The content types whose bodies a REST API carries in base64, such as `image/*` or `*/*`.
    pub binary_types: Vec<String>,
    /// The status of an HTTP API when Lambda throttles: 500 or 503 (FACTS 16.9).
    pub http_throttled_status: u16,
    /// The status of a function URL when its function times out: 502 or 504 (FACTS 16.9).
    pub url_timeout_status: u16,
    /// True if a function URL sends a malformed answer of its function as it is, with 200. It
    /// answers with 502 otherwise (FACTS 16.9).
    pub url_sends_malformed: bool,
    /// True if the account in the events of a function URL is `anonymous` and not that of the
    /// owner (FACTS 16.4).
    pub url_account_is_anonymous: bool,
}

impl Default for FrontSettings {
    fn default() -> FrontSettings {
        FrontSettings {
            integration_timeout: None,
            binary_types: Vec::new(),
            http_throttled_status: 500,
            url_timeout_status: 502,
            url_sends_malformed: false,
            url_account_is_anonymous: false,
        }
    }
}

impl FrontSettings {
    /// Returns the time that the front waits for a function. `None` if it waits for as long as the
    /// function may run.
    pub(super) fn timeout(&self, kind: FrontKind) -> Option<Duration> {
        let default = match kind {
            FrontKind::HttpApi => HTTP_TIMEOUT_MAX,
            FrontKind::RestApi => INTEGRATION_TIMEOUT,
            FrontKind::FunctionUrl => return None,
        };
        Some(self.integration_timeout.unwrap_or(default))
    }

    /// Checks the timeout. A regional REST API can have one over 29 s.
    pub(super) fn check(&self, kind: FrontKind) -> Result<(), FrontError> {
        let Some(timeout) = self.integration_timeout else { return Ok(()) };
        match kind {
            FrontKind::HttpApi if !(TIMEOUT_MIN..=HTTP_TIMEOUT_MAX).contains(&timeout) => {
                Err(FrontError::Timeout("50 ms to 30 s behind an HTTP API"))
            }
            FrontKind::RestApi if timeout < TIMEOUT_MIN => {
                Err(FrontError::Timeout("50 ms or more behind a REST API"))
            }
            FrontKind::FunctionUrl => {
                Err(FrontError::Timeout("the timeout of its function behind a function URL"))
            }
            FrontKind::HttpApi | FrontKind::RestApi => Ok(()),
        }
    }

    /// Reports whether a REST API takes a content type for a binary one.
    pub(super) fn is_binary(&self, content_type: &str) -> bool {
        let content_type = media_type(content_type);
        self.binary_types.iter().any(|binary| {
            let binary = media_type(binary);
            match binary.strip_suffix('*') {
                Some("*/") => true,
                Some(prefix) => content_type.starts_with(prefix),
                None => content_type == binary,
            }
        })
    }
}

/// Returns a content type without its parameters, in lower case.
pub(super) fn media_type(content_type: &str) -> String {
    let end = content_type.find([';', ',']).unwrap_or(content_type.len());
    content_type[..end].trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_types_may_have_a_star() {
        let settings = |binary: &str| FrontSettings {
            binary_types: vec![binary.to_owned()],
            ..FrontSettings::default()
        };
        for (binary, content_type, fits) in [
            ("image/png", "image/png", true),
            ("image/png", "IMAGE/PNG; x=y", true),
            ("image/*", "image/webp,text/html", true),
            ("image/*", "text/html", false),
            ("*/*", "text/html", true),
            ("image/png", "image/pn", false),
        ] {
            assert_eq!(settings(binary).is_binary(content_type), fits, "{binary} {content_type}");
        }
        assert!(!FrontSettings::default().is_binary("image/png"));
    }
}
