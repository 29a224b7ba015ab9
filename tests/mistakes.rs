//! One mistake gives one finding, at its own place: each stack here is a right one with a single mistake in it.

use camino::Utf8Path;
use stackgen::diagnostics::Diagnostic;
use stackgen::source::{Memory, Sources};

/// A stack in which everything refers to everything, so that whatever is wrong has much to drag along.
const RIGHT: &str = r#"[stack]
name = "s"

[gateway]
port = 8080

[services.db]
kind = "postgres"
port = 5433

[services.api]
kind = "fastapi"
path = "api"
port = 8001
needs = ["db"]
env = { DB_AT = "{{ services.db.host }}:{{ services.db.port }}", SELF = "{{ services.kong.url }}" }
routes = [{ path = "/api" }]

[services.own]
kind = "mine"

[kinds.mine]
extends = "redis"

[agents.one]
description = "One"
owns = ["db", "api", "own", "kong"]

[agents.two]
description = "Two"
reports_to = "one"
"#;

fn found(text: &str, fragment: &str) -> (Vec<Diagnostic>, Sources) {
    let world =
        Memory::default().with("stack.toml", text).with("part.toml", fragment).with("api/main.py", "");
    let compilation = stackgen::compile(&world, Utf8Path::new("stack.toml"), None);
    (compilation.report.iter().cloned().collect(), compilation.sources)
}

/// Each finding's rule, and the text that it marks.
fn marked(text: &str, fragment: &str) -> Vec<(&'static str, String)> {
    let (found, sources) = found(text, fragment);
    let mark = |found: &Diagnostic| found.primary.as_ref().map(|label| sources.text(label.span).to_owned());
    found.iter().map(|found| (found.rule, mark(found).unwrap_or_default())).collect()
}

/// Asserts that writing `wrong` for `right` gives this one finding, which marks this text.
#[track_caller]
fn one(right: &str, wrong: &str, rule: &'static str, mark: &str) {
    assert!(RIGHT.contains(right), "{right}");
    assert_eq!(marked(&RIGHT.replacen(right, wrong, 1), ""), [(rule, mark.to_owned())], "{wrong}");
}

/// Asserts that a line more behind `after` gives this one finding.
#[track_caller]
fn more(after: &str, line: &str, rule: &'static str, mark: &str) {
    one(after, &format!("{after}\n{line}"), rule, mark);
}

const STACK: &str = "name = \"s\"";
const GATEWAY: &str = "port = 8080";
const DB: &str = "port = 5433";
const API: &str = "path = \"api\"";
const END: &str = "reports_to = \"one\"";

#[test]
fn the_stack_without_a_mistake_has_none() {
    assert_eq!(marked(RIGHT, ""), []);
}

#[test]
fn a_misspelt_table_is_all_that_is_wrong() {
    for (right, wrong) in [
        ("[stack]", "stak"),
        ("[gateway]", "gatway"),
        ("[services.db]", "service"),
        ("[services.db]", "servces"),
        ("[services.api]", "service"),
        ("[kinds.mine]", "kind"),
        ("[agents.one]", "agent"),
    ] {
        let table = right.trim_matches(['[', ']']).split('.').next().unwrap();
        one(right, &right.replace(table, wrong), "unknown-key", wrong);
    }
    one("[services.db]", "[db]", "unknown-key", "db");
    one("[agents.one]", "[one]", "unknown-key", "one");
}

#[test]
fn a_list_of_tables_where_one_table_belongs_is_all_that_is_wrong() {
    for header in ["[stack]", "[gateway]", "[services.db]", "[agents.one]"] {
        one(header, &format!("[{header}]"), "wrong-type", &format!("[{header}]"));
    }
    one("[services.db]", "[[services]]\nname = \"db\"", "wrong-type", "[[services]]");
}

#[test]
fn a_misspelt_required_key_is_not_missing_as_well() {
    one(STACK, "nam = \"s\"", "unknown-key", "nam");
    one(GATEWAY, "prot = 8080", "unknown-key", "prot");
    one("{ path = \"/api\" }", "{ paht = \"/api\" }", "unknown-key", "paht");
    one("needs = [\"db\"]", "needs = [{ servce = \"db\" }]", "unknown-key", "servce");
    one("description = \"One\"", "descripton = \"One\"", "unknown-key", "descripton");
    more(API, "mounts = [{ surce = \"api\", at = \"/x\" }]", "unknown-key", "surce");
}

#[test]
fn a_kind_that_is_not_there_or_not_whole_is_all_that_is_wrong() {
    one("\"postgres\"", "\"postgress\"", "unknown-reference", "\"postgress\"");
    one("\"fastapi\"", "\"fastapy\"", "unknown-reference", "\"fastapy\"");
    one("\"fastapi\"", "5", "wrong-type", "5");
    one("kind = \"fastapi\"", "knd = \"fastapi\"", "unknown-key", "knd");
    one("extends = \"redis\"", "extends = \"rediss\"", "unknown-reference", "\"rediss\"");
    one("extends = \"redis\"", "extend = \"redis\"", "unknown-key", "extend");
    one("extends = \"redis\"", "extends = \"mine\"", "extends-cycle", "\"mine\"");
    more("extends = \"redis\"", "ports = { main = 99999 }", "invalid-value", "99999");
    one(GATEWAY, "port = 8080\nkind = \"postgres\"", "invalid-value", "\"postgres\"");
}

#[test]
fn a_value_of_the_wrong_type_is_all_that_is_wrong() {
    for (after, line) in [
        (STACK, "include = [5]"),
        (STACK, "subnet_pool = 5"),
        (GATEWAY, "cors = 5"),
        (GATEWAY, "cors = { origins = 5 }"),
        (GATEWAY, "consumers = 5"),
        (GATEWAY, "defaults = { auth = 5 }"),
        (GATEWAY, "plugins = [5]"),
        (DB, "ports = 5"),
        (DB, "image = 5"),
        (DB, "replicas = 5.0"),
        (DB, "memory = 5"),
        (DB, "restart = 5"),
        (DB, "mounts = [5]"),
        (API, "health = 5"),
        (API, "health = { cmd = [5] }"),
        (API, "dockerfile = 5"),
        (END, "tools = [5]"),
        (END, "[secrets]\nX = 5"),
        (END, "[targets]\ndocs = 5"),
        (END, "[checks]\nport-reserved = 5"),
        (END, "[environments]\nlive = 5"),
        (END, "[environments.live.services]\napi = 5"),
    ] {
        let mark = line.rsplit(['[', ' ']).find(|word| word.starts_with('5')).unwrap();
        more(after, line, "wrong-type", mark.trim_end_matches(']'));
    }
    more(DB, "options = { version = [5] }", "wrong-type", "[5]");
    more(DB, "cpus = true", "wrong-type", "true");
    one("needs = [\"db\"]", "needs = \"db\"", "wrong-type", "\"db\"");
    one("needs = [\"db\"]", "needs = [5]", "wrong-type", "5");
    one("owns = [\"db\", \"api\", \"own\", \"kong\"]", "owns = [5]", "wrong-type", "5");
    one("\"{{ services.kong.url }}\"", "{ secret = 5 }", "wrong-type", "5");
}

#[test]
fn a_value_that_cannot_be_meant_is_all_that_is_wrong() {
    for (after, key, value) in [
        (DB, "cpus", "\"lots\""),
        (DB, "cpus", "-1"),
        (DB, "cpus", "0"),
        (DB, "memory", "\"0MB\""),
        (DB, "image", "\"\""),
        (DB, "image", "\"post gres:1\""),
        (DB, "image", "\"Postgres:1\""),
        (DB, "user", "\"\""),
        (DB, "user", "\"a b\""),
        (API, "health", "\"\""),
        (API, "health", "\"health\""),
        (API, "health", "\"/a b\""),
        (API, "health", "\"/a?b=1\""),
    ] {
        more(after, &format!("{key} = {value}"), "invalid-value", value);
    }
    for (key, value) in [("cmd", "[]"), ("interval", "\"0s\""), ("timeout", "\"0s\""), ("retries", "0")] {
        more(API, &format!("health = {{ {key} = {value} }}"), "invalid-value", value);
    }
    more(DB, "options = { version = \"a b\" }", "invalid-value", "{ version = \"a b\" }");
    one("port = 5433", "port = 99999", "invalid-value", "99999");
    one("port = 5433", "port = \"::1:5433:5432\"", "invalid-value", "\"::1:5433:5432\"");
    one("port = 5433", "port = 99999999999999999999", "syntax", "99999999999999999999");
    one("description = \"One\"", "description = \"One\"\nreports_to = \"two\"", "agent-cycle", "\"one\"");
    one("\"own\", \"kong\"]", "\"own\", \"kong\", \"db\"]", "duplicate-key", "\"db\"");
}

#[test]
fn what_an_agent_is_told_wrong_is_one_mistake() {
    let told = |line: &str, rule, mark: &str| more("description = \"One\"", line, rule, mark);
    told("paths = [\"../x\"]", "path-escape", "\"../x\"");
    told("boundaries = { edits = [\"/etc\"] }", "path-escape", "\"/etc\"");
    told("boundaries = { edit = [] }", "unknown-key", "edit");
    told("boundaries = { hands_over = [{ what = \"x\", to = \"tow\" }] }", "unknown-reference", "\"tow\"");
    told("boundaries = { hands_over = [{ what = \"x\" }] }", "missing-key", "{ what = \"x\" }");
    told("model = { claud = \"opus\" }", "unknown-reference", "claud");
    told("model = 5", "wrong-type", "5");
    told("tools = [\"Bsh\"]", "agent-tool", "\"Bsh\"");
    more(END, "paths = [\"api/docs\"]", "agent-overlap", "\"api/docs\"");
    one(END, "", "agent-root", "two");
    one(END, "reports_to = 5", "wrong-type", "5");
    one(END, "reports_two = \"one\"", "unknown-key", "reports_two");
    one(END, "reports_to = \"on\"", "unknown-reference", "\"on\"");
    one("[agents.two]", "[agents.Two]", "agent-name", "Two");
}

#[test]
fn a_reference_that_means_nothing_is_all_that_is_wrong() {
    let reference = |wrong: &str, help: &str| {
        let text = RIGHT.replacen("{{ services.kong.url }}", wrong, 1);
        let (found, _) = found(&text, "");
        assert_eq!(found.len(), 1, "{wrong}: {found:#?}");
        assert!(found[0].help.iter().any(|one| one.message.contains(help)), "{wrong}: {:?}", found[0].help);
    };
    reference("{{ services.kog.url }}", "did you mean `kong`?");
    reference("{{ services.kong.ulr }}", "did you mean `url`?");
    reference("{{ services.kong }}", "services.kong.url");
    reference("{{ services }}", "services.NAME.url");
    reference("{{ service }}", "service.url");
    reference("{{ secrets }}", "secrets.NAME");
    reference("{{ secrets.a.b }}", "secrets.NAME");
    reference("{{ secret.a }}", "did you mean `secrets`?");
    reference("{{ stack }}", "stack.name");
}

#[test]
fn a_service_is_not_told_to_need_itself() {
    let (found, _) = found(&RIGHT.replacen("needs = [\"db\"]", "needs = [\"app\"]", 1), "");
    let help: Vec<&str> = found[0].help.iter().map(|help| help.message.as_str()).collect();
    assert_eq!((found.len(), help), (1, vec!["there is `db`, `own` and `kong`"]));
}

#[test]
fn an_environment_says_no_more_than_it_can() {
    for (line, key) in [
        ("[environments.live.environments.x]", "environments"),
        ("[environments.live.stack]\ninclude = [\"part.toml\"]", "include"),
        ("[environments.live.stack]\nstackgen = \">=99\"", "stackgen"),
        ("[environments.live.targets.docs]\nout = \"docs\"", "out"),
        ("[environments.live.service.api]", "service"),
        ("[environments.live.services.api]\nreplica = 3", "replica"),
    ] {
        more(END, line, "unknown-key", key);
    }
}

#[test]
fn what_is_wrong_in_an_environment_is_said_with_its_name() {
    for (line, mark) in [
        ("[environments.live.services.api]\nreplica = 3", "replica"),
        ("[environments.live.services.api]\ncpus = \"x\"", "\"x\""),
        ("[environments.live.services.apii]\nreplicas = 3", "apii"),
        ("[environments.live.services.api]\nimage = \" \"", "\" \""),
    ] {
        let text = format!("{RIGHT}{line}\n");
        let (found, sources) = found(&text, "");
        assert_eq!(found.len(), 1, "{line}: {found:#?}");
        assert_eq!(sources.text(found[0].primary.as_ref().unwrap().span), mark);
        assert!(found[0].notes.contains(&"in environment `live`".to_owned()), "{line}");
    }
}

#[test]
fn a_patch_of_a_service_that_is_not_there_names_the_nearest() {
    let (found, _) = found(&format!("{RIGHT}[environments.live.services.apii]\nreplicas = 3\n"), "");
    assert_eq!(found[0].rule, "unknown-reference");
    assert_eq!(found[0].help[0].message, "did you mean `api`?");
}

#[test]
fn an_environment_adds_a_service_by_saying_what_it_runs() {
    let text = format!("{RIGHT}[environments.live.services.extra]\nimage = \"a:1\"\n");
    assert_eq!(marked(&text, ""), [("agent-unowned-service", "extra".to_owned())]);
}

#[test]
fn what_is_wrong_in_one_environment_stops_no_other() {
    let text = format!("{RIGHT}[environments.live.services.api]\nreplica = 3\n[environments.test]\n");
    let world = Memory::default().with("stack.toml", text).with("api/main.py", "");
    let found = |environment| {
        stackgen::validate(&world, Utf8Path::new("stack.toml"), Some(environment)).report.iter().count()
    };
    assert_eq!((found("live"), found("test")), (1, 0));
}

#[test]
fn a_fragment_is_held_to_its_shape() {
    let included = RIGHT.replacen(STACK, "name = \"s\"\ninclude = [\"part.toml\"]", 1);
    for (fragment, rule, mark) in [
        ("stack = 5", "wrong-type", "5"),
        ("[stack]\ninclude = 5", "wrong-type", "5"),
        ("[stack]\nname = \"t\"", "duplicate-key", "name"),
        ("x = = 1", "syntax", "="),
    ] {
        assert_eq!(marked(&included, fragment), [(rule, mark.to_owned())], "{fragment}");
    }
    assert_eq!(marked(&included, "\u{feff}"), []);
}

#[test]
fn who_refers_to_what_an_unreadable_file_declares_is_right() {
    let text = RIGHT.replacen(STACK, "name = \"s\"\ninclude = [\"gone.toml\"]", 1).replacen(
        "needs = [\"db\"]",
        "needs = [\"db\", \"elsewhere\"]",
        1,
    );
    assert_eq!(marked(&text, ""), [("unreadable-file", "\"gone.toml\"".to_owned())]);
}

#[test]
fn a_list_without_its_end_is_all_that_is_wrong() {
    let (found, sources) = found(&RIGHT.replacen("needs = [\"db\"]", "needs = [\"db\"", 1), "");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].message.contains("is not closed"), "{}", found[0].message);
    assert!(sources.position(found[0].primary.as_ref().unwrap().span.file, 0).line == 1);
}

#[test]
fn a_table_that_is_there_twice_is_one_mistake() {
    more(END, "[services.db]\nkind = \"redis\"\nport = 1", "syntax", "db");
}

#[test]
fn values_nested_too_deep_are_refused_where_they_stand() {
    for (open, close) in [("[", "]"), ("{a=", "}")] {
        let deep = format!("x = {}1{}", open.repeat(10_000), close.repeat(10_000));
        let rules: Vec<_> =
            marked(&format!("{RIGHT}[checks]\n{deep}\n"), "").into_iter().map(|one| one.0).collect();
        assert_eq!(rules, ["syntax"], "{open}");
    }
    for deep in [format!("x{} = 1", ".a".repeat(10_000)), format!("[x{}]", ".a".repeat(10_000))] {
        let rules: Vec<_> =
            marked(&format!("{RIGHT}[checks]\n{deep}\n"), "").into_iter().map(|one| one.0).collect();
        assert_eq!(rules, ["syntax"]);
    }
}

#[test]
fn a_control_character_is_all_that_is_wrong_with_a_text() {
    one("\"postgres\"", "\"post\0gres\"", "control-character", "\0");
    one("\"postgres\"", "\"post\\u0000gres\"", "control-character", "\"post\\u0000gres\"");
    one("[services.db]", "[services.\"d\\u0000b\"]", "control-character", "\"d\\u0000b\"");
    one("\"One\"", "\"O\rne\"", "control-character", "\r");
}

#[test]
fn a_word_in_letters_of_another_case_is_known() {
    let (found, _) = found(&RIGHT.replacen("path = \"/api\"", "path = \"/api\", methods = [\"get\"]", 1), "");
    assert_eq!(found[0].help[0].message, "did you mean `GET`?");
}

#[test]
fn a_byte_order_mark_moves_no_column() {
    let (found, sources) = found(&format!("\u{feff}wrong = 1\n{RIGHT}"), "");
    let span = found[0].primary.as_ref().unwrap().span;
    let position = sources.position(span.file, span.range().start);
    assert_eq!((position.line, position.column), (1, 1));
}

#[test]
fn a_float_stays_as_it_is_written() {
    let text = RIGHT.replacen(API, "path = \"api\"\noptions = { python = 3.10 }", 1).replacen(
        "\"{{ services.kong.url }}\"",
        "1.50",
        1,
    );
    let world = Memory::default().with("stack.toml", text).with("api/main.py", "");
    let stack = stackgen::validate(&world, Utf8Path::new("stack.toml"), None).stacks.remove(0);
    assert_eq!(stack.services["api"].options["python"].as_literal(), Some("3.10"));
    assert_eq!(stack.services["api"].environment["SELF"].value.as_literal(), Some("1.50"));
}

#[test]
fn a_number_of_cores_is_written_as_a_number_or_a_string() {
    for (written, cores) in [("0.5", "0.5"), ("2", "2"), ("\"1.50\"", "1.5")] {
        let text = RIGHT.replacen(DB, &format!("{DB}\ncpus = {written}"), 1);
        let world = Memory::default().with("stack.toml", text).with("api/main.py", "");
        let stack = stackgen::validate(&world, Utf8Path::new("stack.toml"), None).stacks.remove(0);
        assert_eq!(stack.services["db"].cpus.as_ref().unwrap().value, cores);
    }
}

#[test]
fn the_name_of_an_exported_variable_is_a_template() {
    let text = RIGHT
        .replacen(
            "extends = \"redis\"",
            "extends = \"redis\"\nexports = { \"{{service.prefix}}_AT\" = \"{{ service.host }}\" }",
            1,
        )
        .replacen("needs = [\"db\"]", "needs = [\"db\", \"own\"]", 1);
    let world = Memory::default().with("stack.toml", text).with("api/main.py", "");
    let stack = stackgen::validate(&world, Utf8Path::new("stack.toml"), None).stacks.remove(0);
    assert_eq!(stack.services["api"].environment["OWN_AT"].value.as_literal(), Some("own"));
}

#[test]
fn a_pattern_that_leads_out_of_its_folder_is_refused_before_anything_is_read() {
    for pattern in ["", "/etc/x.toml", "../x.toml", "a/../../x.toml"] {
        more(STACK, &format!("include = [\"{pattern}\"]"), "invalid-value", &format!("\"{pattern}\""));
    }
}

#[test]
fn a_table_that_says_one_thing_of_several_says_just_one() {
    let limit = "routes = [{ path = \"/api\", rate_limit = \"1/minute\", limit_by = WRONG }]";
    for wrong in ["{ header = \"X\", path = \"/x\" }", "{}"] {
        one("routes = [{ path = \"/api\" }]", &limit.replace("WRONG", wrong), "invalid-value", wrong);
    }
    let hash =
        "routes = [{ path = \"/api\" }]\nupstream = { algorithm = \"consistent-hashing\", hash_on = WRONG }";
    for wrong in ["{ header = \"X\", cookie = \"x\" }", "{}"] {
        one("routes = [{ path = \"/api\" }]", &hash.replace("WRONG", wrong), "invalid-value", wrong);
    }
}

#[test]
fn a_requirement_that_is_none_is_its_only_finding() {
    more(STACK, "stackgen = \"soon\"", "invalid-value", "\"soon\"");
}

#[test]
fn a_table_with_an_unreadable_key_is_not_blamed_for_what_else_it_lacks() {
    let limit = "routes = [{ path = \"/api\", rate_limit = \"1/minute\", limit_by = { header = 1 } }]";
    one("routes = [{ path = \"/api\" }]", limit, "wrong-type", "1");
    let hash = "upstream = { algorithm = \"consistent-hashing\", hash_on = { header = 1 } }";
    more("routes = [{ path = \"/api\" }]", hash, "wrong-type", "1");
}

#[test]
fn a_path_that_says_nothing_and_a_number_that_is_none_are_refused() {
    one("path = \"api\"", "path = \"\"", "invalid-value", "\"\"");
    more(DB, "compose_extra = { weight = inf }", "invalid-value", "inf");
}

#[test]
fn a_volume_that_compose_would_not_know_is_found() {
    let mount = "compose_extra = { volumes = [\"uploads:/x\"] }";
    more(API, mount, "compose-extra", "uploads");
}

#[test]
fn what_stands_beside_templates_and_is_none_is_passed_over() {
    let world = Memory::default()
        .with("stack.toml", RIGHT)
        .with("api/main.py", "")
        .with("templates/notes.txt", "{% broken")
        .with("templates/elsewhere/page.html.j2", "{% broken")
        .with("templates/compose/old/docker-compose.yml.j2", "{% broken");
    let compilation = stackgen::compile(&world, Utf8Path::new("stack.toml"), None);
    assert!(compilation.report.iter().next().is_none());
}

#[test]
fn a_key_of_hundreds_of_letters_is_unknown_and_no_other_is_proposed_for_it() {
    let key = "nam".repeat(100);
    more(STACK, &format!("{key} = 1"), "unknown-key", &key);
}

#[test]
fn a_conflict_that_a_merge_has_left_is_one_finding_where_it_begins() {
    let sides = "<<<<<<< HEAD\nport = 8001\n=======\nport = 8002\n[services.more]\n>>>>>>> theirs\n";
    one("port = 8001\n", sides, "syntax", "<<<<<<<");
    let (found, _) = found(&RIGHT.replacen("port = 8001\n", sides, 1), "");
    assert_eq!(found[0].message, "a merge has left a conflict here");
}

#[test]
fn a_second_header_points_at_the_first() {
    let text = format!("{RIGHT}\n[ services . db ]\nkind = \"redis\"\n");
    let (found, sources) = found(&text, "");
    assert_eq!(found.len(), 1, "{found:?}");
    let first = &found[0].secondary[0];
    assert_eq!(sources.text(first.span), "[services.db]");
}

#[test]
fn a_name_of_one_letter_is_not_taken_for_another() {
    let text = "[stack]\nname = \"s\"\n[services.a]\nimage = \"x:1\"\nneeds = [\"b\"]\n[services.c]\nimage = \"x:1\"\n";
    let (found, _) = found(text, "");
    assert!(found.iter().any(|found| found.rule == "unknown-reference"), "{found:?}");
    let helps = || found.iter().flat_map(|found| &found.help);
    assert!(helps().all(|help| !help.message.contains("did you mean")), "{found:?}");
    let turned = text.replace("\"b\"", "\"bd\"").replace("[services.c]", "[services.db]");
    let (found, _) = self::found(&turned, "");
    let helps = || found.iter().flat_map(|found| &found.help);
    assert!(helps().any(|help| help.message.contains("did you mean `db`")), "{found:?}");
}

#[test]
fn a_limit_or_size_in_the_spelling_of_others_is_answered_with_that_of_the_language() {
    let stack = RIGHT.replacen("port = 8001\n", "port = 8001\nmemory = \"1G\"\n", 1).replacen(
        "{ path = \"/api\" }",
        "{ path = \"/api\", rate_limit = \"100/min\" }, { path = \"/b\", rate_limit = \"0/minute\" }",
        1,
    );
    let (found, _) = found(&stack, "");
    let helps: Vec<&str> =
        found.iter().flat_map(|found| &found.help).map(|help| help.message.as_str()).collect();
    assert_eq!(helps, ["did you mean `1GiB`?", "did you mean `100/minute`?"], "{found:?}");
    assert!(found.iter().any(|found| found.message.contains("at least 1")), "{found:?}");
}
