//! What the gateway changes about requests and answers on their way.

use crate::source::language::Method;
use crate::source::{Free, List, Named};
use crate::table;

table! {
    /// What is changed about a request: first something is removed, then renamed, replaced, added and appended.
    pub struct RequestTable("a request transformation") {
        /// The method that the service sees.
        method: Method;
        /// What is taken out.
        remove: RequestNames;
        /// What gets another name.
        rename: RequestParts;
        /// What gets another value, where it is there.
        replace: RequestReplacements;
        /// What is put in, where it is not there.
        add: RequestParts;
        /// What is put in besides what is there.
        append: RequestParts;
    }
}

table! {
    /// Names in a request.
    pub struct RequestNames("names of a request") {
        /// Of headers.
        headers: List<String>;
        /// Of query parameters.
        query: List<String>;
        /// Of the fields of a form or a JSON body.
        body: List<String>;
    }
}

table! {
    /// Names in a request, each with its value, or with its new name. A value may hold `$(headers.name)` and the like, which the gateway works out.
    pub struct RequestParts("parts of a request") {
        /// Headers.
        headers: Named<String>;
        /// Query parameters.
        query: Named<String>;
        /// Fields of a form or a JSON body.
        body: Named<String>;
    }
}

table! {
    /// What gets another value.
    pub struct RequestReplacements("replacements in a request") {
        /// The path that the service sees.
        path: String;
        ..parts: RequestParts;
    }
}

table! {
    /// What is changed about an answer: first something is removed, then renamed, replaced, added and appended.
    pub struct ResponseTable("a response transformation") {
        /// What is taken out.
        remove: ResponseNames;
        /// What gets another name.
        rename: ResponseRenames;
        /// What gets another value, where it is there.
        replace: ResponseParts;
        /// What is put in, where it is not there.
        add: ResponseParts;
        /// What is put in besides what is there.
        append: ResponseParts;
    }
}

table! {
    /// Names in an answer.
    pub struct ResponseNames("names of an answer") {
        /// Of headers.
        headers: List<String>;
        /// Of the fields of a JSON body.
        json: List<String>;
    }
}

table! {
    /// Names in an answer, each with its new name.
    pub struct ResponseRenames("new names in an answer") {
        /// Of headers.
        headers: Named<String>;
        /// Of the fields of a JSON body.
        json: Named<String>;
    }
}

table! {
    /// Names in an answer, each with its value.
    pub struct ResponseParts("parts of an answer") {
        /// Headers.
        headers: Named<String>;
        /// Fields of a JSON body: strings, numbers, `true` and `false`.
        json: Named<Free>;
    }
}
