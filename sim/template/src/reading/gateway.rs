//! The API of WebSockets: its routes, and the functions behind them.

use stormglass_aws::lambda::function_arn;
use stormglass_sim::stack::Route;
use stormglass_spec::quotas::INTEGRATION_TIMEOUT;

use super::{Reader, Resource};
use crate::node::Node;
use crate::problem::{Mistake, Problem};
use crate::values::{API, AUTHORIZER, INTEGRATION, ROUTE, ROUTE_RESPONSE, is_websocket};

/// The properties of each kind of resource that are read, and those that change nothing in a
/// simulation.
type Properties = (&'static [&'static str], &'static [&'static str]);

const OF_API: Properties =
    (&["ProtocolType", "RouteSelectionExpression"], &["Description", "Name", "Tags", "Version"]);
const OF_ROUTE: Properties = (
    &[
        "ApiId",
        "AuthorizationType",
        "AuthorizerId",
        "RouteKey",
        "RouteResponseSelectionExpression",
        "Target",
    ],
    &["OperationName"],
);
const OF_INTEGRATION: Properties = (
    &["ApiId", "IntegrationType", "IntegrationUri", "TimeoutInMillis"],
    &["CredentialsArn", "Description", "IntegrationMethod"],
);
const OF_AUTHORIZER: Properties =
    (&["ApiId", "AuthorizerType", "AuthorizerUri"], &["AuthorizerCredentialsArn", "Name"]);
const OF_ROUTE_RESPONSE: Properties = (&["ApiId", "RouteId", "RouteResponseKey"], &[]);

impl<'a> Reader<'a> {
    /// Reads the API and everything that belongs to it.
    pub(super) fn read_gateway(&mut self) -> Result<(), Problem> {
        let mut websocket: Option<Resource<'a>> = None;
        for api in self.of_kind(API) {
            if !is_websocket(api.node) {
                let what = "this is no API of WebSockets, so it is not simulated";
                self.warn(api, Mistake::new(api.node.line, what));
                continue;
            }
            if let Some(first) = websocket.replace(api) {
                let what = format!("this is a second API of WebSockets, beside {}", first.id);
                return Err(self.refusal(api, Mistake::new(api.node.line, what)));
            }
            self.warn_of_others(api, OF_API.0, OF_API.1);
            self.read_selection(api).map_err(|mistake| self.refusal(api, mistake))?;
        }
        for (kind, (read, without_effect)) in [
            (ROUTE, OF_ROUTE),
            (ROUTE_RESPONSE, OF_ROUTE_RESPONSE),
            (INTEGRATION, OF_INTEGRATION),
            (AUTHORIZER, OF_AUTHORIZER),
        ] {
            for resource in self.of_websockets(kind) {
                self.warn_of_others(resource, read, without_effect);
            }
        }
        for route in self.of_websockets(ROUTE) {
            self.read_route(route).map_err(|mistake| self.refusal(route, mistake))?;
        }
        Ok(())
    }

    fn read_selection(&mut self, api: Resource<'_>) -> Result<(), Mistake> {
        self.stack.route_selection = self.required(api, "RouteSelectionExpression")?;
        let line = |node: &Node| node.line;
        let line = api.property("RouteSelectionExpression").map_or(api.node.line, line);
        match self.stack.api() {
            Ok(_) => Ok(()),
            Err(error) => Err(Mistake::new(line, error.to_string())),
        }
    }

    /// Returns the resources of a kind that belong to the API of WebSockets.
    fn of_websockets(&self, kind: &str) -> Vec<Resource<'a>> {
        let belongs = |resource: &Resource<'_>| {
            resource.property("ApiId").is_some_and(|api| self.is_of_websockets(api))
        };
        self.of_kind(kind).into_iter().filter(belongs).collect()
    }

    fn read_route(&mut self, resource: Resource<'a>) -> Result<(), Mistake> {
        let key = self.required(resource, "RouteKey")?;
        if self.stack.routes.iter().any(|known| known.key == key) {
            let what = format!("a second route has the key {key}");
            return Err(Mistake::new(resource.node.line, what));
        }
        let target = self.required(resource, "Target")?;
        let integration = target.strip_prefix("integrations/");
        let integration = self.named(INTEGRATION, integration.unwrap_or_default(), resource)?;
        let function = self.integrated(integration)?;
        let is_two_way = self.is_two_way(resource)?;
        self.read_authorization(resource, &key)?;
        self.stack.routes.push(Route { key, function, is_two_way });
        Ok(())
    }

    /// Returns the resource of a kind with this logical id, which `resource` names.
    fn named(&self, kind: &str, id: &str, resource: Resource<'_>) -> Result<Resource<'a>, Mistake> {
        let found = self.of_kind(kind).into_iter().find(|known| known.id == id);
        found.ok_or_else(|| {
            Mistake::new(resource.node.line, format!("it names no {kind} of this file"))
        })
    }

    /// Returns the function that an integration runs.
    fn integrated(&mut self, integration: Resource<'_>) -> Result<String, Mistake> {
        let line = integration.node.line;
        let kind = self.required(integration, "IntegrationType")?;
        if kind != "AWS_PROXY" {
            let what = format!(
                "{} is an integration of the type {kind}; only functions (AWS_PROXY) are read",
                integration.id
            );
            return Err(Mistake::new(line, what));
        }
        if let Some(timeout) = integration.property("TimeoutInMillis") {
            let timeout_ms: u128 = self.number(timeout)?;
            if timeout_ms != INTEGRATION_TIMEOUT.as_millis() {
                let simulated_ms = INTEGRATION_TIMEOUT.as_millis();
                let waits = format!("the gateway waits for {timeout_ms} ms");
                let what = format!("{waits}, but for {simulated_ms} ms in a simulation");
                self.warn(integration, Mistake::new(timeout.line, what));
            }
        }
        let uri = self.required(integration, "IntegrationUri")?;
        self.invoked(&uri, line)
    }

    /// Returns the function that a URI of API Gateway invokes.
    fn invoked(&self, uri: &str, line: usize) -> Result<String, Mistake> {
        let arn = uri.split_once(":lambda:path/2015-03-31/functions/");
        let arn = arn.and_then(|(_, rest)| rest.strip_suffix("/invocations"));
        let name = arn.and_then(|arn| arn.strip_prefix(&function_arn("")));
        match name {
            Some(name) if self.stack.functions.iter().any(|known| known.name == name) => {
                Ok(name.to_owned())
            }
            _ => Err(Mistake::new(line, format!("no function of the template is behind {uri}"))),
        }
    }

    /// Reports whether the replies of a route go to the client: only if it has both the expression
    /// and a response (FACTS 2.9).
    fn is_two_way(&mut self, route: Resource<'a>) -> Result<bool, Mistake> {
        let expression = self.text(route, "RouteResponseSelectionExpression")?;
        let responses = self.of_websockets(ROUTE_RESPONSE);
        let has_response = responses
            .into_iter()
            .any(|response| response.property("RouteId").is_some_and(|id| id.refers_to(route.id)));
        let has_expression = expression.as_deref() == Some("$default");
        if has_expression != has_response {
            let lacks = if has_response {
                "`RouteResponseSelectionExpression`"
            } else {
                "an AWS::ApiGatewayV2::RouteResponse"
            };
            let what = format!("{lacks} is missing, so clients get no replies of the route");
            self.warn(route, Mistake::new(route.node.line, what));
        }
        Ok(has_expression && has_response)
    }

    fn read_authorization(&mut self, route: Resource<'a>, key: &str) -> Result<(), Mistake> {
        let line = route.property("AuthorizationType").map_or(route.node.line, |kind| kind.line);
        match self.text(route, "AuthorizationType")?.as_deref() {
            None | Some("NONE") => Ok(()),
            Some("CUSTOM") if key == "$connect" => {
                let id = self.required(route, "AuthorizerId")?;
                let authorizer = self.named(AUTHORIZER, &id, route)?;
                self.stack.authorizer = Some(self.authorizing(authorizer)?);
                Ok(())
            }
            Some("CUSTOM") => Err(Mistake::new(line, "only $connect can have an authorizer")),
            Some(kind) => {
                let what = format!("{kind} is not simulated, so all clients may connect");
                self.warn(route, Mistake::new(line, what));
                Ok(())
            }
        }
    }

    /// Returns the function of an authorizer.
    fn authorizing(&mut self, authorizer: Resource<'_>) -> Result<String, Mistake> {
        let line = authorizer.node.line;
        let kind = self.required(authorizer, "AuthorizerType")?;
        if kind != "REQUEST" {
            return Err(Mistake::new(line, format!("an authorizer is no {kind} but a REQUEST")));
        }
        let uri = self.required(authorizer, "AuthorizerUri")?;
        self.invoked(&uri, line)
    }
}
