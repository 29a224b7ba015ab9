//! stackgen compiles one `stack.toml` into every file that has to agree about a stack.
//!
//! The pipeline, each stage a module that hands one type to the next:
//!
//! ```text
//! stack.toml -> source -> model -> checks -> render -> plan -> apply -> files
//!              Document   Stack    Report    Outputs   Plan
//! ```
//!

pub mod apply;
pub mod checks;
pub mod diagnostics;
pub mod model;
pub mod plan;
pub mod render;
pub mod source;
pub mod yaml;
