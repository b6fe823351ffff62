//! Values of properties: references, attributes, and texts with substitutions.

use serde_json::Value;
use stormglass_aws::ACCOUNT;
use stormglass_aws::gateway::Stage;
use stormglass_aws::lambda::function_arn;
use stormglass_dynamodb::table_arn;
use stormglass_spec::REGION;

use crate::evaluation::Evaluation;
use crate::node::{Content, Node};
use crate::problem::Mistake;

pub(crate) const FUNCTIONS: [&str; 2] = ["AWS::Lambda::Function", "AWS::Serverless::Function"];
pub(crate) const TABLE: &str = "AWS::DynamoDB::Table";
pub(crate) const LOG_GROUP: &str = "AWS::Logs::LogGroup";
pub(crate) const ROLE: &str = "AWS::IAM::Role";
pub(crate) const API: &str = "AWS::ApiGatewayV2::Api";
pub(crate) const STAGE: &str = "AWS::ApiGatewayV2::Stage";
pub(crate) const ROUTE: &str = "AWS::ApiGatewayV2::Route";
pub(crate) const ROUTE_RESPONSE: &str = "AWS::ApiGatewayV2::RouteResponse";
pub(crate) const INTEGRATION: &str = "AWS::ApiGatewayV2::Integration";
pub(crate) const AUTHORIZER: &str = "AWS::ApiGatewayV2::Authorizer";

impl Evaluation<'_> {
    /// Returns a text, a number or a truth value as a text, with all intrinsic functions evaluated.
    pub(crate) fn scalar(&self, node: &Node) -> Result<String, Mistake> {
        Values { evaluation: self, naming: Vec::new() }.scalar(node)
    }

    /// Returns a value as JSON, with all intrinsic functions evaluated. Every scalar is a text.
    pub(crate) fn json(&self, node: &Node) -> Result<Value, Mistake> {
        match &node.content {
            _ if node.intrinsic().is_some() => self.scalar(node).map(Value::from),
            Content::List(items) => items.iter().map(|item| self.json(item)).collect(),
            Content::Map(entries) => {
                let members = entries
                    .iter()
                    .map(|(key, value)| self.json(value).map(|value| (key.clone(), value)));
                members.collect::<Result<_, _>>().map(Value::Object)
            }
            _ => self.scalar(node).map(Value::from),
        }
    }

    /// Returns the name of the function or table with this logical id.
    pub(crate) fn name_of(&self, id: &str, line: usize) -> Result<String, Mistake> {
        Values { evaluation: self, naming: Vec::new() }.reference(id, line)
    }
}

/// The evaluation of one value.
struct Values<'a> {
    evaluation: &'a Evaluation<'a>,
    /// The logical ids of the resources whose names lead here.
    naming: Vec<&'a str>,
}

impl<'a> Values<'a> {
    fn scalar(&mut self, node: &Node) -> Result<String, Mistake> {
        let Some((function, argument)) = node.intrinsic() else {
            let what = "the value is no text, number or truth value";
            return node.scalar().ok_or_else(|| Mistake::new(node.line, what));
        };
        match (function, &argument.content) {
            ("Ref", Content::Text(name)) => self.reference(name, node.line),
            ("Fn::Sub", Content::Text(text)) => self.substituted(text, &[], node.line),
            ("Fn::Sub", Content::List(arguments)) => match arguments.as_slice() {
                [Node { content: Content::Text(text), .. }, variables] => {
                    self.substituted(text, variables.entries(), node.line)
                }
                _ => Err(Mistake::new(node.line, "`Fn::Sub` takes a text and a map")),
            },
            ("Fn::GetAtt", Content::List(arguments)) => match arguments.as_slice() {
                [resource, attribute] => {
                    let (resource, attribute) = (self.scalar(resource)?, self.scalar(attribute)?);
                    self.attribute(&resource, &attribute, node.line)
                }
                _ => Err(Mistake::new(node.line, "`Fn::GetAtt` takes a resource and an attribute")),
            },
            _ => Err(Mistake::new(node.line, format!("this `{function}` is not read"))),
        }
    }

    /// Returns the value of `Ref`: that of a parameter, or the name of a resource.
    fn reference(&mut self, name: &str, line: usize) -> Result<String, Mistake> {
        let evaluation = self.evaluation;
        if let Some(value) = evaluation.parameters.get(name) {
            return Ok(value.clone());
        }
        match name {
            "AWS::AccountId" => return Ok(ACCOUNT.to_owned()),
            "AWS::Partition" => return Ok("aws".to_owned()),
            "AWS::Region" => return Ok(REGION.to_owned()),
            "AWS::StackName" => return Ok(evaluation.stack_name.clone()),
            "AWS::URLSuffix" => return Ok("amazonaws.com".to_owned()),
            _ => {}
        }
        let (id, resource) = self.resource(name, line)?;
        match kind_of(resource) {
            kind if FUNCTIONS.contains(&kind) => self.name(id, resource, "FunctionName"),
            TABLE => self.name(id, resource, "TableName"),
            STAGE => self.name(id, resource, "StageName"),
            LOG_GROUP => self.name(id, resource, "LogGroupName"),
            ROLE => self.name(id, resource, "RoleName"),
            API if is_websocket(resource) => Ok(Stage::default().api_id),
            // AWS makes up these ids, and only other resources use them.
            INTEGRATION | ROUTE | AUTHORIZER => Ok(id.to_owned()),
            kind => Err(Mistake::new(line, format!("a reference to `{id}` ({kind}) is not read"))),
        }
    }

    fn attribute(&mut self, id: &str, name: &str, line: usize) -> Result<String, Mistake> {
        let (_, resource) = self.resource(id, line)?;
        match (kind_of(resource), name) {
            (kind, "Arn") if FUNCTIONS.contains(&kind) => {
                Ok(function_arn(&self.reference(id, line)?))
            }
            (TABLE, "Arn") => Ok(table_arn(&self.reference(id, line)?)),
            (LOG_GROUP, "Arn") => {
                let name = self.reference(id, line)?;
                Ok(format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"))
            }
            (kind, _) => {
                let what = format!("the attribute `{name}` of `{id}` ({kind}) is not read");
                Err(Mistake::new(line, what))
            }
        }
    }

    fn resource(&self, id: &str, line: usize) -> Result<(&'a str, &'a Node), Mistake> {
        let mut resources = self.evaluation.resources.iter();
        let found = resources.find(|(known, _)| known == id);
        let missing = || Mistake::new(line, format!("there is no parameter or resource `{id}`"));
        let (id, resource) = found.ok_or_else(missing)?;
        Ok((id, resource))
    }

    /// Returns the name that a property gives to a resource, or one that is made of its logical id.
    fn name(&mut self, id: &'a str, resource: &Node, property: &str) -> Result<String, Mistake> {
        let given = resource.get("Properties").and_then(|properties| properties.get(property));
        let Some(given) = given else {
            return Ok(format!("{}-{}", self.evaluation.stack_name, kebab_case(id)));
        };
        if self.naming.contains(&id) {
            return Err(Mistake::new(given.line, format!("the name of `{id}` refers to itself")));
        }
        self.naming.push(id);
        let name = self.scalar(given);
        self.naming.pop();
        name
    }

    /// Returns a text with a value in the place of each `${name}`.
    fn substituted(
        &mut self,
        text: &str,
        variables: &[(String, Node)],
        line: usize,
    ) -> Result<String, Mistake> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let open = || Mistake::new(line, format!("a brace stays open in `{text}`"));
            let (name, after) = after.split_once('}').ok_or_else(open)?;
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                filled.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let variable = variables.iter().find(|(known, _)| known == name);
            filled.push_str(&match (variable, name.split_once('.')) {
                (Some((_, value)), _) => self.scalar(value)?,
                (None, Some((id, attribute))) => self.attribute(id, attribute, line)?,
                (None, None) => self.reference(name, line)?,
            });
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// Returns the type of a resource, or nothing if it has none.
pub(crate) fn kind_of(resource: &Node) -> &str {
    resource.get("Type").and_then(Node::text).unwrap_or_default()
}

/// Reports whether a resource is an API of WebSockets.
pub(crate) fn is_websocket(resource: &Node) -> bool {
    let protocol = resource.get("Properties").and_then(|all| all.get("ProtocolType"));
    kind_of(resource) == API && protocol.and_then(Node::text) == Some("WEBSOCKET")
}

/// Returns a logical id with hyphens between its words: `on-connect` for `OnConnect`.
fn kebab_case(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let follows = at > 0 && !letters[at - 1].is_uppercase();
        let begins = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (follows || begins) {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_logical_id_are_in_kebab_case() {
        for (id, name) in [
            ("Connections", "connections"),
            ("OnConnect", "on-connect"),
            ("HTTPApi2Table", "http-api2-table"),
            ("table", "table"),
        ] {
            assert_eq!(kebab_case(id), name);
        }
    }
}
