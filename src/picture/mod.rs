//! The stack as a picture: services in columns by who needs whom, drawn as SVG. Our own small layered layout, so that nothing has to be
//! installed and the same stack gives the same bytes.

mod layout;
mod order;
mod svg;

pub use self::layout::{Edge, Layout, Node, Point, layout};
pub use self::svg::svg;
