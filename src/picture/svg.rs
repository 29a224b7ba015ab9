//! A stack's services and needs as an SVG picture.

use std::fmt::Write as _;

use super::layout::{Edge, Node, Point, layout};
use crate::model::{Service, Stack};
use crate::source::language::{Placement, Role};

/// About how wide a letter is, in hundredths of a pixel: fonts differ, and boxes leave room for that.
const LETTER: u32 = 760;

const ONE_LINE: u32 = 36;
const TWO_LINES: u32 = 50;

const HEAD: &str = "\
<style>
text { font: 13px system-ui, sans-serif; text-anchor: middle; fill: #1b1f24; }
.port { font-size: 11px; fill: #57606a; }
.box { stroke-width: 1.4; }
.service { fill: #ddf4ff; stroke: #0969da; }
.worker { fill: #fbefff; stroke: #8250df; }
.gateway { fill: #fff8c5; stroke: #9a6700; }
.frontend { fill: #dafbe1; stroke: #1a7f37; }
.data { fill: #eef1f4; stroke: #57606a; }
.host { stroke-dasharray: 5 3; }
.need { fill: none; stroke: #8c959f; stroke-width: 1.3; }
</style>
<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#8c959f\"/></marker></defs>
";

/// The picture of a stack: a box a service, an arrow from each to what it needs. The same stack gives the same bytes.
#[must_use]
pub fn svg(stack: &Stack) -> String {
    let services: Vec<&Service> = stack.services.values().collect();
    let boxes: Vec<Node> = services.iter().map(|service| size(service)).collect();
    let needs: Vec<Vec<usize>> = services.iter().map(|service| needs(stack, service)).collect();
    let picture = layout(&boxes, &needs);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">\n<title>{2}</title>\n{HEAD}\
         <rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
        picture.width,
        picture.height,
        escaped(&format!("The services of {}, and what each needs", stack.name.value))
    );
    for edge in &picture.edges {
        let (from, to) = (&services[edge.from].name, &services[edge.to].name);
        let title = escaped(&format!("{} needs {}", from.value, to.value));
        let _ = writeln!(
            text,
            "<path class=\"need\" d=\"{}\" marker-end=\"url(#tip)\"><title>{title}</title></path>",
            curve(edge)
        );
    }
    for (index, service) in services.iter().enumerate() {
        push_box(&mut text, service, picture.nodes[index], boxes[index]);
    }
    text.push_str("</svg>\n");
    text
}

fn needs(stack: &Stack, service: &Service) -> Vec<usize> {
    let mut needs: Vec<usize> = Vec::new();
    for need in &service.needs {
        if let Some(index) = stack.services.get_index_of(&need.service.value)
            && !needs.contains(&index)
        {
            needs.push(index);
        }
    }
    needs
}

/// The port of the machine that its box names.
fn port(service: &Service) -> Option<u16> {
    service.ports.first()?.published.map(|published| published.port)
}

fn size(service: &Service) -> Node {
    let letters = u32::try_from(service.name.chars().count()).unwrap_or(u32::MAX).min(63);
    let height = if port(service).is_some() { TWO_LINES } else { ONE_LINE };
    Node { width: (letters * LETTER / 100).max(48) + 36, height }
}

fn push_box(text: &mut String, service: &Service, at: Point, size: Node) {
    let class = match service.role {
        Role::Database | Role::Cache | Role::Broker => "data",
        Role::Service => "service",
        Role::Worker => "worker",
        Role::Gateway => "gateway",
        Role::Frontend => "frontend",
    };
    let host = if service.placement == Placement::Host { " host" } else { "" };
    let Point { x, y } = at;
    let Node { width, height } = size;
    let _ = writeln!(
        text,
        "<g><title>{}</title>",
        escaped(&format!("{}: {}", service.name.value, service.kind.value))
    );
    if class == "data" {
        let _ = writeln!(text, "{}", cylinder(at, size, host));
    } else {
        let round = if class == "gateway" { height / 2 } else { 7 };
        let _ = writeln!(
            text,
            "<rect class=\"box {class}{host}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        );
    }
    let middle = x + width / 2;
    let lift = if class == "data" { 5 } else { 0 };
    let _ = match port(service) {
        Some(port) => writeln!(
            text,
            "<text x=\"{middle}\" y=\"{}\">{}</text><text class=\"port\" x=\"{middle}\" y=\"{}\">:{port}</text></g>",
            y + 22 + lift,
            escaped(&service.name),
            y + 38 + lift
        ),
        None => writeln!(
            text,
            "<text x=\"{middle}\" y=\"{}\">{}</text></g>",
            y + 23 + lift,
            escaped(&service.name)
        ),
    };
}

/// A barrel with its lid.
fn cylinder(at: Point, size: Node, host: &str) -> String {
    const LID: u32 = 6;
    let (left, right) = (at.x, at.x + size.width);
    let (top, bottom, half) = (at.y + LID, at.y + size.height - LID, size.width / 2);
    format!(
        "<path class=\"box data{host}\" d=\"M{left} {top}V{bottom}A{half} {LID} 0 0 0 {right} {bottom}V{top}\"/>\
         <ellipse class=\"box data{host}\" cx=\"{}\" cy=\"{top}\" rx=\"{half}\" ry=\"{LID}\"/>",
        left + half
    )
}

/// A line that leaves and comes level.
fn curve(edge: &Edge) -> String {
    let mut path = String::new();
    let mut last: Option<Point> = None;
    for (index, point) in edge.points.iter().enumerate() {
        match last {
            None => {
                let _ = write!(path, "M{} {}", point.x, point.y);
            }
            // From the left side of a gap to its right, the way is straight.
            Some(_) if index % 2 == 0 => {
                let _ = write!(path, "H{}", point.x);
            }
            Some(from) => {
                let bend = from.x.abs_diff(point.x) / 2;
                let _ = write!(
                    path,
                    "C{} {} {} {} {} {}",
                    from.x + bend,
                    from.y,
                    i64::from(point.x) - i64::from(bend),
                    point.y,
                    point.x,
                    point.y
                );
            }
        }
        last = Some(*point);
    }
    path
}

/// Text as XML takes it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for found in text.chars() {
        match found {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write the others.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::svg;
    use crate::source::Memory;

    fn drawn(text: &str) -> String {
        let world = Memory::default().with("stack.toml", text);
        svg(&crate::validate(&world, Utf8Path::new("stack.toml"), None).stacks[0])
    }

    const STACK: &str = r#"
[stack]
name = "shop"

[services.web]
image = "example.com/web:1"
port = 9000
needs = ["db", { service = "db", as = "READ" }]

[services.db]
kind = "postgres"
"#;

    #[test]
    fn each_service_has_a_box_and_each_need_one_arrow() {
        let picture = drawn(STACK);
        assert_eq!(picture.matches("<g>").count(), 2);
        assert_eq!(picture.matches("class=\"need\"").count(), 1);
        assert!(
            picture.contains("<title>web needs db</title>") && picture.contains(":9000</text>"),
            "{picture}"
        );
        assert_eq!(picture, drawn(STACK));
    }

    #[test]
    fn no_name_ends_its_element() {
        let hostile = "[stack]\nname = \"a\"\n[services.'x</text><script>\"&']\nimage = \"a:1\"\n";
        let picture = drawn(hostile);
        assert!(picture.contains("x&lt;/text&gt;&lt;script&gt;&quot;&amp;"), "{picture}");
        assert!(!picture.contains("<script"));
    }
}
