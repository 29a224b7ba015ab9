//! The macro that declares what templates see, and what is derived from the declaration: the values themselves, and the
//! reference page `docs/template-context.md`.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};

use super::text;

/// One field of a declared view.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub doc: &'static str,
    /// The Rust type as written: `Vec<PortView>`.
    pub shape: &'static str,
}

/// A thing that templates see. Implemented by [`view!`](crate::view).
pub trait View {
    const NAME: &'static str;
    const DOC: &'static str;
    const FIELDS: &'static [Field];
}

/// What a field of a view may hold.
pub trait Seen {
    /// The value as templates see it.
    fn seen(self) -> Value;
}

impl Seen for Value {
    fn seen(self) -> Value {
        self
    }
}

impl Seen for String {
    fn seen(self) -> Value {
        text::seen(self)
    }
}

impl<T: Seen> Seen for Option<T> {
    fn seen(self) -> Value {
        self.map_or(Value::from(()), Seen::seen)
    }
}

impl<T: Seen> Seen for Vec<T> {
    fn seen(self) -> Value {
        self.into_iter().map(Seen::seen).collect()
    }
}

macro_rules! seen_as_it_is {
    ($($type:ty),*) => {
        $(impl Seen for $type {
            fn seen(self) -> Value {
                Value::from(self)
            }
        })*
    };
}
seen_as_it_is!(bool, u16, u32, u64, usize);

/// A view as templates see it: its fields by name, made once, shared by every output.
#[derive(Debug)]
pub struct ViewObject {
    pub fields: &'static [Field],
    /// The position of a field by its name: templates ask for one several million times in a large stack.
    pub position: fn(&str) -> Option<usize>,
    /// As many as there are fields, in their order.
    pub values: Vec<Value>,
}

impl Object for ViewObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.values.get((self.position)(key)?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Iter(Box::new(self.fields.iter().map(|field| Value::from(field.name))))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.fields.len())
    }
}

/// Declares a thing that templates see: its fields and their documentation, once.
#[macro_export]
macro_rules! view {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $shape:ty,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[doc = $field_doc])* pub $field: $shape,)*
        }

        impl $crate::render::View for $name {
            const NAME: &'static str = stringify!($name);
            const DOC: &'static str = concat!($($doc, "\n"),*);
            const FIELDS: &'static [$crate::render::Field] = &[$($crate::render::Field {
                name: stringify!($field),
                doc: concat!($($field_doc, "\n"),*),
                shape: stringify!($shape),
            }),*];
        }

        impl $crate::render::Seen for $name {
            fn seen(self) -> minijinja::Value {
                #[expect(non_camel_case_types, reason = "named as the fields are")]
                enum At {
                    $($field,)*
                }
                fn position(name: &str) -> Option<usize> {
                    match name {
                        $(stringify!($field) => Some(At::$field as usize),)*
                        _ => None,
                    }
                }
                minijinja::Value::from_object($crate::render::ViewObject {
                    fields: <Self as $crate::render::View>::FIELDS,
                    position,
                    values: vec![$($crate::render::Seen::seen(self.$field)),*],
                })
            }
        }
    };
}
