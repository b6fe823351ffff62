//! The stack of a simulation, read from a template of SAM or CloudFormation.
//!
//! ```
//! use stormglass_template::Template;
//!
//! let template = Template::parse(
//!     "template.yaml",
//!     "Transform: AWS::Serverless-2016-10-31
//! Resources:
//!   Rooms:
//!     Type: AWS::DynamoDB::Table
//!     Properties:
//!       AttributeDefinitions: [{ AttributeName: room, AttributeType: S }]
//!       KeySchema: [{ AttributeName: room, KeyType: HASH }]
//!   Join:
//!     Type: AWS::Serverless::Function
//!     Properties:
//!       Environment: { Variables: { TABLE_NAME: !Ref Rooms } }
//! ",
//! )?;
//! let reading = template.with("chat", &[])?.stack()?;
//! assert_eq!(reading.stack.tables[0].name, "chat-rooms");
//! assert_eq!(reading.stack.functions[0].environment["TABLE_NAME"], "chat-rooms");
//! assert!(reading.warnings.is_empty());
//! # Ok::<(), stormglass_template::Problem>(())
//! ```
//!
//! Nothing is guessed. A part of a template that a simulation needs and the reader does not
//! understand is an error; a part that it leaves out is a warning. Both name the file, the line,
//! the resource and the consequence.
//!
//! # Names
//!
//! A function or table that the template gives no name has that of the stack, a hyphen, and its
//! logical id in kebab case: `chat-rooms`. On AWS, random letters follow. The API, its stage, the
//! account and the region are those of the simulator.
//!
//! # Map
//!
//! - [`Template`]: a file of YAML or JSON, with every intrinsic function in its long form.
//! - [`Evaluation`]: a template whose parameters have values, so that its conditions are decided.
//! - [`Reading`]: the stack, and the warnings.
//! - `node`, `yaml`: values with their lines, and the parser.
//! - `conditions`, `values`: the intrinsic functions.
//! - `reading`: functions, routes and tables, each in its file.

mod conditions;
mod evaluation;
mod node;
mod problem;
mod reading;
mod template;
mod values;
mod yaml;

pub use evaluation::Evaluation;
pub use node::{Content, Node};
pub use problem::Problem;
pub use reading::Reading;
pub use template::Template;
