//! What the stage promises, seen from outside: a stack and templates in, files and diagnostics out.

mod engine;
mod escape;
mod filters;
mod fixture;
mod lint;
mod outputs;
mod verify;
mod views;
