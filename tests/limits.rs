//! What is at a limit is taken, and what is one over it is refused: with the limit, a place, and what to do.

use std::fmt::Write as _;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use stackgen::diagnostics::Diagnostic;
use stackgen::import::{Inputs, import};
use stackgen::source::limits::{
    ENVIRONMENTS, EXPRESSION_LENGTH, EXTENDS_DEPTH, FILE_SIZE, GLOB_DEPTH, GLOB_FOLDERS, IMPORTED_DEPTH,
    IMPORTED_FILES, IMPORTED_SERVICES, IMPORTED_SIZE, IMPORTED_VALUES, INCLUDE_DEPTH, INCLUDED_FILES,
    KIND_SIZE, LIMITS, Limit, NESTING, OUTPUT_SIZE, PATTERN_LENGTH, ROUTE_LIST, TEMPLATE_CODE,
    TEMPLATE_DEPTH, TEMPLATE_FUEL, THINGS,
};
use stackgen::source::{EntryKind, Memory, World};
use stackgen::{compile, validate};

const HEAD: &str = "[stack]\nname = \"s\"\n";

/// The findings that name a limit, or are of a kind of their own that it cannot do without.
fn beyond(world: &dyn World, limit: &Limit) -> Vec<Diagnostic> {
    named(validate(world, Utf8Path::new("stack.toml"), None).report.iter(), limit)
}

fn named<'a>(found: impl Iterator<Item = &'a Diagnostic>, limit: &Limit) -> Vec<Diagnostic> {
    let note = format!("the limit is {}: {}", limit.shown(), limit.why);
    found.filter(|found| found.notes.contains(&note)).cloned().collect()
}

/// Asserts that a world of so many is taken, that one more is not, and that this is said in one finding with all that belongs to it.
#[track_caller]
fn holds<W: World>(limit: &Limit, made: impl Fn(usize) -> W) {
    assert_eq!(beyond(&made(limit.most), limit), [], "at the limit");
    assert_told(limit, &beyond(&made(limit.most + 1), limit));
}

#[track_caller]
fn assert_told(limit: &Limit, found: &[Diagnostic]) {
    let [found] = found else { panic!("one finding, not {found:#?}") };
    assert_eq!(found.rule, limit.rule);
    assert!(
        found.primary.is_some() || found.message.contains('`') || found.message.starts_with("templates/"),
        "{found:?} has no place"
    );
    assert!(found.help.iter().any(|help| help.message == limit.way_out), "{found:?} has no way out");
}

fn one(text: impl Into<String>) -> Memory {
    Memory::default().with("stack.toml", text.into())
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        let _ = write!(text, "{}", line(at));
        text
    })
}

#[test]
fn every_limit_has_a_test_here() {
    let tested = [
        &FILE_SIZE,
        &NESTING,
        &INCLUDE_DEPTH,
        &INCLUDED_FILES,
        &PATTERN_LENGTH,
        &GLOB_DEPTH,
        &GLOB_FOLDERS,
        &EXTENDS_DEPTH,
        &KIND_SIZE,
        &ENVIRONMENTS,
        &THINGS,
        &ROUTE_LIST,
        &EXPRESSION_LENGTH,
        &TEMPLATE_FUEL,
        &TEMPLATE_CODE,
        &TEMPLATE_DEPTH,
        &OUTPUT_SIZE,
        &IMPORTED_SIZE,
        &IMPORTED_FILES,
        &IMPORTED_DEPTH,
        &IMPORTED_SERVICES,
        &IMPORTED_VALUES,
    ];
    let of = |limits: &[&'static Limit]| limits.iter().map(|limit| limit.of).collect::<Vec<_>>();
    assert_eq!(of(&tested), of(LIMITS));
}

#[test]
fn a_file_is_read_up_to_its_limit() {
    let size = usize::try_from(FILE_SIZE.bytes()).unwrap_or_default();
    let text = |size: usize| format!("{HEAD}#{}", "a".repeat(size - HEAD.len() - 1));
    assert_eq!(beyond(&one(text(size)), &FILE_SIZE), []);
    assert_told(&FILE_SIZE, &beyond(&one(text(size + 1)), &FILE_SIZE));
}

#[test]
fn lists_stand_in_one_another_up_to_the_limit() {
    holds(&NESTING, |depth| one(format!("{HEAD}a = {}{}\n", "[".repeat(depth), "]".repeat(depth))));
}

#[test]
fn files_include_one_another_up_to_the_limit() {
    holds(&INCLUDE_DEPTH, |depth| {
        let next = |at: usize| {
            if at < depth { format!("[stack]\ninclude = [\"f{at}.toml\"]\n") } else { String::new() }
        };
        let file = |world: Memory, at: usize| world.with(format!("f{at}.toml"), next(at + 1));
        (0..depth).fold(one(format!("{HEAD}include = [\"f0.toml\"]\n")), file)
    });
}

#[test]
fn a_stack_has_fragments_up_to_the_limit() {
    holds(&INCLUDED_FILES, |count| {
        let file = |world: Memory, at: usize| world.with(format!("f{at}"), "");
        (0..count).fold(one(format!("{HEAD}include = [\"f*\"]\n")), file)
    });
}

#[test]
fn a_pattern_is_as_long_as_its_limit() {
    holds(&PATTERN_LENGTH, |length| one(format!("{HEAD}include = [\"{}*\"]\n", "a".repeat(length - 1))));
}

#[test]
fn a_glob_finds_what_lies_as_deep_as_its_limit_and_nothing_deeper() {
    let found = |depth: usize| {
        let path = format!("{}x.toml", "a/".repeat(depth));
        let world =
            one(format!("{HEAD}include = [\"**/x.toml\"]\n")).with(path, "[services.a]\nimage = \"a:1\"\n");
        validate(&world, Utf8Path::new("stack.toml"), None).stacks[0].services.len()
    };
    assert_eq!((found(GLOB_DEPTH.most), found(GLOB_DEPTH.most + 1)), (1, 0));
}

/// A folder with many folders in it.
struct Wide(usize);

impl World for Wide {
    fn read(&self, path: &Utf8Path, _: u64) -> io::Result<Vec<u8>> {
        match path.as_str() {
            "stack.toml" => Ok(format!("{HEAD}include = [\"*/x\"]\n").replace("/x", "/x*").into_bytes()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn entry(&self, path: &Utf8Path) -> Option<EntryKind> {
        (path.as_str() == "stack.toml").then_some(EntryKind::File)
    }

    fn list(&self, folder: &Utf8Path) -> Vec<(String, EntryKind)> {
        // The root itself is looked into as well.
        let count = if folder.as_str().is_empty() { self.0 - 1 } else { 0 };
        (0..count).map(|at| (format!("f{at}"), EntryKind::Folder)).collect()
    }
}

#[test]
fn globs_look_into_folders_up_to_the_limit() {
    holds(&GLOB_FOLDERS, Wide);
}

#[test]
fn kinds_extend_one_another_up_to_the_limit() {
    holds(&EXTENDS_DEPTH, |depth| {
        let kind = |at: usize| {
            let next = if at + 1 < depth { format!("k{}", at + 1) } else { "redis".to_owned() };
            format!("[kinds.k{at}]\nextends = \"{next}\"\n")
        };
        one(format!("{HEAD}[services.a]\nkind = \"k0\"\n{}", many(depth, kind)))
    });
}

#[test]
fn a_kind_is_as_large_as_its_limit() {
    // Beside the variables: the kind itself, its image, and their table.
    holds(&KIND_SIZE, |size| {
        let env = many(size - 3, |at| format!("A{at} = \"\", "));
        one(format!("{HEAD}[services.a]\nkind = \"own\"\n[kinds.own]\nimage = \"a:1\"\nenv = {{ {env} }}\n"))
    });
}

#[test]
fn who_extends_a_kind_that_is_too_large_is_named_and_does_not_have_it() {
    let env = many(KIND_SIZE.most, |at| format!("A{at} = \"\", "));
    let kinds = format!("[kinds.own]\nimage = \"a:1\"\nenv = {{ {env} }}\n[kinds.more]\nextends = \"own\"\n");
    let found = beyond(&one(format!("{HEAD}[services.a]\nkind = \"more\"\n{kinds}")), &KIND_SIZE);
    assert!(found.iter().any(|found| found.message.starts_with("`more` extends `own`")), "{found:?}");
}

#[test]
fn a_stack_has_environments_up_to_the_limit() {
    holds(&ENVIRONMENTS, |count| {
        one(format!("{HEAD}{}", many(count, |at| format!("[environments.e{at}]\n"))))
    });
}

#[test]
fn lists_of_a_route_are_as_long_as_the_limit() {
    let route = |route: &str| {
        one(format!(
            "{HEAD}[gateway]\nport = 80\n[services.a]\nimage = \"a:1\"\nport = 81\nroutes = [{{ {route} }}]\n"
        ))
    };
    let list = |count: usize, of: &str| format!("[{}]", many(count, |at| format!("\"{of}{at}\", ")));
    holds(&ROUTE_LIST, |count| route(&format!("path = {}", list(count, "/p"))));
    holds(&ROUTE_LIST, |count| route(&format!("path = \"/\", hosts = {}", list(count, "h"))));
    holds(&ROUTE_LIST, |count| route(&format!("path = \"/\", headers.x-a = {}", list(count, "v"))));
    holds(&EXPRESSION_LENGTH, |length| route(&format!("path = \"~/{}\"", "a".repeat(length - 2))));
}

/// What is found where a project has a template of its own.
fn rendered(template: &str, limit: &Limit) -> Vec<Diagnostic> {
    let target =
        "description = \"Own\"\n[[files]]\ntemplate = \"own.j2\"\npath = \"own\"\nformat = \"markdown\"\n";
    let world =
        one(HEAD).with("templates/own/target.toml", target).with("templates/own/own.j2", template.to_owned());
    named(compile(&world, Utf8Path::new("stack.toml"), None).report.iter(), limit)
}

#[test]
fn a_template_works_up_to_its_limit() {
    let looping = |times: usize| {
        format!("{{% for a in range(1000) %}}{{% for a in range({times}) %}}{{% endfor %}}{{% endfor %}}\n")
    };
    assert_eq!(rendered(&looping(TEMPLATE_FUEL.most / 1000 / 10), &TEMPLATE_FUEL), []);
    assert_told(&TEMPLATE_FUEL, &rendered(&looping(TEMPLATE_FUEL.most / 1000), &TEMPLATE_FUEL));
}

#[test]
fn an_expression_is_as_long_as_the_limit() {
    let minuses = |length: usize| format!("a {{{{ {}1 }}}}\n", "-".repeat(length - 1));
    assert_eq!(rendered(&minuses(TEMPLATE_CODE.most), &TEMPLATE_CODE), []);
    assert_told(&TEMPLATE_CODE, &rendered(&minuses(TEMPLATE_CODE.most + 1), &TEMPLATE_CODE));
}

#[test]
fn templates_call_one_another_up_to_the_limit() {
    let calls = |depth: usize| {
        format!(
            "{{% macro m(a) %}}{{% if a %}}{{{{ m(a - 1) }}}}{{% endif %}}{{% endmacro %}}{{{{ m({depth}) }}}}\n"
        )
    };
    assert_eq!(rendered(&calls(10), &TEMPLATE_DEPTH), []);
    assert_told(&TEMPLATE_DEPTH, &rendered(&calls(TEMPLATE_DEPTH.most), &TEMPLATE_DEPTH));
    assert_told(&TEMPLATE_DEPTH, &rendered("{% include 'own/own.j2' %}\n", &TEMPLATE_DEPTH));
}

#[test]
fn a_file_is_made_up_to_its_limit() {
    // Only a stack of many services lets a template work so much.
    let services = many(700, |at| format!("[services.s{at}]\nimage = \"a:1\"\n"));
    let target =
        "description = \"Own\"\n[[files]]\ntemplate = \"own.j2\"\npath = \"own\"\nformat = \"markdown\"\n";
    let others = "agents agents-md claude compose docker docs env kong scripts".split(' ');
    let off =
        others.map(|target| format!("[targets.{target}]\nenabled = false\n")).collect::<Vec<_>>().concat();
    let line = "a".repeat(1024 * 1024 - 1);
    let found = |end: &str| {
        let text = format!("{{% for a in range({}) %}}\n{line}\n{{% endfor %}}\n{end}", OUTPUT_SIZE.most);
        let world = one(format!("{HEAD}{services}{off}"))
            .with("templates/own/target.toml", target)
            .with("templates/own/own.j2", text);
        let compilation = compile(&world, Utf8Path::new("stack.toml"), None);
        (compilation.outputs.len(), named(compilation.report.iter(), &OUTPUT_SIZE))
    };
    assert_eq!(found(""), (1, vec![]));
    let (outputs, told) = found("b\n");
    assert_eq!(outputs, 0);
    assert_told(&OUTPUT_SIZE, &told);
}

/// An import of these files, and what it finds.
fn imported(files: &[(&str, String)], limit: &Limit) -> Vec<Diagnostic> {
    let world = files.iter().fold(Memory::default(), |world, (path, text)| world.with(*path, text.clone()));
    let compose = vec![Utf8PathBuf::from(files[0].0)];
    let inputs = Inputs { compose, folder: "p".to_owned(), stack: "stack.toml".into(), ..Inputs::default() };
    let result = import(&world, &inputs);
    let found = named(result.report.iter(), limit);
    assert_eq!(found.is_empty(), result.stack.is_some(), "what is beyond a limit makes no stack");
    found
}

#[test]
fn an_import_reads_up_to_its_limits() {
    let service = "services:\n  a:\n    image: a:1\n";
    let size = usize::try_from(IMPORTED_SIZE.bytes()).unwrap_or_default();
    let sized = |size: usize| vec![("c.yml", format!("{service}#{}", "a".repeat(size - service.len() - 1)))];
    assert_eq!(imported(&sized(size), &IMPORTED_SIZE), []);
    assert_told(&IMPORTED_SIZE, &imported(&sized(size + 1), &IMPORTED_SIZE));

    let including = |count: usize| {
        vec![
            ("c.yml", format!("include: [{}]\n{service}", many(count - 1, |_| "b.yml, ".to_owned()))),
            ("b.yml", String::new()),
        ]
    };
    assert_eq!(imported(&including(IMPORTED_FILES.most), &IMPORTED_FILES), []);
    assert_told(&IMPORTED_FILES, &imported(&including(IMPORTED_FILES.most + 1), &IMPORTED_FILES));

    let row = |depth: usize| {
        let extends = many(depth, |at| format!("  s{at}:\n    extends: s{}\n", at + 1));
        vec![("c.yml", format!("services:\n{extends}  s{depth}:\n    image: a:1\n"))]
    };
    assert_eq!(imported(&row(IMPORTED_DEPTH.most), &IMPORTED_DEPTH), []);
    assert!(!imported(&row(IMPORTED_DEPTH.most + 1), &IMPORTED_DEPTH).is_empty());
    let services = |count: usize| {
        vec![("c.yml", format!("services:\n{}", many(count, |at| format!("  s{at}: {{image: a:1}}\n"))))]
    };
    assert_eq!(imported(&services(IMPORTED_SERVICES.most), &IMPORTED_SERVICES), []);
    assert_told(&IMPORTED_SERVICES, &imported(&services(IMPORTED_SERVICES.most + 1), &IMPORTED_SERVICES));
}

#[test]
fn what_services_extend_is_worked_in_up_to_the_limit() {
    // A service has three values beside its labels: itself, its image and their table. A hundred have the same, one the rest.
    let project = |values: usize| {
        let labels = many((values - 3) / 100 - 3, |at| format!("      l{at}: a\n"));
        let services = many(99, |at| format!("  s{at}: {{extends: s}}\n"));
        let rest = many((values - 3) % 100, |at| format!("      r{at}: a\n"));
        vec![(
            "c.yml",
            format!(
                "services:\n  s:\n    image: a:1\n    labels:\n{labels}{services}  t:\n    image: a:1\n    labels:\n{rest}"
            ),
        )]
    };
    // A project at the limit is imported as well, in more time than a test has: one of a hundredth of it stands for it.
    assert_eq!(imported(&project(IMPORTED_VALUES.most / 100), &IMPORTED_VALUES), []);
    assert_told(&IMPORTED_VALUES, &imported(&project(IMPORTED_VALUES.most + 1), &IMPORTED_VALUES));
}

#[test]
fn globs_pass_over_hidden_folders_and_those_of_node_and_take_a_file_once() {
    let service = |name: &str| format!("[services.{name}]\nimage = \"a:1\"\n");
    let world =
        one(format!("{HEAD}include = [\"**/**/x.toml\", \"a/*.toml\", \"x.toml\", \"**/d/**/y.toml\"]\n"))
            .with("x.toml", service("top"))
            .with("a/x.toml", service("a"))
            .with("d/d/d/y.toml", service("d"))
            .with(".a/x.toml", "broken")
            .with("a/node_modules/b/x.toml", "broken")
            .with("a/.b/x.toml", "broken");
    let found = validate(&world, Utf8Path::new("stack.toml"), None);
    let messages: Vec<_> = found.report.iter().map(|found| &found.message).collect();
    assert!(messages.is_empty(), "{messages:?}");
    assert_eq!(found.stacks[0].services.len(), 3);
}
