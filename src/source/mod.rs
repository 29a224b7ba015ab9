//! Text to a spanned document: includes, environments, and which file and line said what.

mod catalogue;
mod definitions;
mod fault;
mod files;
mod include;
mod kinds;
pub mod language;
pub mod limits;
mod load;
mod occurrence;
mod or_false;
mod outline;
mod overlay;
mod parse;
mod reader;
mod reference;
mod schema;
mod shape;
mod span;
mod table;
mod templates;
mod trail;
mod tree;
pub mod values;
mod witness;
mod world;
mod written;

pub use self::catalogue::{KnownKind, KnownTargets, Origin, known_kinds, known_targets};
pub use self::definitions::{
    ChoiceDefinition, Definition, Definitions, KeyDefinition, TableDefinition, referred,
};
pub(crate) use self::files::{Files, unseen};
pub use self::load::{Document, Variant, dockerfile_template, load};
pub use self::occurrence::{Occurrence, Part, Reference, Sort, declarations, declared_in, occurrences};
pub use self::or_false::{OrFalse, OrTruth};
pub use self::outline::{Entry as OutlineEntry, Mention, Outline, Section};
pub use self::overlay::Overlay;
pub use self::reader::{Reader, nearest, quoted_list};
pub use self::reference::language_reference;
pub use self::schema::{kind_schema, stack_schema, target_schema};
pub use self::shape::{Free, List, Named, NamedEntry, OneOrMany, Shape, Written};
pub use self::span::{FileId, Position, SourceFile, Sources, Span, Spanned};
pub use self::table::{Key, Table, key_name};
pub use self::templates::{PROJECT_FOLDER, TemplateFile, Templates, built_in};
pub use self::trail::Trail;
pub use self::tree::{Entry, Node, NodeTable, NodeValue};
pub use self::witness::{Testimony, Witness};
pub use self::world::{Disk, EntryKind, Memory, World};
pub use self::written::{dotted_key, key, quoted};
