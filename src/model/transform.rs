//! What the gateway changes about requests and answers, resolved.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::service::{named_strings, strings};
use crate::source::language::{
    Method, RequestNames, RequestParts, RequestTable, ResponseNames, ResponseParts, ResponseRenames,
    ResponseTable,
};
use crate::source::{Named, Spanned};

/// Changes to a request, in the order in which they are made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    pub method: Option<Method>,
    pub remove: Names,
    pub rename: Parts,
    pub replace: Parts,
    /// The path that the service sees.
    pub path: Option<Spanned<String>>,
    pub add: Parts,
    pub append: Parts,
}

/// Names in a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    pub headers: Vec<String>,
    pub query: Vec<String>,
    pub body: Vec<String>,
}

/// Names in a request, each with its value or its new name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    pub headers: IndexMap<String, String>,
    pub query: IndexMap<String, String>,
    pub body: IndexMap<String, String>,
}

/// Changes to an answer, in the order in which they are made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    pub remove: AnswerNames,
    pub rename: AnswerParts,
    pub replace: AnswerParts,
    pub add: AnswerParts,
    pub append: AnswerParts,
}

/// Names in an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerNames {
    pub headers: Vec<String>,
    pub json: Vec<String>,
}

/// Names in an answer, each with its value or its new name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerParts {
    pub headers: IndexMap<String, String>,
    pub json: IndexMap<String, Json>,
}

pub fn request(table: &RequestTable) -> Request {
    let replace = table.replace.as_ref();
    Request {
        method: table.method.as_ref().map(|method| method.value),
        remove: table.remove.as_ref().map(|names| self::names(names)).unwrap_or_default(),
        rename: parts(table.rename.as_deref()),
        replace: parts(replace.map(|replace| &replace.parts)),
        path: replace.and_then(|replace| replace.path.clone()),
        add: parts(table.add.as_deref()),
        append: parts(table.append.as_deref()),
    }
}

fn names(table: &RequestNames) -> Names {
    Names {
        headers: strings(table.headers.as_ref()),
        query: strings(table.query.as_ref()),
        body: strings(table.body.as_ref()),
    }
}

fn parts(table: Option<&RequestParts>) -> Parts {
    table
        .map(|table| Parts {
            headers: named_strings(table.headers.as_ref()),
            query: named_strings(table.query.as_ref()),
            body: named_strings(table.body.as_ref()),
        })
        .unwrap_or_default()
}

pub fn response(table: &ResponseTable) -> Response {
    Response {
        remove: table.remove.as_ref().map(|names| answer_names(names)).unwrap_or_default(),
        rename: table.rename.as_ref().map(|renames| answer_renames(renames)).unwrap_or_default(),
        replace: answer_parts(table.replace.as_deref()),
        add: answer_parts(table.add.as_deref()),
        append: answer_parts(table.append.as_deref()),
    }
}

fn answer_names(table: &ResponseNames) -> AnswerNames {
    AnswerNames { headers: strings(table.headers.as_ref()), json: strings(table.json.as_ref()) }
}

fn answer_renames(table: &ResponseRenames) -> AnswerParts {
    let json = named_strings(table.json.as_ref());
    AnswerParts {
        headers: named_strings(table.headers.as_ref()),
        json: json.into_iter().map(|(name, renamed)| (name, Json::String(renamed))).collect(),
    }
}

fn answer_parts(table: Option<&ResponseParts>) -> AnswerParts {
    let values = |named: &Spanned<Named<crate::source::Free>>| {
        named.iter().map(|(name, entry)| (name.clone(), entry.value.0.clone())).collect()
    };
    table
        .map(|table| AnswerParts {
            headers: named_strings(table.headers.as_ref()),
            json: table.json.as_ref().map(values).unwrap_or_default(),
        })
        .unwrap_or_default()
}
