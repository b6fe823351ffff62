//! Custom domains: names of one's own for the stages of APIs (FACTS 18.1).

use std::collections::BTreeMap;

/// A custom domain and its mappings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomDomain {
    /// The name of the domain, such as `chat.example.com`.
    pub name: String,
    /// The stage behind each path. A path has no slash at its ends; the empty one is the root.
    pub mappings: BTreeMap<String, MappedStage>,
}

/// A stage that a custom domain maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedStage {
    /// The id of the API.
    pub api_id: String,
    /// The name of the stage.
    pub stage: String,
}

/// The meaning of a path at a custom domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MappedPath<'a> {
    /// The path of the mapping, without a slash at its ends.
    pub mapping: &'a str,
    /// The stage that the mapping leads to.
    pub target: &'a MappedStage,
    /// The rest of the path. It begins with a slash, or is empty.
    pub rest: &'a str,
}

impl CustomDomain {
    /// Returns the meaning of a path at a host: the longest mapping that the path begins with.
    /// `None` if the host is another one, or if no mapping fits.
    ///
    /// ```
    /// use stormglass_aws::domain::{CustomDomain, MappedStage};
    ///
    /// let stage = |api_id: &str| MappedStage { api_id: api_id.into(), stage: "prod".into() };
    /// let mappings = [("".into(), stage("a")), ("v2".into(), stage("b"))].into();
    /// let domain = CustomDomain { name: "api.example.com".into(), mappings };
    /// let path = domain.resolve("api.example.com", "/v2/letters").unwrap();
    /// assert_eq!((path.target.api_id.as_str(), path.rest), ("b", "/letters"));
    /// ```
    pub fn resolve<'a>(&'a self, host: &str, path: &'a str) -> Option<MappedPath<'a>> {
        if !self.is_at(host) {
            return None;
        }
        let fitting = self.mappings.iter().filter_map(|(mapping, target)| {
            let rest = rest_after(mapping, path)?;
            Some(MappedPath { mapping, target, rest })
        });
        fitting.max_by_key(|path| path.mapping.len())
    }

    /// Returns the path of a mapping that leads to a stage, the first one in alphabetical order.
    pub fn mapping_to(&self, api_id: &str, stage: &str) -> Option<&str> {
        let mut mappings = self.mappings.iter();
        let found = mappings.find(|(_, target)| target.api_id == api_id && target.stage == stage);
        found.map(|(mapping, _)| mapping.as_str())
    }

    /// Reports whether a host is this domain. Names of hosts have no case.
    pub fn is_at(&self, host: &str) -> bool {
        self.name.eq_ignore_ascii_case(host)
    }
}

/// Returns the path after the segments of a mapping. `None` if it does not begin with them.
fn rest_after<'a>(mapping: &str, path: &'a str) -> Option<&'a str> {
    if mapping.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix('/')?.strip_prefix(mapping)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(mappings: &[(&str, &str)]) -> CustomDomain {
        let mappings = mappings.iter().map(|(path, api_id)| {
            let target = MappedStage { api_id: (*api_id).to_owned(), stage: "prod".to_owned() };
            ((*path).to_owned(), target)
        });
        CustomDomain { name: "api.example.com".to_owned(), mappings: mappings.collect() }
    }

    /// FACTS 18.1.
    #[test]
    fn the_longest_mapping_of_whole_segments_wins() {
        let domain = domain(&[("", "root"), ("v1", "one"), ("v1/chat", "chat")]);
        for (path, api_id, rest) in [
            ("/", "root", "/"),
            ("", "root", ""),
            ("/v1", "one", ""),
            ("/v1/", "one", "/"),
            ("/v1/pets", "one", "/pets"),
            ("/v1/chat/@connections/x", "chat", "/@connections/x"),
            ("/v1/chats", "one", "/chats"),
            ("/v10", "root", "/v10"),
        ] {
            let found = domain.resolve("api.example.com", path).expect("a mapping");
            assert_eq!((found.target.api_id.as_str(), found.rest), (api_id, rest), "{path}");
        }
    }

    #[test]
    fn another_host_and_an_unmapped_path_mean_nothing() {
        let domain = domain(&[("v1", "one")]);
        assert_eq!(domain.resolve("example.com", "/v1"), None);
        assert_eq!(domain.resolve("api.example.com", "/v2"), None);
        assert!(domain.resolve("API.example.com", "/v1").is_some());
    }

    #[test]
    fn a_stage_is_found_by_its_mapping() {
        let domain = domain(&[("v1", "one"), ("v2", "two")]);
        assert_eq!(domain.mapping_to("two", "prod"), Some("v2"));
        assert_eq!(domain.mapping_to("two", "test"), None);
    }
}
