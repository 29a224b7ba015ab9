//! Filters over paths.

use minijinja::{Error, Value};

use super::text;
use crate::render::paths::relative;

pub fn from(path: Value, folder: Value) -> Result<Value, Error> {
    Ok(Value::from(relative(&text("from", &path)?, &text("from", &folder)?)))
}
