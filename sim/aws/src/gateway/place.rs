//! Places of `@connections`: the stage that a host and a path mean (FACTS 18.1a, 18.1b).

use super::{ManagementOutcome, Stage};

/// The stage and the connection that a host and a path of `@connections` mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ManagementPlace<'a> {
    /// The id of the API.
    pub api_id: &'a str,
    /// The name of the stage.
    pub stage: &'a str,
    /// The id of the connection, as it stands in the path: percent-encoded.
    pub id: &'a str,
}

impl Stage {
    /// Returns the place that a management call means. At the host of AWS the path begins with the
    /// stage, at a custom domain with a mapping and **without** the stage. The mapping may lead to
    /// another stage than this one.
    ///
    /// # Errors
    ///
    /// The 403 of AWS: [`ManagementOutcome::Forbidden`] or [`ManagementOutcome::UnknownRoute`].
    pub fn management_place<'a>(
        &'a self,
        method: &str,
        host: &str,
        path: &'a str,
    ) -> Result<ManagementPlace<'a>, ManagementOutcome> {
        let custom = self.custom_domain.as_ref().filter(|domain| domain.is_at(host));
        let Some(domain) = custom else { return self.place_at_own_host(host, path) };
        let mapped = domain.resolve(host, path).ok_or(ManagementOutcome::Forbidden)?;
        let Some(id) = id_in(mapped.rest) else {
            let (method, path) = (method.to_owned(), mapped.rest.trim_start_matches('/'));
            return Err(ManagementOutcome::UnknownRoute { method, path: path.to_owned() });
        };
        Ok(ManagementPlace { api_id: &mapped.target.api_id, stage: &mapped.target.stage, id })
    }

    fn place_at_own_host<'a>(
        &'a self,
        host: &str,
        path: &'a str,
    ) -> Result<ManagementPlace<'a>, ManagementOutcome> {
        let is_served = host == self.domain_name() && !self.is_default_endpoint_disabled;
        let rest = path.strip_prefix('/').and_then(|path| path.strip_prefix(self.name.as_str()));
        let id = rest.filter(|_| is_served).and_then(id_in);
        let id = id.ok_or(ManagementOutcome::Forbidden)?;
        Ok(ManagementPlace { api_id: &self.api_id, stage: &self.name, id })
    }
}

/// Returns the id in `/@connections/{id}`.
fn id_in(path: &str) -> Option<&str> {
    let path = path.strip_prefix("/@").or_else(|| path.strip_prefix("/%40"))?;
    path.strip_prefix("connections/").filter(|id| !id.contains('/'))
}
