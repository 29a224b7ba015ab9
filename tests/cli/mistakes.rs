//! Every mistake of a file is said in one run, at its place, and none is said that is not there.

use crate::session::Session;

const TEN_MISTAKES: &str = r#"[stack]
name = "Shop_1"

[gateway]
port = 8000
cors = { origins = ["*"], credentials = true }

[services.db]
kind = "postgress"

[services.cache]
kind = "redis"
prot = 6379

[services.api]
kind = "fastapi"
path = "api"
port = 99999
needs = ["cache", "cahce"]
memory = "512 megs"
env = { API_TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz" }
routes = [{ path = "/api", auth = "jwt" }]

[services.backend]
kind = "django"
path = "backend"
port = 8000
"#;

/// The rule and line of each finding, in the order of the report.
fn findings(session: &Session) -> Vec<(String, u64)> {
    let ran = session.run(&["validate", "--format", "json"]).exits(2);
    let report: serde_json::Value = serde_json::from_str(&ran.stderr()).unwrap();
    let found = report["diagnostics"].as_array().unwrap().iter();
    found.map(|one| (one["rule"].as_str().unwrap().to_owned(), one["line"].as_u64().unwrap())).collect()
}

#[test]
fn ten_mistakes_give_ten_findings_in_order_of_place() {
    let session = Session::with_stack(TEN_MISTAKES).folder("api").folder("backend");
    let expected = [
        ("invalid-name", 2),
        ("port-collision", 5),
        ("insecure-cors", 6),
        ("unknown-reference", 9),
        ("unknown-key", 13),
        ("invalid-value", 18),
        ("unknown-reference", 19),
        ("invalid-value", 20),
        ("inline-secret", 21),
        ("jwt-without-consumer", 22),
    ];
    let expected: Vec<_> = expected.map(|(rule, line)| (rule.to_owned(), line)).into();
    assert_eq!(findings(&session), expected);
}

#[test]
fn a_line_that_is_not_toml_does_not_hide_the_other_mistakes() {
    let text = "[stack]\nname = \"s\"\n\n[services.a]\nimage = \"a:1\"\nport = = 1\nkindd = \"x\"\n";
    assert_eq!(
        findings(&Session::with_stack(text)),
        [("syntax".to_owned(), 6), ("unknown-key".to_owned(), 7)]
    );
}

#[test]
fn the_clash_of_gateway_and_django_names_both_services_both_lines_and_the_next_free_port() {
    let text = "[stack]\nname = \"hub\"\n\n[gateway]\nport = 8000\n\n[services.backend]\nkind = \"django\"\npath = \"backend\"\nport = 8000\n\n[services.identity]\nkind = \"fastapi\"\npath = \"backend\"\nport = 8001\n";
    let ran = Session::with_stack(text).folder("backend").run(&["check"]).exits(2);
    for words in
        ["error[port-collision]", "`backend`", "`kong`", "stack.toml:5", "10 |", "the next free port is 8002"]
    {
        assert!(ran.stderr().contains(words), "`{words}` is not in:\n{}", ran.stderr());
    }
}

#[test]
fn control_characters_are_refused_at_their_place() {
    for (written, code) in
        [("\\u0000", "U+0000"), ("\\u001b", "U+001B"), ("\\u007f", "U+007F"), ("\\r", "U+000D")]
    {
        let text = format!("[stack]\nname = \"s\"\ndescription = \"a{written}b\"\n");
        Session::with_stack(&text).run(&["check"]).exits(2).says(code).says("stack.toml:3:15");
    }
}

#[test]
fn what_only_an_environment_does_wrong_is_said_with_its_name() {
    let text = "[stack]\nname = \"s\"\n\n[services.a]\nimage = \"a:1\"\nport = 8001\n\n[services.b]\nimage = \"b:1\"\nport = 8002\n\n[environments.production.services.b]\nport = 8001\n";
    let ran = Session::with_stack(text).run(&["check"]).exits(2).says("in environment `production`");
    assert_eq!(ran.stderr().matches("error[").count(), 1);
}

#[test]
fn a_secret_that_is_found_is_shown_by_no_printer() {
    let stack = r#"
[stack]
name = "shop"

[services.pay]
kind = "container"
image = "registry.example.com/pay:1"
env = { STRIPE_KEY = "sk_live_4242424242424242abcdef", NOTE = "sk_live_4242424242424242abcdef is the key" }
"#;
    let session = Session::with_stack(stack);
    for format in ["human", "json", "github", "sarif"] {
        let ran = session.run(&["validate", "--format", format]).exits(2).says("inline-secret");
        ran.says("STRIPE_KEY").never_says("4242424242424242");
    }
}

#[test]
fn a_checkout_of_windows_means_the_same_in_texts_of_several_lines() {
    let text = "[stack]\nname = \"s\"\ndescription = \"\"\"one\ntwo\"\"\"\n";
    let [unix, windows] = [text.to_owned(), text.replace('\n', "\r\n")].map(|text| {
        let session = Session::with_stack(&text);
        session.run(&["build", "--yes"]).exits(0);
        session.read("generated/docs/STACK.md")
    });
    assert!(unix == windows && unix.contains("one"));
}

#[test]
fn a_command_that_is_a_string_is_told_its_words() {
    let text =
        "[stack]\nname = \"s\"\n[services.web]\nimage = \"nginx:1.27\"\ncommand = \"nginx -g daemon off;\"\n";
    let validate = |text: &str| Session::with_stack(text).run(&["validate"]).exits(2);
    validate(text).says("command = [\"nginx\", \"-g\", \"daemon\", \"off;\"]");
    let quoted = text.replace("nginx -g daemon off;", "nginx -g 'daemon off;'");
    validate(&quoted).says("[\"nginx -g 'daemon off;'\"]");
}

#[test]
fn an_address_in_place_of_a_health_path_is_told_its_path() {
    let text = "[stack]\nname = \"s\"\n[services.web]\nimage = \"nginx:1.27\"\nport = 80\nhealth = \"http://localhost:80/health\"\n";
    Session::with_stack(text).run(&["validate"]).exits(2).says("write `/health`");
}

#[test]
fn what_the_gateway_could_not_load_is_no_valid_route() {
    let stack = "[stack]\nname = \"s\"\n[gateway]\nport = 8080\n[services.a]\nimage = \"a:1\"\nport = 8001\n[[services.a.routes]]\nauth = \"none\"\n";
    for (route, words) in [
        ("path = \"/a%2\"", "holds a `%` without two hexadecimal digits"),
        ("path = \"/%61\"", "write `/a`"),
        ("path = \"/a\"\nheaders = { X-A = \"~*(\" }", "cannot read the regular expression `~*(`"),
        ("path = \"/a\"\ncors = { origins = [\"https://[a\"] }", "cannot read the origin `https://[a`"),
    ] {
        let text = format!("{stack}{route}\n");
        Session::with_stack(&text).run(&["validate"]).exits(2).says("error[invalid-route]").says(words);
    }
    let right = format!(
        "{stack}path = \"/a%2Fb\"\nheaders = {{ X-A = \"~*^v[0-9]$\" }}\ncors = {{ origins = [\"https://(?!b)a.example\"] }}\n"
    );
    let ran = Session::with_stack(&right).run(&["validate"]);
    assert!(!ran.stderr().contains("invalid-route"), "{}", ran.stderr());
}

#[test]
fn a_text_without_quotes_is_told_so_once_and_is_read_all_the_same() {
    let text = "[stack]\nname = \"s\"\n[services.web]\nimage = nginx:1.27\nport = 80\n[services.db]\nkind = postgres\n";
    let ran = Session::with_stack(text).run(&["validate"]).exits(2);
    let ran = ran.says("image = \"nginx:1.27\"").says("kind = \"postgres\"");
    assert_eq!(ran.stderr().matches("error[").count(), 2, "{}", ran.stderr());
}
