//! The macro that declares what templates see, and what is derived from the declaration: the values themselves, and the
//! reference page `docs/template-context.md`.

use std::sync::{Arc, LazyLock};

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
        /// Most lists of a service are empty: they are one.
        static EMPTY: LazyLock<Value> = LazyLock::new(|| Value::from(Vec::<Value>::new()));
        if self.is_empty() { EMPTY.clone() } else { self.into_iter().map(Seen::seen).collect() }
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
    pub fields: &'static Fields,
    /// As many as there are fields, in their order.
    pub values: Box<[Value]>,
}

/// The fields of a view, and where each stands by its name: templates ask for one several million times in a large stack.
#[derive(Debug)]
pub struct Fields {
    all: &'static [Field],
    /// A hash table with open addressing: the position of a field, or [`FREE`].
    slots: [u8; SLOTS],
}

const SLOTS: usize = 128;
const FREE: u8 = u8::MAX;

impl Fields {
    /// # Panics
    /// Where there are so many that the table would be crowded: when the program is compiled.
    #[must_use]
    pub const fn new(all: &'static [Field]) -> Self {
        assert!(all.len() <= SLOTS / 2, "a view has too many fields for its table");
        let mut slots = [FREE; SLOTS];
        let mut position = 0;
        while position < all.len() {
            let mut slot = first_slot(all[position].name.as_bytes());
            while slots[slot] != FREE {
                slot = (slot + 1) % SLOTS;
            }
            #[expect(clippy::cast_possible_truncation, reason = "there are less than SLOTS")]
            let position_in_slot = position as u8;
            slots[slot] = position_in_slot;
            position += 1;
        }
        Self { all, slots }
    }

    fn position(&self, name: &str) -> Option<usize> {
        let mut slot = first_slot(name.as_bytes());
        loop {
            let position = usize::from(self.slots[slot]);
            if self.all.get(position)?.name == name {
                return Some(position);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Where the search for a name begins: its length, its ends and its middle tell most fields of a view apart.
const fn first_slot(name: &[u8]) -> usize {
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let ends = 5 * name[0] as usize + 23 * name[length - 1] as usize;
    (ends + 3 * name[length / 2] as usize + 11 * length) % SLOTS
}

impl Object for ViewObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.values.get(self.fields.position(key)?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Iter(Box::new(self.fields.all.iter().map(|field| Value::from(field.name))))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.values.len())
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
                static FIELDS: $crate::render::Fields =
                    $crate::render::Fields::new(<$name as $crate::render::View>::FIELDS);
                minijinja::Value::from_object($crate::render::ViewObject {
                    fields: &FIELDS,
                    values: Box::new([$($crate::render::Seen::seen(self.$field)),*]),
                })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::{Field, Fields, SLOTS};

    const fn field(name: &'static str) -> Field {
        Field { name, doc: "", shape: "" }
    }

    #[test]
    fn every_field_is_found_and_nothing_else_is() {
        static ALL: [Field; 6] =
            [field("name"), field("nume"), field("port"), field("ports"), field("a"), field("health")];
        let fields = Fields::new(&ALL);
        for (position, one) in ALL.iter().enumerate() {
            assert_eq!(fields.position(one.name), Some(position), "{}", one.name);
        }
        for other in ["", "nome", "names", "b", "healthy"] {
            assert_eq!(fields.position(other), None, "{other}");
        }
        assert_eq!(Fields::new(&[]).position("name"), None);
        assert!(ALL.len() < SLOTS);
    }
}
