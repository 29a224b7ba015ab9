//! Inputs of about 100 kB that are large in one way each, where a program that is careless about that way takes time, memory or call stack
//! without end.

use std::fmt::Write as _;

use super::{Entry, entries};

type Shape = (&'static str, Entry, fn() -> String);
type Edited = (&'static str, fn() -> String);

/// How large an input is, in bytes.
const SIZE: usize = 100_000;

pub const SHAPES: &[Shape] = &[
    ("unknown keys, one a line", entries::reader, || {
        filled("[services.a]\n", |at| format!("key{at} = 1\n"), "")
    }),
    ("unknown keys, all in one line", entries::reader, || {
        filled("services = { a = { ", |at| format!("key{at} = 1, "), "port = 1 } }\n")
    }),
    ("wrong types, all in one line", entries::reader, || {
        filled("services.a.needs = [", |_| "1,".to_owned(), "]\n")
    }),
    ("services that are not there", entries::reader, || {
        let half =
            filled("[stack]\nname = \"s\"\n", |at| format!("[services.service{at}]\nkind = \"redis\"\n"), "");
        let names = cut(&half, SIZE / 2);
        filled(
            &format!("{names}[services.last]\nimage = \"a:1\"\nneeds = ["),
            |at| format!("\"serv{at}\","),
            "]\n",
        )
    }),
    ("kinds that are not there", entries::reader, || {
        filled("", |at| format!("[services.a{at}]\nkind = \"k{at}\"\n"), "")
    }),
    ("references that mean nothing", entries::reader, || {
        filled("[services.a]\nimage = \"a:1\"\nenv.A = \"", |_| "{{a}}".to_owned(), "\"\n")
    }),
    ("references that are not closed", entries::reader, || {
        filled("[services.a]\nimage = \"a:1\"\nenv.A = \"", |_| "{{".to_owned(), "\"\n")
    }),
    ("no TOML, on every line", entries::reader, || filled("", |_| "= 1\n".to_owned(), "")),
    ("no TOML, all in one line", entries::reader, || filled("a = [", |_| "1 ".to_owned(), "")),
    ("quotes that are not closed", entries::reader, || filled("", |_| "a = \"\n".to_owned(), "")),
    ("a key again and again", entries::reader, || filled("[services.a]\n", |_| "port = 1\n".to_owned(), "")),
    ("a table again and again", entries::reader, || {
        filled("", |_| "[services.a]\nport = 1\n".to_owned(), "")
    }),
    ("control characters", entries::reader, || filled("[stack]\nname = \"", |_| "\u{1}".to_owned(), "\"\n")),
    ("lists in lists", entries::reader, || filled("a = ", |_| "[".to_owned(), "")),
    ("tables in tables", entries::reader, || filled("a = ", |_| "{a=".to_owned(), "")),
    ("keys of many parts", entries::reader, || filled("a", |_| ".a".to_owned(), " = 1\n")),
    ("headers of many parts", entries::reader, || filled("[a", |_| ".a".to_owned(), "]\n")),
    ("keys of seventy parts", entries::reader, || {
        filled("", |at| format!("[t{at}{}]\n", ".a".repeat(70)), "")
    }),
    ("a long name", entries::reader, || filled("[services.", |_| "a".to_owned(), "]\nkind = \"redis\"\n")),
    ("two long names", entries::reader, || {
        let half = "a".repeat(SIZE / 2 - 50);
        format!("[services.{half}]\nkind = \"redis\"\n[services.b]\nimage = \"b:1\"\nneeds = [\"{half}b\"]\n")
    }),
    ("includes of nothing", entries::reader, || {
        filled("[stack]\nname = \"s\"\ninclude = [", |at| format!("\"{at}\","), "]\n")
    }),
    ("includes of everything", entries::reader, || {
        let tree = filled("", |at| format!("=== {}/f{at}\n", "a/b/c/d/e/f/g/h/i/j/k/l/m"), "");
        format!("[stack]\nname = \"s\"\ninclude = [\"{}x\"]\n{}", "**/".repeat(150), cut(&tree, SIZE / 2))
    }),
    ("a long glob", entries::reader, || {
        filled("[stack]\nname = \"s\"\ninclude = [\"", |_| "?".to_owned(), "\"]\n")
    }),
    ("globs in globs", entries::reader, || {
        let glob = format!("{}{}", "{a,*b".repeat(60), "}".repeat(60));
        filled("[stack]\nname = \"s\"\ninclude = [", |_| format!("\"{glob}\","), "]\n=== aaaa\n")
    }),
    ("files that include one another in a row", entries::reader, || {
        filled("", |at| format!("[stack]\ninclude = [\"f{at}\"]\n=== f{at}\n"), "")
    }),
    ("kinds that extend one another in a row", entries::reader, || {
        filled("[kinds]\n", |at| format!("k{at} = {{ extends = \"k{}\" }}\n", at + 1), "")
    }),
    ("many kinds that extend a large one", entries::reader, || {
        let large = filled("[kinds.large]\nimage = \"a:1\"\nenv = { ", |at| format!("A{at} = \"\", "), "");
        filled(
            &format!("{}}}\n[kinds]\n", cut(&large, SIZE / 2)),
            |at| format!("k{at} = {{ extends = \"large\" }}\n"),
            "",
        )
    }),
    ("many services of a large kind", entries::reader, || {
        let large = filled("[kinds.k]\nimage = \"a:1\"\nenv = { ", |at| format!("A{at} = \"\", "), "");
        filled(
            &format!("{}}}\n[services]\n", cut(&large, SIZE / 2)),
            |at| format!("s{at} = {{ kind = \"k\" }}\n"),
            "",
        )
    }),
    ("many environments", entries::reader, || {
        let base =
            filled("[stack]\nname = \"s\"\n", |at| format!("[services.s{at}]\nkind = \"redis\"\n"), "");
        filled(&format!("{}[environments]\n", cut(&base, SIZE / 2)), |at| format!("e{at} = {{}}\n"), "")
    }),
    ("as many environments as there may be", entries::reader, || {
        let mut text = "[stack]\nname = \"s\"\n[environments]\n".to_owned();
        (0..32).for_each(|at| text += &format!("e{at} = {{}}\n"));
        filled(
            &format!("{text}[services.a]\nimage = \"a:1\"\nenv = {{ "),
            |at| format!("A{at} = \"\", "),
            "}\n",
        )
    }),
    ("needs in a row", entries::reader, || {
        filled(
            "[stack]\nname = \"s\"\n",
            |at| format!("[services.s{at}]\nimage = \"a:1\"\nneeds = [\"s{}\"]\n", at + 1),
            "",
        )
    }),
    ("needs in a circle", entries::reader, || {
        let row = filled(
            "[stack]\nname = \"s\"\n",
            |at| format!("[services.s{at}]\nimage = \"a:1\"\nneeds = [\"s{}\"]\n", at + 1),
            "",
        );
        format!("{row}[services.s{}]\nimage = \"a:1\"\nneeds = [\"s0\"]\n", row.matches("needs").count())
    }),
    ("everybody needs everybody", entries::reader, || {
        let mut text = "[stack]\nname = \"s\"\n".to_owned();
        let names: Vec<String> = (0..120).map(|at| format!("\"s{at}\"")).collect();
        for at in 0..120 {
            let _ = writeln!(text, "[services.s{at}]\nimage = \"a:1\"\nneeds = [{}]", names.join(","));
        }
        text
    }),
    ("ports that collide", entries::reader, || {
        filled("[stack]\nname = \"s\"\n", |at| format!("[services.s{at}]\nimage = \"a:1\"\nport = 80\n"), "")
    }),
    ("routes of many paths, hosts and headers", entries::reader, || {
        let list = |of: &str| filled("[", |at| format!("\"{of}{at}\","), "]").replacen("\"/0\",", "", 1);
        let third = |of: &str| format!("{}]", cut_at(&list(of), SIZE / 3 - 100, ','));
        format!(
            "[stack]\nname = \"s\"\n[gateway]\nport = 80\n[services.a]\nimage = \"a:1\"\nport = 81\nroutes = [{{ path = {}, hosts = {}, headers.a = {} }}]\n",
            third("/"),
            third("h"),
            third("v")
        )
    }),
    ("many routes of one path", entries::reader, || {
        filled(
            "[stack]\nname = \"s\"\n[gateway]\nport = 80\n[services.a]\nimage = \"a:1\"\nport = 81\nroutes = [",
            |at| format!("{{ path = \"/a\", hosts = [\"h{at}\"] }}, "),
            "]\n",
        )
    }),
    ("expressions that are large when compiled", entries::reader, || {
        filled(
            "[stack]\nname = \"s\"\n[gateway]\nport = 80\n[services.a]\nimage = \"a:1\"\nport = 81\nroutes = [{ path = \"/\" }, ",
            |at| format!("{{ path = \"~/(\\\\w{{90}}){at}\" }}, "),
            "]\n",
        )
    }),
    ("groups in an expression", entries::reader, || {
        filled(
            "[stack]\nname = \"s\"\n[gateway]\nport = 80\n[services.a]\nimage = \"a:1\"\nport = 81\nroutes = [{ path = \"~/",
            |_| "(".to_owned(),
            "\" }]\n",
        )
    }),
    ("agents of one another", entries::reader, || {
        filled(
            "[stack]\nname = \"s\"\n",
            |at| format!("[agents.a{at}]\ndescription = \"A\"\nreports_to = \"a{}\"\n", at + 1),
            "",
        )
    }),
    ("agents that own the same", entries::reader, || {
        filled(
            "[stack]\nname = \"s\"\n",
            |at| format!("[agents.a{at}]\ndescription = \"A\"\npaths = [\"a\"]\nconcerns = [\"b\"]\n"),
            "",
        )
    }),
    ("values in one another in Compose's words", entries::reader, || {
        let deep = format!("{}1{}", "[".repeat(70), "]".repeat(70));
        filled(
            "[stack]\nname = \"s\"\n[services.a]\nimage = \"a:1\"\n",
            |at| format!("compose_extra.x-{at} = {deep}\n"),
            "",
        )
    }),
    ("lists in lists in YAML", entries::importer, || filled("services: ", |_| "[".to_owned(), "")),
    ("tables in tables in YAML", entries::importer, || filled("services: ", |_| "{a: ".to_owned(), "")),
    ("blocks in blocks in YAML", entries::importer, || filled("", |_| "- ".to_owned(), "1\n")),
    ("aliases of aliases", entries::importer, || {
        let first = "x0: &x0 [a, a, a, a, a, a, a, a, a]\n".to_owned();
        let alias = |at: usize| format!("x{0}: &x{0} [{1}]\n", at + 1, vec![format!("*x{at}"); 9].join(", "));
        filled(&first, alias, "services:\n  a:\n    image: a:1\n    labels: *x9\n")
    }),
    ("merge keys", entries::importer, || {
        let large = filled("x: &x\n", |at| format!("  a{at}: 1\n"), "");
        filled(&format!("{}services:\n", cut(&large, SIZE / 2)), |at| format!("  s{at}:\n    <<: *x\n"), "")
    }),
    ("ranges of ports", entries::importer, || {
        filled("services:\n  a:\n    image: a:1\n    ports:\n", |_| "    - 1-65535:1-65535\n".to_owned(), "")
    }),
    ("short ranges of ports", entries::importer, || {
        filled(
            "services:\n  a:\n    image: a:1\n    ports:\n",
            |at| format!("    - {0}-{1}:{0}-{1}\n", 1 + at * 20, 20 + at * 20),
            "",
        )
    }),
    ("a file that includes itself twice", entries::importer, || {
        filled(
            "include: [docker-compose.yml, docker-compose.yml]\nservices:\n  a:\n    image: a:1\n    labels:\n",
            |at| format!("      a{at}: b\n"),
            "",
        )
    }),
    ("services that extend one another in a row", entries::importer, || {
        filled("services:\n", |at| format!("  s{at}:\n    extends: s{}\n", at + 1), "")
    }),
    ("services that extend a large file", entries::importer, || {
        let mine =
            filled("services:\n", |at| format!("  s{at}:\n    extends: {{file: b.yml, service: b}}\n"), "");
        let large = filled(
            "=== b.yml\nservices:\n  b:\n    image: b:1\n    labels:\n",
            |at| format!("      a{at}: b\n"),
            "",
        );
        format!("{}{}", cut(&mine, SIZE / 2), cut(&large, SIZE / 2))
    }),
    ("defaults of defaults", entries::importer, || {
        filled("services:\n  a:\n    image: \"", |_| "${a:-".to_owned(), "\"\n")
    }),
    ("defaults of defaults that are closed", entries::importer, || {
        format!("services:\n  a:\n    image: \"{}{}\"\n", "${a:-".repeat(16_000), "}".repeat(16_000))
    }),
    ("braces that are not closed", entries::importer, || {
        filled("services:\n  a:\n    image: \"", |_| "${".to_owned(), "\"\n")
    }),
    ("variables of variables", entries::importer, || {
        let env =
            filled("=== .env\nV0=aaaaaaaaaaaaaaaa\n", |at| format!("V{0}=$V{1}$V{1}$V{1}\n", at + 1, at), "");
        format!("services:\n  a:\n    image: a:$V900\n{env}").replacen("$V900", "$V3000", 1)
    }),
    ("a long variable again and again", entries::importer, || {
        let texts =
            filled("services:\n  a:\n    image: a:1\n    labels:\n", |at| format!("      a{at}: $V\n"), "");
        format!("{}=== .env\nV={}\n", cut(&texts, SIZE / 2), "v".repeat(SIZE / 2 - 100))
    }),
    ("many services", entries::importer, || {
        filled("services:\n", |at| format!("  s{at}: {{image: a:1}}\n"), "")
    }),
    ("as many services as there may be, and their variables", entries::importer, || {
        let mut text = "services:\n".to_owned();
        (0..499).for_each(|at| text += &format!("  s{at}: {{image: a:1}}\n"));
        filled(
            &format!("{text}  last:\n    image: a:1\n    environment:\n"),
            |at| format!("      A{at}_HOST: s{}\n", at % 499),
            "",
        )
    }),
    ("two long lists", entries::importer, || {
        let list =
            filled("services:\n  a:\n    image: a:1\n    cap_add:\n", |at| format!("    - C{at}\n"), "");
        let half = cut(&list, SIZE / 2 - 50);
        format!("{half}=== docker-compose.override.yml\n{half}")
    }),
    ("many routes of Kong's", entries::importer, || {
        filled(
            "services:\n  a:\n    image: a:1\n=== kong.yml\n_format_version: \"3.0\"\nservices:\n- name: a\n  url: http://a:80\n  routes:\n",
            |at| format!("  - name: r{at}\n    paths: [/p{at}]\n"),
            "",
        )
    }),
    ("a template that doubles a text", entries::template, || {
        filled("\0{% set a = 'a' %}", |_| "{% set a = a ~ a %}".to_owned(), "{{ a }}\n")
    }),
    ("a template that multiplies a text", entries::template, || {
        filled("\0{# ", |_| "#".to_owned(), " #}{{ 'a' * 1000000000 }}\n")
    }),
    ("loops in loops", entries::template, || filled("\0", |_| "{% for a in range(100000) %}".to_owned(), "")),
    ("loops in loops that are closed", entries::template, || {
        format!("\0{}a{}", "{% for a in range(9000) %}".repeat(2_400), "{% endfor %}".repeat(2_400))
    }),
    ("brackets in an expression", entries::template, || filled("\0{{ ", |_| "(".to_owned(), " }}\n")),
    ("lists in an expression", entries::template, || filled("\0{{ ", |_| "[".to_owned(), " }}\n")),
    ("nots in an expression", entries::template, || filled("\0{{ ", |_| "not ".to_owned(), "1 }}\n")),
    ("minuses in an expression", entries::template, || filled("\0{{ ", |_| "-".to_owned(), "1 }}\n")),
    ("additions in an expression", entries::template, || filled("\0{{ 1", |_| "+1".to_owned(), " }}\n")),
    ("filters in a row", entries::template, || filled("\0{{ 1", |_| "|abs".to_owned(), " }}\n")),
    ("a file in many blocks of YAML", entries::template, || filled("\0", |_| "- ".to_owned(), "1\n")),
    ("a file of lists in YAML", entries::template, || filled("\0", |_| "[".to_owned(), "")),
    ("a file of lists in JSON", entries::template, || filled("\u{1}", |_| "[".to_owned(), "")),
    ("a file of lists in TOML", entries::template, || filled("\u{2}a = ", |_| "[".to_owned(), "")),
    ("a file of keys in TOML", entries::template, || filled("\u{2}a", |_| ".a".to_owned(), " = 1\n")),
    ("a file of substitutions", entries::template, || filled("\u{3}echo ", |_| "$(".to_owned(), "\n")),
    ("a file of quotes", entries::template, || filled("\u{3}echo ", |_| "\"$(\"".to_owned(), "\n")),
    ("a file of quotations", entries::template, || filled("\u{4}", |_| "> ".to_owned(), "a\n")),
    ("a manifest of lists", entries::manifest, || filled("", |_| "[".to_owned(), "")),
    ("a manifest of many files", entries::manifest, || {
        let digest = "a".repeat(64);
        let record = |at: usize| format!("\"generated/f{at}\":{{\"sha256\":\"{digest}\",\"mode\":\"644\"}},");
        let files = filled("{\"stackgen\":\"0.1.0\",\"files\":{", record, "");
        format!("{}}}}}", files.trim_end_matches(','))
    }),
    ("a manifest of deep paths", entries::manifest, || {
        let digest = "a".repeat(64);
        let record = |at: usize| {
            format!("\"{}{at}\":{{\"sha256\":\"{digest}\",\"mode\":\"644\"}},", "a/".repeat(2_000))
        };
        let files = filled("{\"stackgen\":\"0.1.0\",\"files\":{", record, "");
        format!("{}}}}}", files.trim_end_matches(','))
    }),
];

/// What somebody may have in an editor, beside all that the reader is given: mostly texts that the reader refuses at once.
pub const EDITED: &[Edited] = &[
    ("lists in lists that are closed", || {
        format!("a = {}{}\n", "[".repeat(SIZE / 2 - 50), "]".repeat(SIZE / 2 - 50))
    }),
    ("lists in lists, a line each", || filled("a = ", |_| "[\n".to_owned(), "")),
    ("lists that tables close", || {
        format!("a = {}{}\n", "[".repeat(SIZE / 2 - 50), "}".repeat(SIZE / 2 - 50))
    }),
    ("tables that lists close", || format!("a = {}{}\n", "{a=".repeat(SIZE / 4), "]".repeat(SIZE / 5))),
    ("lists of tables of lists", || filled("a = ", |_| "[{a=".to_owned(), "")),
    ("lists of strings that are not closed", || filled("a = ", |_| "[\"".to_owned(), "")),
    ("tables that deep keys lead to", || filled("", |_| format!("a{} = {{ ", ".a".repeat(70)), "b = 1 }\n")),
    ("a header that is not closed", || filled("[a", |_| ".a".to_owned(), "")),
    ("a header of brackets", || filled("a = 1\n", |_| "[".to_owned(), "")),
    ("headers in one line", || filled("", |_| "[a]".to_owned(), "")),
    ("headers that are not closed, a line each", || filled("", |_| "[a\n".to_owned(), "")),
    ("headers of nothing", || filled("", |_| "[]\n".to_owned(), "")),
    ("a list of tables again and again", || filled("", |_| "[[a]]\nb=1\n".to_owned(), "")),
    ("lists of tables of seventy parts", || filled("", |at| format!("[[t{at}{}]]\n", ".a".repeat(70)), "")),
    ("keys below a deep header", || {
        filled(&format!("[a{}]\n", ".a".repeat(2_000)), |at| format!("a{at} = 1\n"), "")
    }),
    ("values of a deep key", || filled(&format!("a{} = [", ".a".repeat(2_000)), |_| "1,".to_owned(), "]\n")),
    ("keys without values", || filled("", |_| "a\n".to_owned(), "")),
    ("a long key", || filled("a.", |_| "a ".to_owned(), "")),
    ("equals signs", || filled("a", |_| "=".to_owned(), "")),
    ("commas", || filled("a = [", |_| ",".to_owned(), "")),
    ("a name in a list again and again", || {
        filled(
            "[stack]\nname = \"s\"\n[services.a]\nkind = \"redis\"\n[services.b]\nimage = \"b:1\"\nneeds = [",
            |_| "\"a\",".to_owned(),
            "]\n",
        )
    }),
    ("references to one service", || {
        filled(
            "[stack]\nname = \"s\"\n[services.a]\nkind = \"redis\"\n[services.b]\nimage = \"b:1\"\nenv = { ",
            |at| format!("A{at} = \"{{{{ services.a.host }}}}\", "),
            "}\n",
        )
    }),
];

/// A text with a part again and again, as long as it may be.
fn filled(start: &str, part: impl Fn(usize) -> String, end: &str) -> String {
    let mut text = start.to_owned();
    for at in 0.. {
        let part = part(at);
        if text.len() + part.len() + end.len() > SIZE {
            break;
        }
        text.push_str(&part);
    }
    text + end
}

/// The whole lines at the beginning of a text, of one line the whole parts between commas.
fn cut(text: &str, size: usize) -> String {
    let by = if text[..size].lines().count() > 5 { '\n' } else { ',' };
    cut_at(text, size, by) + if by == '\n' { "\n" } else { "" }
}

fn cut_at(text: &str, size: usize, by: char) -> String {
    text[..text[..size].rfind(by).unwrap_or(size)].to_owned()
}
