//! The documents that are written from declarations are the committed ones, and hold what they promise.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]
#![expect(clippy::disallowed_methods, reason = "blessing writes the documents")]

mod dependencies;
mod dictionaries;
mod drift;
mod examples;
mod schemas;
