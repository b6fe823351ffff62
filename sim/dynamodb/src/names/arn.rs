//! Amazon Resource Names of tables, indexes and keys.

use stormglass_spec::REGION;

/// The account that owns every table of the model.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The ARN of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TableArn<'a> {
    pub(crate) account: &'a str,
    pub(crate) table: &'a str,
}

impl<'a> TableArn<'a> {
    /// Parses the ARN of a table in any region; returns `None` for any other text.
    pub(crate) fn parse(text: &'a str) -> Option<TableArn<'a>> {
        let mut parts = text.splitn(6, ':');
        let start = [parts.next()?, parts.next()?, parts.next()?];
        let (region, account) = (parts.next()?, parts.next()?);
        let table = parts.next()?.strip_prefix("table/")?;
        let is_table = start == ["arn", "aws", "dynamodb"]
            && !region.is_empty()
            && !account.is_empty()
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && !table.contains('/');
        is_table.then_some(TableArn { account, table })
    }

    /// True if the table belongs to the account of the model.
    pub(crate) fn is_ours(self) -> bool {
        self.account == ACCOUNT
    }
}

/// Returns the ARN of a table of the model.
///
/// ```
/// let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/connections";
/// assert_eq!(stormglass_dynamodb::table_arn("connections"), arn);
/// ```
pub fn table_arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}")
}

/// Writes the ARN of a table of the model, or of an index of it.
pub(crate) fn resource_arn(table: &str, index: Option<&str>) -> String {
    index.map_or_else(|| table_arn(table), |index| index_arn(table, index))
}

/// Writes the ARN of an index of the model.
pub(crate) fn index_arn(table: &str, index: &str) -> String {
    format!("{}/index/{index}", table_arn(table))
}

/// Writes the ARN of a stream of a table of the model.
pub(crate) fn stream_arn(table: &str, label: &str) -> String {
    format!("{}/stream/{label}", table_arn(table))
}

/// Writes the ARN of an encryption key of the model.
pub(crate) fn key_arn(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_table_gives_its_name_back() {
        let arn = table_arn("conns");
        assert_eq!(
            TableArn::parse(&arn).map(|arn| (arn.table, arn.is_ours())),
            Some(("conns", true))
        );
    }

    #[test]
    fn other_texts_are_no_arns_of_tables() {
        for text in [
            "conns",
            "arn:aws:dynamodb:eu-central-1:123456789012:table",
            "arn:aws:dynamodb:eu-central-1:me:table/conns",
            "arn:aws:s3:eu-central-1:123456789012:table/conns",
            "arn:aws:dynamodb:eu-central-1:123456789012:table/conns/index/by-age",
            "arn:aws:dynamodb::123456789012:table/conns",
        ] {
            assert_eq!(TableArn::parse(text), None, "{text}");
        }
    }
}
