//! The macro that declares a table of `stack.toml`, and what is derived from the declaration.

use serde_json::Value as Json;

use super::definitions::Definitions;
use super::occurrence::Sort;
use super::reader::Reader;
use super::tree::Node;

/// One key of a declared table.
#[derive(Clone)]
pub struct Key {
    pub name: &'static str,
    /// What neighbouring tools call it. Nothing but a hint: the language has one name for a thing.
    pub elsewhere: &'static [&'static str],
    pub doc: &'static str,
    pub required: bool,
    /// What its strings name, where they name something that the stack declares: found by whoever looks for all that refer to it.
    pub names: Option<Sort>,
    /// What is taken where the key is absent, in JSON.
    pub default: Option<Json>,
    pub expected: fn() -> String,
    pub schema: fn(&mut Definitions) -> Json,
}

/// A table with a fixed set of keys. Implemented by [`table!`](crate::table).
pub trait Table: Default {
    /// The type's name, under which the schema and the reference page list it.
    const NAME: &'static str;
    /// What a person calls it: `a route`.
    const TITLE: &'static str;
    const DOC: &'static str;

    fn keys() -> Vec<Key>;

    fn required() -> &'static [&'static str];

    /// Reads one entry, if the table has such a key.
    fn read_key(&mut self, name: &str, node: &Node, reader: &mut Reader<'_>) -> bool;

    /// Notes that a key is there and could not be read.
    fn mark_unread(&mut self, key: &'static str);
}

/// The key that a field stands for: a raw identifier such as `r#as` without its prefix.
#[must_use]
pub fn key_name(written: &'static str) -> &'static str {
    written.strip_prefix("r#").unwrap_or(written)
}

/// Declares a table of `stack.toml`: its keys, their shapes, defaults and documentation, once.
///
/// The struct holds each key as `Option<Spanned<T>>`. A key declared with `= default` also gets a method of its own name
/// that falls back to it. `required` keys are reported where they are absent. `names Service` says that the key's strings are names of
/// services, so that whoever renames one finds them. `elsewhere` lists what other tools call a key, for
/// whoever writes that. `..field: Other` takes in the keys of another table.
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident($title:literal) {
            $(
                $(#[doc = $key_doc:literal])*
                $key:ident: $shape:ty $(= $default:expr)? $(=> $required:ident)? $(, names $sort:ident)? $(, elsewhere $($elsewhere:literal),+)?;
            )*
            $(.. $inner:ident: $inner_type:ty;)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $($(#[doc = $key_doc])* pub $key: Option<$crate::source::Spanned<$shape>>,)*
            $(pub $inner: $inner_type,)?
            /// The keys that are there and could not be read, or not whole, which is reported; an unknown one as the key that it most likely
            /// stands for. What one of them says is not missing.
            pub unread: Vec<&'static str>,
        }

        impl $name {
            /// This table, and where it is silent, the one below.
            #[must_use]
            pub fn over(&self, below: &Self) -> Self {
                Self {
                    $($key: self.$key.clone().or_else(|| below.$key.clone()),)*
                    $($inner: self.$inner.over(&below.$inner),)?
                    unread: self.unread.clone(),
                }
            }

            $($(
                #[doc = concat!("`", stringify!($key), "`, or its default.")]
                #[must_use]
                pub fn $key(&self) -> $shape {
                    self.$key.as_ref().map_or_else(|| $default, |found| found.value.clone())
                }
            )?)*
        }

        impl $crate::source::Table for $name {
            const NAME: &'static str = stringify!($name);
            const TITLE: &'static str = $title;
            const DOC: &'static str = concat!($($doc, "\n"),*);

            fn keys() -> Vec<$crate::source::Key> {
                let keys = vec![$($crate::source::Key {
                    name: $crate::source::key_name(stringify!($key)),
                    elsewhere: &[$($($elsewhere),+)?],
                    doc: concat!($($key_doc, "\n"),*),
                    required: <[&str]>::len(&[$(stringify!($required))?]) > 0,
                    names: None$(.or(Some($crate::source::Sort::$sort)))?,
                    default: None$(.or(Some(<$shape as $crate::source::Written>::written(&$default))))?,
                    expected: <$shape as $crate::source::Shape>::expected,
                    schema: <$shape as $crate::source::Shape>::schema,
                }),*];
                $(let keys = [keys, <$inner_type as $crate::source::Table>::keys()].concat();)?
                keys
            }

            fn required() -> &'static [&'static str] {
                &[$($($crate::table!(@first stringify!($key), $required),)?)*]
            }

            fn read_key(
                &mut self,
                name: &str,
                node: &$crate::source::Node,
                reader: &mut $crate::source::Reader<'_>,
            ) -> bool {
                $(
                    if name == $crate::source::key_name(stringify!($key)) {
                        let found = reader.found();
                        self.$key = reader.value(node);
                        $(reader.refer_all($crate::source::Sort::$sort, node);)?
                        if reader.found() > found {
                            self.unread.push($crate::source::key_name(stringify!($key)));
                        }
                        return true;
                    }
                )*
                $(if self.$inner.read_key(name, node, reader) {
                    return true;
                })?
                false
            }

            fn mark_unread(&mut self, key: &'static str) {
                self.unread.push(key);
            }
        }

        impl $crate::source::Shape for $name {
            fn expected() -> String {
                <Self as $crate::source::Table>::TITLE.to_owned()
            }

            fn read(node: &$crate::source::Node, reader: &mut $crate::source::Reader<'_>) -> Option<Self> {
                reader.declared(node)
            }

            fn schema(definitions: &mut $crate::source::Definitions) -> serde_json::Value {
                definitions.table::<Self>()
            }
        }
    };
    (@first $first:expr, $second:ident) => { $first };
}

/// Declares a choice among fixed words, each documented.
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $($(#[doc = $word_doc:literal])* $variant:ident = $word:literal,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $word_doc])* $variant,)*
        }

        impl $name {
            /// Every word that may be written, in the order of the declaration.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// What each of [`Self::WORDS`] means.
            pub const DOCS: &'static [&'static str] = &[$(concat!($($word_doc, "\n"),*)),*];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl $crate::source::Shape for $name {
            fn expected() -> String {
                format!("one of {}", $crate::source::quoted_list(Self::WORDS.iter().copied()))
            }

            fn read(node: &$crate::source::Node, reader: &mut $crate::source::Reader<'_>) -> Option<Self> {
                let word = reader.string(node, &Self::expected())?;
                let found = Self::from_word(word);
                if found.is_none() {
                    reader.unknown_word(node, word, Self::WORDS);
                }
                found
            }

            fn schema(definitions: &mut $crate::source::Definitions) -> serde_json::Value {
                definitions.choice(stringify!($name), concat!($($doc, "\n"),*), Self::WORDS, Self::DOCS)
            }
        }

        impl $crate::source::Written for $name {
            fn written(&self) -> serde_json::Value {
                serde_json::json!(self.as_str())
            }
        }
    };
}
