//! The filters that templates have beside the engine's own. Each is declared once, with the words that the reference page
//! says about it.

mod lists;
mod paths;
mod writing;

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, Value};

use super::escape::Refusal;
use crate::source::language::Format;

/// A filter of stackgen's own.
pub struct Filter {
    pub name: &'static str,
    /// How it is written in a template.
    pub usage: &'static str,
    pub doc: &'static str,
    add: fn(&mut Environment<'static>, &'static str, Format),
}

/// Every filter of stackgen's own.
pub const FILTERS: &[Filter] = &[
    Filter {
        name: "json",
        usage: "{{ service.command|json }}",
        doc: "Any value as JSON on one line: lists and tables too. Strings are written as the output's format wants them, \
              so that in a Compose file each `$` is doubled and each secret is a reference.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::json(format, &value))
        },
    },
    Filter {
        name: "yaml",
        usage: "name: {{ agent.name|yaml }}",
        doc: "The same as `json`, whose syntax is YAML's as well. In Markdown, the way to write the front matter.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::json(format, &value))
        },
    },
    Filter {
        name: "interpolated",
        usage: "{{ service.compose_extra.logging|interpolated }}",
        doc: "In a Compose file, any value as JSON on one line, in which `$` means what it means to Compose: for what \
              the user wrote in Compose's own words, and for nothing else.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::interpolated(format, &value))
        },
    },
    Filter {
        name: "key",
        usage: "{{ variable.name|key }}: {{ variable.value }}",
        doc: "A string as the key of a table. Differs from the plain value in Compose files, where `$` is interpolated in \
              values only.",
        add: |engine, name, format| engine.add_filter(name, move |value: Value| writing::key(format, &value)),
    },
    Filter {
        name: "multiline",
        usage: "developer_instructions = {{ text|multiline }}",
        doc: "In TOML, text as a string over several lines.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::multiline(format, &value))
        },
    },
    Filter {
        name: "tokens",
        usage: "about {{ page|tokens }} tokens",
        doc: "Roughly how many tokens a language model makes of a text, as a number: a quarter of its bytes, to two digits.",
        add: |engine, name, _| engine.add_filter(name, |value: Value| writing::tokens(&value)),
    },
    Filter {
        name: "comment",
        usage: "{{ output.header|comment }}",
        doc: "Text as a comment in the output's own syntax, one comment line for each line. JSON has none.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::comment(format, &value))
        },
    },
    Filter {
        name: "code",
        usage: "{{ command.command|code }}",
        doc: "In Markdown, text as a code span, with as many backticks as it needs. Text that no span can hold (line \
              breaks, `|`) stands as plain text.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::code(format, &value))
        },
    },
    Filter {
        name: "link",
        usage: "[{{ service.name }}]({{ service.folder|from(output.folder)|link }})",
        doc: "In Markdown, a path or URL as the destination of a link.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::link(format, &value))
        },
    },
    Filter {
        name: "mermaid",
        usage: "a[{{ service.name|mermaid }}]",
        doc: "In Markdown, text as the quoted label of a Mermaid diagram.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::mermaid(format, &value))
        },
    },
    Filter {
        name: "verbatim",
        usage: "{{ command.command|verbatim }}",
        doc: "In a code block of a Markdown file, text as it is. Refused where it has line breaks or could end the block.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| writing::verbatim(format, &value))
        },
    },
    Filter {
        name: "shell_command",
        usage: "{{ service.health.command|shell_command }}",
        doc: "A list of words as one POSIX command line: each word quoted. In a shell script it stands as it is; in other \
              formats it is a string like any other, in which secrets are shell variables.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| lists::shell_command(format, &value))
        },
    },
    Filter {
        name: "join",
        usage: "{{ service.methods|join(', ') }}, {{ services|join(', ', attribute='name') }}",
        doc: "A list as one string, with a joiner between the items. Items that are written already, as by \
              `map(\"code\")`, stay so.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value, joiner: Option<String>, options: Kwargs| {
                let attribute: Option<String> = options.get("attribute")?;
                options.assert_all_used()?;
                lists::join(format, &value, joiner.as_deref(), attribute.as_deref())
            });
        },
    },
    Filter {
        name: "join_words",
        usage: "{{ service.needed_by|join_words }}",
        doc: "A list as people write it: `a, b and c`. Items that are written already, as by `map(\"code\")`, stay so.",
        add: |engine, name, format| {
            engine.add_filter(name, move |value: Value| lists::join_words(format, &value))
        },
    },
    Filter {
        name: "from",
        usage: "{{ service.folder|from(output.folder) }}",
        doc: "The way from a folder to a path, both from the project's root: `../../services/api`; `.` where they are the \
              same. Never empty.",
        add: |engine, name, _| engine.add_filter(name, paths::from),
    },
];

/// The engine's own filters that stay, for the reference page: <https://docs.rs/minijinja/latest/minijinja/filters/>.
pub const BUILT_IN: &[&str] = &[
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "default",
    "dictsort",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
    "zip",
];

/// Filters and functions that would let a value past the escaping, or print what no output should hold.
const TAKEN_AWAY: &[&str] = &["safe", "escape", "e", "pprint"];

/// Gives an engine its filters.
pub fn install(engine: &mut Environment<'static>, format: Format) {
    for name in TAKEN_AWAY {
        engine.remove_filter(name);
    }
    engine.remove_global("debug");
    for filter in FILTERS {
        (filter.add)(engine, filter.name, format);
    }
}

/// A string that a filter takes. Whole numbers are taken for their digits.
fn text<'a>(filter: &str, value: &'a Value) -> Result<std::borrow::Cow<'a, str>, Error> {
    match value.as_str() {
        Some(text) => Ok(text.into()),
        None if value.is_integer() => Ok(value.to_string().into()),
        None => {
            Err(wrong(format!("`{filter}` takes a string, and this is {}", super::engine::described(value))))
        }
    }
}

/// The items of a list that a filter takes.
fn list(filter: &str, value: &Value) -> Result<Vec<Value>, Error> {
    match value.kind() {
        minijinja::value::ValueKind::Seq | minijinja::value::ValueKind::Iterable => {
            Ok(value.try_iter()?.collect())
        }
        _ => Err(wrong(format!("`{filter}` takes a list, and this is {}", super::engine::described(value)))),
    }
}

fn only_in(filter: &str, format: Format, wanted: Format) -> Result<(), Error> {
    if format == wanted {
        return Ok(());
    }
    Err(wrong(format!("`{filter}` is for {} outputs, and this one is {}", wanted.as_str(), format.as_str())))
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

fn refused(refusal: Refusal) -> Error {
    wrong(format!("this cannot be written: {refusal}"))
}
