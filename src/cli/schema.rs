//! `stackgen schema`: the JSON Schema of what a user writes.

use clap::{Args, ValueEnum};

use super::Exit;
use super::output::print;
use crate::source::{kind_schema, stack_schema, target_schema};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stackgen schema > stack.schema.json          first line: `#:schema ./stack.schema.json`
  stackgen schema kind > kind.schema.json      for files in templates/kinds/
  stackgen schema target > target.schema.json  for templates/NAME/target.toml")]
pub struct SchemaArgs {
    /// The file to print the schema of
    #[arg(value_enum, default_value_t)]
    of: Schema,
}

/// A file that has a schema.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Schema {
    /// stack.toml, and the fragments that it includes
    #[default]
    Stack,
    /// A kind's file
    Kind,
    /// A target.toml
    Target,
}

pub fn run(args: &SchemaArgs) -> anyhow::Result<Exit> {
    print(&text(args.of))?;
    Ok(Exit::Done)
}

/// The schema as the committed file has it.
#[must_use]
pub fn text(of: Schema) -> String {
    let schema = match of {
        Schema::Stack => stack_schema(),
        Schema::Kind => kind_schema(),
        Schema::Target => target_schema(),
    };
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use super::{Schema, text};

    #[test]
    fn what_is_printed_is_the_committed_file() {
        assert_eq!(text(Schema::Stack), include_str!("../../schemas/stack.schema.json"));
        assert_eq!(text(Schema::Kind), include_str!("../../schemas/kind.schema.json"));
        assert_eq!(text(Schema::Target), include_str!("../../schemas/target.schema.json"));
    }
}
