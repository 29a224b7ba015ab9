//! The reference page of what templates see, `docs/template-context.md`: derived from the declarations, so that it cannot
//! drift from them.

use super::context::{
    AgentView, AskView, BackupView, BuildView, CommandView, Context, DeclaredVolumeView, ExtraVolumeView,
    FolderView, HandOverView, HealthView, ModelView, MountView, NeedView, NeighbourView, NetworkView,
    OutputView, PluginView, PortView, SecretView, ServiceView, StackView, TargetView, VariableView,
    VolumeView,
};
use super::filters::{BUILT_IN, FILTERS};
use super::gateway_context::{
    ActiveView, AddressesView, BackendView, CertificateView, ConsumerView, CorrelationView, CorsView,
    GatewayView, GroupsView, HashView, HeaderView, HealthRouteView, JwtPolicyView, JwtView, KeyPolicyView,
    MetricsView, PairView, PassiveView, RateView, RouteView, StepView, StoreView, TlsView, TransformView,
    UpstreamTargetView, UpstreamView,
};
use super::view::{Field, View};

const INTRODUCTION: &str = "\
# What templates see

Templates are [minijinja](https://docs.rs/minijinja/latest/minijinja/syntax/), a Jinja2. A tag on a line of its own leaves
no line behind. A name that does not exist is an error, also in `{% if %}`. `{% include %}`, `{% import %}` and
`{% extends %}` take paths from `templates/`: `{% include \"compose/service.yml.j2\" %}`.

`{{ value }}` writes a string, a number or a truth value in the way of the output's format: a JSON string in YAML and
JSON files, one word in shell scripts, escaped text in Markdown. So it stands for a whole value: never put quotes around
it, and join strings inside it, `{{ \"prefix-\" ~ service.name }}`. Lists, tables and none are refused: loop over them, ask
for them, or write them with `|json`. In shell scripts a line break in a value is written as `\"$newline\"`, which the
script defines at its top.

A *text* is a string in which secrets are references; each format writes those in its own way.
";

/// The page, in Markdown.
#[must_use]
pub fn context_reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    push_view::<Context>("Everything", &mut page);
    push_view::<OutputView>("`output`", &mut page);
    push_view::<StackView>("Stack", &mut page);
    push_view::<ServiceView>("Service", &mut page);
    push_view::<BuildView>("Build", &mut page);
    push_view::<PortView>("Port", &mut page);
    push_view::<NeedView>("Need", &mut page);
    push_view::<VariableView>("Variable", &mut page);
    push_view::<VolumeView>("Volume", &mut page);
    push_view::<DeclaredVolumeView>("DeclaredVolume", &mut page);
    push_view::<ExtraVolumeView>("ExtraVolume", &mut page);
    push_view::<MountView>("Mount", &mut page);
    push_view::<HealthView>("Health", &mut page);
    push_view::<BackupView>("Backup", &mut page);
    push_view::<CommandView>("Command", &mut page);
    push_view::<RouteView>("Route", &mut page);
    push_view::<HeaderView>("Header", &mut page);
    push_view::<JwtPolicyView>("JwtPolicy", &mut page);
    push_view::<KeyPolicyView>("KeyPolicy", &mut page);
    push_view::<GroupsView>("Groups", &mut page);
    push_view::<AddressesView>("Addresses", &mut page);
    push_view::<RateView>("Rate", &mut page);
    push_view::<CorsView>("Cors", &mut page);
    push_view::<TransformView>("Transform", &mut page);
    push_view::<StepView>("Step", &mut page);
    push_view::<PairView>("Pair", &mut page);
    push_view::<CorrelationView>("Correlation", &mut page);
    push_view::<PluginView>("Plugin", &mut page);
    push_view::<UpstreamView>("Upstream", &mut page);
    push_view::<HashView>("Hash", &mut page);
    push_view::<UpstreamTargetView>("UpstreamTarget", &mut page);
    push_view::<ActiveView>("Active", &mut page);
    push_view::<PassiveView>("Passive", &mut page);
    push_view::<BackendView>("Backend", &mut page);
    push_view::<GatewayView>("Gateway", &mut page);
    push_view::<HealthRouteView>("HealthRoute", &mut page);
    push_view::<TlsView>("Tls", &mut page);
    push_view::<CertificateView>("Certificate", &mut page);
    push_view::<MetricsView>("Metrics", &mut page);
    push_view::<StoreView>("Store", &mut page);
    push_view::<ConsumerView>("Consumer", &mut page);
    push_view::<JwtView>("Jwt", &mut page);
    push_view::<AgentView>("Agent", &mut page);
    push_view::<NeighbourView>("Neighbour", &mut page);
    push_view::<HandOverView>("HandOver", &mut page);
    push_view::<AskView>("Ask", &mut page);
    push_view::<ModelView>("Model", &mut page);
    push_view::<FolderView>("Folder", &mut page);
    push_view::<SecretView>("Secret", &mut page);
    push_view::<NetworkView>("Network", &mut page);
    push_view::<TargetView>("Target", &mut page);
    push_filters(&mut page);
    page
}

fn push_view<V: View>(title: &str, page: &mut String) {
    page.push_str(&format!("\n## {title}\n\n{}\n\n| field | is | |\n|---|---|---|\n", one_line(V::DOC)));
    for Field { name, doc, shape } in V::FIELDS {
        page.push_str(&format!(
            "| `{name}` | {} | {} |\n",
            shape_in_words(shape),
            one_line(doc).replace('|', "\\|")
        ));
    }
}

/// `Option<Vec<PortView>>` as people say it.
fn shape_in_words(shape: &str) -> String {
    let shape: String = shape.split_whitespace().collect();
    if let Some(inner) = argument(&shape, "Vec") {
        return format!("list of {}", shape_in_words(inner));
    }
    if let Some(inner) = argument(&shape, "Option") {
        return format!("{} or none", shape_in_words(inner));
    }
    match shape.as_str() {
        "String" => "string".to_owned(),
        "bool" => "truth value".to_owned(),
        "u16" | "u32" | "u64" | "usize" => "number".to_owned(),
        "TextValue" => "text".to_owned(),
        "Tree" => "any value".to_owned(),
        view => {
            let name = view.trim_start_matches("Shared").trim_end_matches("View");
            format!("[{name}](#{})", name.to_lowercase())
        }
    }
}

fn argument<'a>(shape: &'a str, wrapper: &str) -> Option<&'a str> {
    shape.strip_prefix(wrapper)?.strip_prefix('<')?.strip_suffix('>')
}

fn one_line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_filters(page: &mut String) {
    page.push_str("\n## Filters\n\n");
    for filter in FILTERS {
        page.push_str(&format!(
            "### `{}`\n\n{}\n\n```\n{}\n```\n\n",
            filter.name,
            one_line(filter.doc),
            filter.usage
        ));
    }
    let names: Vec<String> = BUILT_IN.iter().map(|name| format!("`{name}`")).collect();
    page.push_str(&format!(
        "And [those of minijinja](https://docs.rs/minijinja/latest/minijinja/filters/): {}.\n",
        names.join(", ")
    ));
}

#[cfg(test)]
mod tests {
    use super::context_reference;

    #[test]
    fn every_reference_to_a_view_leads_to_its_section() {
        let page = context_reference();
        let targets = page.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets {
            let found = page
                .lines()
                .any(|line| line.strip_prefix("## ").is_some_and(|title| title.to_lowercase() == target));
            assert!(found, "{target}");
        }
    }
}
