//! Tests of `handlers/template.yaml`, of the settings for cargo-lambda, and of the README's steps
//! for a deployer: the things that neither cfn-lint nor a local AWS would notice.

mod api;
mod authorizer;
mod cargo_lambda;
mod functions;
mod reader;
mod readme;
mod roles;
mod stack;
mod table;
mod template;
