//! What must stay true of `handlers/template.yaml`, of what cargo-lambda is told, and of what the
//! README tells a deployer: the things that neither cfn-lint nor a local AWS would notice.

mod api;
mod authorizer;
mod cargo_lambda;
mod functions;
mod readme;
mod roles;
mod stack;
mod table;
mod template;
