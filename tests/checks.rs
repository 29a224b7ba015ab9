//! What the rules promise beyond the examples of their pages.

use camino::Utf8Path;
use stackgen::diagnostics::Diagnostic;
use stackgen::source::Memory;

/// What is found in a `stack.toml`, without rendering it.
fn found(text: &str) -> Vec<Diagnostic> {
    let world = Memory::default().with("stack.toml", format!("[stack]\nname = \"s\"\n{text}"));
    stackgen::validate(&world, Utf8Path::new("stack.toml"), None).report.iter().cloned().collect()
}

/// The rules of what is found, in order of place.
fn rules(text: &str) -> Vec<&'static str> {
    found(text).iter().map(|diagnostic| diagnostic.rule).collect()
}

#[test]
fn ports_collide_where_number_protocol_and_address_overlap_and_only_there() {
    let collide = |first: &str, second: &str| {
        let text = format!(
            "[services.a]\nimage = \"a:1\"\nport = {first}\n[services.b]\nimage = \"b:1\"\nport = {second}\n"
        );
        rules(&text).contains(&"port-collision")
    };
    for (first, second) in [
        ("8001", "8001"),
        ("8001", "\"127.0.0.1:8001:80\""),
        ("8001", "\"0.0.0.0:8001:80\""),
        ("\"[::]:8001:80\"", "8001"),
        ("\"[::1]:8001:80\"", "\"0.0.0.0:8001:80\""),
        ("\"[::ffff:127.0.0.1]:8001:80\"", "8001"),
        ("\"8001:53/udp\"", "\"8001:54/udp\""),
    ] {
        assert!(collide(first, second), "{first} and {second}");
    }
    for (first, second) in [
        ("8001", "8002"),
        ("\"8001:80\"", "\"8002:80\""),
        ("8001", "\"8001:53/udp\""),
        ("\"127.0.0.2:8001:80\"", "8001"),
        ("\"[::1]:8001:80\"", "8001"),
    ] {
        assert!(!collide(first, second), "{first} and {second}");
    }
}

#[test]
fn each_of_many_services_on_one_port_is_told_a_free_port_of_its_own() {
    let services: Vec<String> =
        (0..300).map(|index| format!("[services.s{index}]\nimage = \"a:1\"\nport = 8000\n")).collect();
    let found = found(&services.concat());
    let mut free: Vec<&str> = found.iter().map(|one| one.help[0].edits[0].replacement.as_str()).collect();
    assert_eq!((found.len(), free[0]), (299, "8001"));
    free.sort_unstable();
    free.dedup();
    assert_eq!(free.len(), 299);
}

#[test]
fn a_stack_sets_how_much_a_rule_matters() {
    let floating = |checks: &str| {
        let found = found(&format!("[services.a]\nimage = \"nginx\"\n{checks}"));
        found.iter().map(|one| one.severity.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(floating(""), ["warning"]);
    assert_eq!(floating("[checks]\nfloating-tag = \"error\"\n"), ["error"]);
    assert!(floating("[checks]\nfloating-tag = \"allow\"\n").is_empty());
}

#[test]
fn a_rule_without_which_outputs_would_be_wrong_cannot_be_set() {
    let text =
        "[services.A]\nimage = \"a:1\"\n[checks]\ninvalid-name = \"allow\"\nport-colision = \"allow\"\n";
    assert_eq!(rules(text), ["invalid-name", "invalid-value", "unknown-reference"]);
}

#[test]
fn what_several_environments_show_is_said_once_with_their_names() {
    let text = "[services.a]\nimage = \"a:1\"\nport = 8001\n\
                [environments.staging.services.a]\nimage = \"a\"\n\
                [environments.production]\n";
    assert_eq!(found(text)[0].notes, ["in environment `staging`"]);
    let text = "[services.A]\nimage = \"a:1\"\n[environments.staging]\n[environments.production]\n";
    assert!(found(text).len() == 1 && !found(text)[0].notes.iter().any(|note| note.contains("environment")));
}

#[test]
fn a_kind_that_extends_its_own_name_changes_the_one_whose_place_it_takes() {
    let image = |own: &str, file: &str| {
        let stack = format!("[stack]\nname = \"s\"\n[services.db]\nkind = \"postgres\"\n{own}");
        let world = Memory::default().with("stack.toml", stack);
        let world = if file.is_empty() { world } else { world.with("templates/kinds/postgres.toml", file) };
        let compiled = stackgen::validate(&world, Utf8Path::new("stack.toml"), None);
        let found: Vec<_> = compiled.report.iter().collect();
        assert!(found.is_empty(), "{found:?}");
        let db = &compiled.stacks[0].services["db"];
        assert_eq!(db.ports[0].container, 5432);
        db.image.as_ref().unwrap().value.as_literal().unwrap().to_owned()
    };
    let extended = |image: &str| format!("extends = \"postgres\"\nimage = \"{image}\"\n");
    assert_eq!(image("", &extended("own:1")), "own:1");
    assert_eq!(image(&format!("[kinds.postgres]\n{}", extended("own:2")), ""), "own:2");
    let both = image(&format!("[kinds.postgres]\n{}", extended("own:2")), &extended("own:1"));
    assert_eq!(both, "own:2");
}

#[test]
fn an_environment_can_allow_what_the_base_does_not() {
    let text = "[services.a]\nimage = \"a:1\"\nport = 8080\n\
                [environments.production.services.a]\nport = 80\n";
    assert_eq!(rules(text), ["port-reserved"]);
    let allowed = format!("{text}[environments.production.checks]\nport-reserved = \"allow\"\n");
    assert!(rules(&allowed).is_empty());
}

#[test]
fn what_could_not_be_read_is_not_missing_as_well() {
    for (text, expected) in [
        (
            "[gateway]\nport = 8080\n[services.a]\nimage = \"a:1\"\nport = 99999\nroutes = [{ path = \"/\" }]\n",
            "invalid-value",
        ),
        (
            "[gateway]\nport = 8080\n[services.a]\nimage = \"a:1\"\nprot = 8001\nroutes = [{ path = \"/\" }]\n",
            "unknown-key",
        ),
        (
            "[gatway]\nport = 8080\n[services.a]\nimage = \"a:1\"\nport = 8001\nroutes = [{ path = \"/\" }]\n",
            "unknown-key",
        ),
        (
            "[gateway]\nport = 8080\n[gateway.consumers.web]\njwt = { key = \"web\" }\n[services.a]\nimage = \"a:1\"\nport = 8001\nroutes = [{ path = \"/\", auth = \"jwt\" }]\n",
            "missing-key",
        ),
        ("[services.a]\nimagee = \"a:1\"\n", "unknown-key"),
        (
            "[services.a]\nimage = \"a:1\"\n[agents.one]\ndescription = \"One\"\nown = [\"a\"]\n",
            "unknown-key",
        ),
        (
            "[services.abc]\nimage = \"a:1\"\n[agents.one]\ndescription = \"One\"\nowns = [\"abd\"]\n",
            "unknown-reference",
        ),
    ] {
        assert_eq!(rules(text), [expected], "{text}");
    }
}

#[test]
fn every_circle_of_needs_is_found_however_long() {
    let service =
        |name: &str, needs: &str| format!("[services.{name}]\nimage = \"a:1\"\nneeds = [{needs}]\n");
    let two = [service("a", "\"b\", \"c\""), service("b", "\"a\""), service("c", "\"a\"")].concat();
    assert_eq!(rules(&two), ["dependency-cycle", "dependency-cycle"]);
    let long: String =
        (0..2_000).map(|at| service(&format!("s{at}"), &format!("\"s{}\"", (at + 1) % 2_000))).collect();
    let found = found(&long);
    assert_eq!((found.len(), found[0].secondary.len()), (1, 1_999));
    assert_eq!(rules(&service("a", "\"a\"")), ["dependency-cycle"]);
}

#[test]
fn an_edit_for_two_needs_of_one_variable_fits_every_way_to_write_a_need() {
    let databases = "[services.x]\nkind = \"postgres\"\n[services.y]\nkind = \"postgres\"\n[services.a]\nimage = \"a:1\"\n";
    for (needs, mended) in [
        ("needs = [\"x\", \"y\"]\n", "needs = [\"x\", { service = \"y\", as = \"Y\" }]\n"),
        ("needs = [\"x\", { service = \"y\" }]\n", "needs = [\"x\", { service = \"y\", as = \"Y\" }]\n"),
        (
            "needs = [{ service = \"x\", as = \"P\" }, { service = \"y\", as = \"P\" }]\n",
            "needs = [{ service = \"x\", as = \"P\" }, { service = \"y\", as = \"Y\" }]\n",
        ),
        (
            "[[services.a.needs]]\nservice = \"x\"\n[[services.a.needs]]\nservice = \"y\"\n",
            "[[services.a.needs]]\nservice = \"x\"\n[[services.a.needs]]\nservice = \"y\"\nas = \"Y\"\n",
        ),
    ] {
        let text = format!("[stack]\nname = \"s\"\n{databases}{needs}");
        let found = found(&format!("{databases}{needs}"));
        assert_eq!(found.len(), 1, "{needs}");
        let edit = &found[0].help[0].edits[0];
        let mut edited = text.clone();
        edited.replace_range(edit.span.range(), &edit.replacement);
        assert_eq!(edited, format!("[stack]\nname = \"s\"\n{databases}{mended}"));
        assert!(rules(&format!("{databases}{mended}")).is_empty(), "{mended}");
    }
}

#[test]
fn a_secret_is_unused_only_if_nothing_in_any_environment_may_read_it() {
    let stack = "[services.web]\nimage = \"example/web:1\"\n[secrets.API_KEY]\nexternal = true\n";
    assert_eq!(rules(stack), ["unused-secret"]);
    let read = "env = { KEY = { secret = \"API_KEY\" } }\n";
    assert!(rules(&format!("{stack}[environments.production.services.web]\n{read}")).is_empty());
    let on_the_host =
        format!("{stack}[services.page]\nkind = \"container\"\nimage = \"a:1\"\nrun = \"host\"\n{read}");
    assert!(!rules(&on_the_host).contains(&"unused-secret"));
    assert_eq!(rules(&format!("{stack}[services.other]\nimage = 7\n{read}")), ["wrong-type"]);
}

/// A stack of one database whose volume has a name of its own, and an environment that says of it what is given.
fn pinned(environment: &str) -> Vec<Diagnostic> {
    found(&format!(
        "[services.db]\nkind = \"postgres\"\nport = 5433\n[compose_extra.volumes.db-data]\nname = \"s_pg\"\n\
         [environments.e]\n{environment}"
    ))
}

#[test]
fn a_pinned_name_is_shared_by_stacks_of_different_names_alone_unless_it_is_somebody_elses() {
    let is_shared = |environment: &str| {
        let found = pinned(environment);
        assert!(found.iter().all(|one| one.rule == "pinned-name"), "{found:?}");
        !found.is_empty()
    };
    let named = "stack.name = \"s-e\"\nservices.db.port = 5533\n";
    assert!(is_shared(named));
    assert!(!is_shared("services.db.port = 5533\n"));
    assert!(!is_shared(&format!("{named}compose_extra.volumes.db-data.name = \"s-e_pg\"\n")));
    assert!(!is_shared(&format!("{named}without = [\"compose_extra.volumes.db-data\"]\n")));
    assert!(!is_shared(&format!("{named}compose_extra.volumes.db-data.external = true\n")));
    assert!(!is_shared("stack.name = \"s-e\"\nwithout = [\"services.db\"]\n"));
    // The name that the base's volume has of itself is as good as one that is said.
    let text = "[services.db]\nkind = \"postgres\"\nport = 5433\n[environments.e]\nstack.name = \"s-e\"\nservices.db.port = 5533\n\
                compose_extra.volumes.db-data.name = \"s_db-data\"\n";
    assert_eq!(rules(text), ["pinned-name"]);
    // A variable is one for both, but for that of the project.
    let variable = |name: &str| {
        rules(&format!(
            "[services.web]\nimage = \"a:1\"\ncompose_extra = {{ container_name = \"{name}\" }}\n[environments.e]\nstack.name = \"s-e\"\n"
        ))
    };
    assert_eq!(variable("${WHO:-shop}-web"), ["pinned-name"]);
    assert!(variable("${COMPOSE_PROJECT_NAME}-web").is_empty());
}

/// What is found in a service that says something in Compose's own words, beside one that it may name and one on the machine itself.
fn said_in_composes_words(extra: &str, file: &str) -> Vec<String> {
    let text = format!(
        "[services.web]\nimage = \"a:1\"\ncompose_extra = {{ {extra} }}\n[services.db]\nimage = \"b:1\"\n\
         [services.own]\nrun = \"host\"\npath = \".\"\ncommand = [\"x\"]\n{file}"
    );
    found(&text).iter().map(|one| format!("{}: {}", one.rule, one.message)).collect()
}

#[test]
fn what_composes_own_words_name_and_nobody_declares_is_found_wherever_it_stands() {
    let service = "unknown-reference: there is no service `zzz`";
    for (extra, expected) in [
        (
            "secrets = [\"zzz\"]",
            "compose-extra: `web` reads the secret `zzz`, which the Compose file does not declare",
        ),
        (
            "secrets = [{ source = \"zzz\" }]",
            "compose-extra: `web` reads the secret `zzz`, which the Compose file does not declare",
        ),
        (
            "configs = [\"zzz\"]",
            "compose-extra: `web` reads the config `zzz`, which the Compose file does not declare",
        ),
        (
            "networks = { zzz = {} }",
            "compose-extra: `web` is on the network `zzz`, which the Compose file does not declare",
        ),
        (
            "networks = [\"zzz\"]",
            "compose-extra: `web` is on the network `zzz`, which the Compose file does not declare",
        ),
        (
            "volumes = [\"zzz:/z\"]",
            "compose-extra: `web` mounts the volume `zzz`, which the Compose file does not declare",
        ),
        ("links = [\"zzz:z\"]", service),
        ("depends_on = { zzz = { condition = \"service_started\" } }", service),
        ("depends_on = [\"zzz\"]", service),
        ("volumes_from = [\"zzz:ro\"]", service),
        ("pid = \"service:zzz\"", service),
        ("network_mode = \"service:zzz\"", service),
        ("ipc = \"service:zzz\"", service),
        ("extends = { service = \"zzz\" }", service),
        (
            "depends_on = [\"own\"]",
            "compose-extra: `depends_on` of `web` names `own`, which runs on the machine itself",
        ),
    ] {
        assert_eq!(said_in_composes_words(extra, ""), [expected], "{extra}");
    }
}

#[test]
fn what_composes_own_words_name_and_somebody_declares_is_well() {
    let file = "[compose_extra]\nsecrets.s.file = \"s\"\nconfigs.c.content = \"c\"\nnetworks.n = {}\nvolumes.v = {}\n";
    for extra in [
        "secrets = [\"s\", { source = \"s\" }], configs = [\"c\"], networks = [\"n\", \"default\"]",
        "volumes = [\"v:/v\", \"./here:/h\", \"${WHICH}:/w\", { type = \"bind\", source = \"/x\", target = \"/x\" }]",
        "links = [\"db:store\"], depends_on = [\"db\"], volumes_from = [\"container:them\", \"db\"]",
        "depends_on = { zzz = { condition = \"service_started\", required = false } }",
        "pid = \"host\", ipc = \"shareable\"",
        "network_mode = \"service:db\"",
        "extends = { service = \"zzz\", file = \"more.yml\" }",
    ] {
        assert_eq!(said_in_composes_words(extra, file), Vec::<String>::new(), "{extra}");
    }
}

#[test]
fn a_circle_in_composes_own_words_is_one_and_one_name_is_not_for_several_containers() {
    let text = "[services.a]\nimage = \"a:1\"\ncompose_extra = { depends_on = [\"b\"] }\n[services.b]\nimage = \"b:1\"\nneeds = [\"a\"]\n";
    let found = found(text);
    assert_eq!((found.len(), found[0].rule), (1, "dependency-cycle"));
    let labels = found[0].primary.iter().chain(&found[0].secondary).map(|label| label.text.as_str());
    assert_eq!(labels.collect::<Vec<_>>(), ["`a` waits for `b` by its `depends_on`", "`b` needs `a`"]);
    let several = "[services.a]\nimage = \"a:1\"\nreplicas = 2\ncompose_extra = { container_name = \"a\" }\n";
    assert_eq!(rules(several), ["compose-extra"]);
    assert!(rules(&several.replace('2', "1")).is_empty());
}

#[test]
fn what_only_a_profile_starts_is_needed_by_those_alone_that_the_same_profiles_start() {
    let is_refused = |of_web: &str, says: &str, of_mail: &str| {
        let text = format!(
            "[services.web]\nimage = \"a:1\"\n{says}\ncompose_extra = {{ {of_web} }}\n[services.mail]\nimage = \"b:1\"\ncompose_extra = {{ {of_mail} }}\n"
        );
        let rules = rules(&text);
        assert!(rules.iter().all(|rule| *rule == "profile-need"), "{rules:?}");
        !rules.is_empty()
    };
    let (needs, dev) = ("needs = [\"mail\"]", "profiles = [\"dev\"]");
    assert!(is_refused("", needs, dev));
    assert!(is_refused("profiles = [\"test\"]", needs, dev));
    assert!(is_refused("profiles = [\"dev\", \"test\"]", needs, dev));
    assert!(is_refused("depends_on = [\"mail\"]", "", dev));
    assert!(is_refused("network_mode = \"service:mail\"", "", dev));
    assert!(!is_refused(dev, needs, dev));
    assert!(!is_refused(dev, needs, "profiles = [\"test\", \"dev\"]"));
    assert!(!is_refused(dev, needs, ""));
    assert!(!is_refused("", needs, "profiles = []"));
    assert!(!is_refused("", "", dev));
    let optional = "depends_on = { mail = { condition = \"service_started\", required = false } }";
    assert!(!is_refused(optional, "", dev));
}

#[test]
fn an_image_in_an_environment_takes_the_place_of_the_build_and_of_how_it_is_built() {
    let world = |text: &str| {
        let world = Memory::default().with("a/Dockerfile", "FROM scratch AS dev\n");
        world.with("stack.toml", format!("[stack]\nname = \"s\"\n[services.a]\n{text}"))
    };
    let stack = "path = \"a\"\ncompose_extra = { build = { target = \"dev\" } }\n[environments.prod.services.a]\nimage = \"reg.io/a:1\"\n";
    let made = stackgen::compile(&world(stack), Utf8Path::new("stack.toml"), None);
    assert!(made.report.is_empty(), "{:?}", made.report.iter().collect::<Vec<_>>());
    let compose = |environment: Option<&str>| {
        let made = made.outputs.iter().find(|output| {
            output.environment.as_deref() == environment && output.path.ends_with("docker-compose.yml")
        });
        made.map(|output| output.contents.clone()).unwrap_or_default()
    };
    assert!(compose(None).contains("\"target\": \"dev\""), "{}", compose(None));
    assert!(!compose(Some("prod")).contains("build:") && compose(Some("prod")).contains("reg.io/a:1"));
    let alone = world("image = \"reg.io/a:1\"\ncompose_extra = { build = { target = \"dev\" } }\n");
    let found = stackgen::validate(&alone, Utf8Path::new("stack.toml"), None);
    let found: Vec<_> = found.report.iter().collect();
    assert_eq!((found.len(), found[0].rule), (1, "compose-extra"));
    assert!(found[0].primary.is_some());
}

#[test]
fn an_environment_that_says_with_the_word_what_the_base_says_in_composes_words_is_told_how() {
    let stack = |without: &str| {
        found(&format!(
            "[services.x]\nimage = \"a:1\"\ncompose_extra = {{ environment = {{ DEBUG = \"0\" }} }}\n\
             [environments.dev]\n{without}\n[environments.dev.services.x]\nenv = {{ DEBUG = \"1\" }}\n"
        ))
    };
    let refused = stack("");
    let way_out = "without = [\"services.x.compose_extra.environment.DEBUG\"]";
    assert_eq!(refused.len(), 1);
    assert!(refused[0].help.iter().any(|help| help.message.contains(way_out)), "{refused:?}");
    assert!(stack(way_out).is_empty());
}

#[test]
fn what_a_broken_line_may_have_declared_is_not_called_undeclared() {
    let text = "[services.x]\nimage = \"a:1\"\ncompose_extra = { volumes = [\"media:/m\"] }\n<<<<<<< ours\n[compose_extra.volumes.media]\n";
    assert!(rules(text).iter().all(|rule| *rule == "syntax"), "{:?}", rules(text));
}

#[test]
fn a_mistake_in_what_a_kind_exports_is_the_kinds_and_not_a_port_that_is_missing() {
    let places = |kind: &str, search: &str| {
        let stack = format!(
            "[stack]\nname = \"s\"\n[services.search]\nkind = \"search\"\n{search}\n[services.api]\nimage = \"a:1\"\nneeds = [\"search\"]\n\
             [services.web]\nimage = \"a:1\"\nneeds = [\"search\"]\n"
        );
        let kind = format!("description = \"d\"\n{kind}\n");
        let world = Memory::default().with("stack.toml", stack).with("templates/kinds/search.toml", kind);
        let found = stackgen::validate(&world, Utf8Path::new("stack.toml"), None);
        let place = |one: &Diagnostic| {
            let file = one.primary.as_ref().map(|label| found.sources.file(label.span.file).path.clone());
            format!("{} in {}: {}", one.rule, file.unwrap_or_default(), one.message)
        };
        found.report.iter().map(place).collect::<Vec<_>>()
    };
    let kind = "unknown-reference in templates/kinds/search.toml:";
    let with_port = "image = \"x:1\"\nports = { main = 7700 }\n";
    assert_eq!(
        places(&format!("{with_port}exports = {{ U = \"{{{{ service.url }}}}\" }}"), "port = 7700"),
        [format!("{kind} `url` is no fact of this service")]
    );
    assert_eq!(
        places(&format!("{with_port}exports = {{ K = \"{{{{ secrets.kei }}}}\" }}"), "port = 7700"),
        [format!("{kind} `kei` is no secret of this kind")]
    );
    assert_eq!(
        places("image = \"x/y:{{ options.version }}\"", ""),
        [format!("{kind} `version` is no option of this kind")]
    );
    let without = places("image = \"x:1\"\nscheme = \"http\"\nexports = { U = \"{{ service.url }}\" }", "");
    assert!(
        without.len() == 2 && without.iter().all(|one| one.ends_with("needs `search`, which has no port")),
        "{without:?}"
    );
}
