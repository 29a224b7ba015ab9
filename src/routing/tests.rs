use super::{Reason, Request, RouteSpec, Scheme, Table};

fn route(name: &str, paths: &[&str]) -> RouteSpec {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    RouteSpec { name: name.to_owned(), paths, ..RouteSpec::default() }
}

fn with_methods(spec: RouteSpec, methods: &[&str]) -> RouteSpec {
    RouteSpec { methods: methods.iter().map(|method| (*method).to_owned()).collect(), ..spec }
}

fn with_hosts(spec: RouteSpec, hosts: &[&str]) -> RouteSpec {
    RouteSpec { hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), ..spec }
}

fn with_header(mut spec: RouteSpec, name: &str, value: &str) -> RouteSpec {
    spec.headers.push((name.to_owned(), vec![value.to_owned()]));
    spec
}

fn get(target: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        scheme: Scheme::Http,
        host: Some("shop.example.com".to_owned()),
        target: target.to_owned(),
        headers: Vec::new(),
    }
}

/// The names of the routes that match, in order.
fn taken<'a>(specs: &'a [RouteSpec], request: &Request) -> Vec<&'a str> {
    Table::new(specs).matches(request).iter().map(|found| specs[found.row.route].name.as_str()).collect()
}

#[test]
fn among_prefixes_the_longest_is_asked_first() {
    let specs = [route("root", &["/"]), route("users", &["/api/users"]), route("api", &["/api"])];
    assert_eq!(taken(&specs, &get("/api/users/7")), ["users", "api", "root"]);
    assert_eq!(taken(&specs, &get("/apis")), ["api", "root"]);
}

#[test]
fn a_route_that_says_more_comes_before_a_longer_path() {
    let specs = [
        route("long", &["/api/users/all"]),
        with_methods(route("methods", &["/"]), &["GET"]),
        with_hosts(with_methods(route("both", &["/api"]), &["GET"]), &["shop.example.com"]),
    ];
    assert_eq!(taken(&specs, &get("/api/users/all")), ["both", "methods", "long"]);
}

#[test]
fn a_plain_host_comes_before_a_wildcard_and_before_headers_are_counted() {
    let wildcard = with_hosts(route("wildcard", &["/api/users"]), &["*.example.com"]);
    let specs = [
        with_header(with_header(wildcard, "x-a", "1"), "x-b", "2"),
        with_header(with_hosts(route("plain", &["/"]), &["shop.example.com"]), "x-a", "1"),
    ];
    let mut request = get("/api/users");
    request.headers = vec![("X-A".to_owned(), "1".to_owned()), ("x_b".to_owned(), "2".to_owned())];
    assert_eq!(taken(&specs, &request), ["plain", "wildcard"]);
}

#[test]
fn an_expression_comes_before_a_prefix_that_says_more() {
    // Seen on real Kong 3.9.3, whose numbers come out otherwise than its comments say.
    let specs = [with_methods(route("methods", &["/w"]), &["GET"]), route("expression", &["~/w/[0-9]+"])];
    assert_eq!(taken(&specs, &get("/w/7")), ["expression", "methods"]);
    let hosts = with_hosts(route("host", &["/v"]), &["shop.example.com"]);
    let specs = [with_methods(route("more", &["/v"]), &["GET"]), hosts];
    assert_eq!(taken(&specs, &get("/v")), ["host", "more"]);
}

#[test]
fn an_expression_comes_before_every_prefix_and_the_higher_priority_before_the_lower() {
    let specs = [
        route("prefix", &["/api/users/all"]),
        route("low", &["~/api/users/.*"]),
        RouteSpec { regex_priority: 1, ..route("high", &["~/api/.*"]) },
    ];
    assert_eq!(taken(&specs, &get("/api/users/all")), ["high", "low", "prefix"]);
}

#[test]
fn a_route_whose_paths_do_not_rank_alike_stands_in_several_places() {
    let specs = [route("several", &["/", "/api/users", "~/x$"]), route("api", &["/api"])];
    let table = Table::new(&specs);
    let order: Vec<String> = table.rows().iter().map(|row| row.paths[0].to_string()).collect();
    assert_eq!(order, ["~/x$", "/api/users", "/api", "/"]);
}

#[test]
fn where_nothing_else_decides_the_ids_of_the_names_do() {
    let specs = [route("a", &["/x"]), route("b", &["/x"])];
    let table = Table::new(&specs);
    let [first, second] = table.rows() else { panic!("two rows") };
    assert!(first.rank.ties(second.rank));
    assert_eq!(first.rank.reason_before(second.rank), Reason::Name);
    let first = &specs[first.route].name;
    let reversed: Vec<RouteSpec> = specs.iter().rev().cloned().collect();
    assert_eq!(
        &reversed[Table::new(&reversed).rows()[0].route].name,
        first,
        "the file's order decides nothing"
    );
}

#[test]
fn header_values_are_compared_without_case_and_one_of_several_is_enough() {
    let specs = [with_header(route("a", &["/"]), "X-Version", "V2")];
    let mut request = get("/");
    assert!(taken(&specs, &request).is_empty());
    request.headers = vec![("x-version".into(), "1".into()), ("x-version".into(), "v2".into())];
    assert_eq!(taken(&specs, &request), ["a"]);
    let expression = [with_header(route("a", &["/"]), "x-version", "~*^v[0-9]$")];
    assert_eq!(taken(&expression, &request), ["a"]);
}

/// What is shadowed, as `path by path`, `whole` where nothing is left.
fn shadows(specs: &[RouteSpec]) -> Vec<String> {
    let table = Table::new(specs);
    let name = |row: usize| specs[table.rows()[row].route].name.as_str();
    let shown = |shadow: &super::Shadow| {
        let whole = if shadow.whole { " whole" } else { "" };
        format!("{} by {}{whole}", name(shadow.shadowed), name(shadow.taker))
    };
    table.shadows().iter().map(shown).collect()
}

#[test]
fn a_longer_prefix_beside_a_shorter_one_is_no_shadow() {
    let specs = [route("api", &["/api/v1"]), route("users", &["/api/v1/users"]), route("root", &["/"])];
    assert!(shadows(&specs).is_empty());
    assert!(Table::new(&specs).ties().is_empty());
}

#[test]
fn an_expression_that_takes_all_below_a_prefix_shadows_it_as_a_whole() {
    let prefix = || route("users", &["/api/v1/users"]);
    assert_eq!(shadows(&[prefix(), route("all", &["~/api/.*"])]), ["users by all whole"]);
    assert!(shadows(&[prefix(), route("one", &[r"~/api/v1/users/\d+$"])]).is_empty());
    assert!(shadows(&[prefix(), route("end", &["~/api/v1/users$"])]).is_empty());
    let some = with_methods(route("all", &["~/api/.*"]), &["GET"]);
    assert_eq!(shadows(&[prefix(), some.clone()]), ["users by all"]);
    assert_eq!(shadows(&[with_methods(prefix(), &["GET"]), some.clone()]), ["users by all whole"]);
    assert!(shadows(&[with_methods(prefix(), &["POST"]), some]).is_empty());
    let elsewhere = with_hosts(route("all", &["~/api/.*"]), &["a.example.com"]);
    assert!(shadows(&[with_hosts(prefix(), &["b.example.com"]), elsewhere]).is_empty());
}

#[test]
fn a_shorter_prefix_that_says_more_shadows_a_part() {
    let specs = [with_methods(route("root", &["/"]), &["GET"]), route("users", &["/api/users"])];
    assert_eq!(shadows(&specs), ["users by root"]);
    let specs = [with_hosts(route("root", &["/"]), &["shop.example.com"]), route("users", &["/api/users"])];
    assert_eq!(shadows(&specs), ["users by root"]);
    let host_alone = with_methods(with_hosts(route("host", &[]), &["shop.example.com"]), &["GET"]);
    assert_eq!(shadows(&[host_alone, route("users", &["/api/users"])]), ["users by host"]);
}

#[test]
fn routes_tie_where_they_share_path_method_host_and_header() {
    let ties = |specs: &[RouteSpec]| Table::new(specs).ties().len();
    let one = || route("one", &["/x"]);
    let two = || route("two", &["/x"]);
    assert_eq!(ties(&[one(), two()]), 1);
    assert_eq!(ties(&[one(), with_methods(two(), &["GET"])]), 0);
    assert_eq!(ties(&[with_methods(one(), &["GET", "POST"]), with_methods(two(), &["POST"])]), 1);
    assert_eq!(ties(&[with_methods(one(), &["GET"]), with_methods(two(), &["POST"])]), 0);
    assert_eq!(ties(&[with_hosts(one(), &["a.b"]), with_hosts(two(), &["c.d"])]), 0);
    assert_eq!(ties(&[with_hosts(one(), &["a.b", "c.d"]), with_hosts(two(), &["c.d"])]), 1);
    assert_eq!(ties(&[with_hosts(one(), &["*.b.c"]), with_hosts(two(), &["*.c"])]), 1);
    assert_eq!(ties(&[with_header(one(), "v", "1"), with_header(two(), "v", "2")]), 0);
    assert_eq!(ties(&[with_header(one(), "v", "1"), with_header(two(), "V", "1")]), 1);
    assert_eq!(ties(&[route("one", &["~/a"]), route("two", &["~/a"])]), 1);
    assert_eq!(ties(&[route("one", &["/x", "/y"]), route("two", &["/y", "/x"])]), 1);
}
