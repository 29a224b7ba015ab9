//! One copy of the reference stack: its names, ports, paths and texts made this copy's own.

use serde_json::{Value, json};

use super::{Files, Table, is_of_all, table};

/// A copy of the reference stack, or of the first of its services.
pub struct Hub {
    /// From 1.
    pub number: usize,
    /// The host port of the first service; those of the others follow.
    pub first_port: usize,
    /// How many of the reference stack's services there are.
    pub size: usize,
}

impl Hub {
    /// Adds the fragment and the folders of its services.
    pub fn write(&self, reference: &Table, files: &mut Files) {
        let here: Vec<&str> =
            table(reference, "services").keys().take(self.size).map(String::as_str).collect();
        let mut services = Table::new();
        for (port, name) in (self.first_port..).zip(&here) {
            let mut service = table(reference, "services")[*name].clone();
            service["port"] = json!(port);
            self.place(&mut service, files);
            self.keep(&mut service, "needs", &here);
            services.insert(self.named(name), service);
        }
        let mut agents = Table::new();
        for (name, agent) in table(reference, "agents") {
            let mut agent = agent.clone();
            if is_of_all(&agent, reference) {
                continue;
            }
            self.keep(&mut agent, "owns", &here);
            if agent["owns"].as_array().is_some_and(|owned| !owned.is_empty()) {
                self.adapt(&mut agent, name, reference, files);
                agents.insert(self.named(name), agent);
            }
        }
        let fragment = [("services".to_owned(), services.into()), ("agents".to_owned(), agents.into())];
        files.insert(self.at("stack.toml"), super::text::write(&Table::from_iter(fragment)));
    }

    /// Moves what a service has in the project to this hub's folder.
    fn place(&self, service: &mut Value, files: &mut Files) {
        let kind = service["kind"].as_str().unwrap_or_default().to_owned();
        if let Some(path) = service.get_mut("path") {
            let folder = last(path);
            for (name, text) in sources(&kind) {
                files.insert(self.at(&format!("{folder}/{name}")), (*text).to_owned());
            }
            *path = json!(folder);
        }
        for mount in entries(service, "mounts") {
            let folder = last(&mount["source"]);
            files.insert(self.at(&format!("{folder}/hub.py")), format!("NUMBER = {}\n", self.number));
            mount["source"] = json!(folder);
        }
        for route in entries(service, "routes") {
            route["path"] = json!(format!("/hub-{:04}{}", self.number, said(&route["path"])));
        }
    }

    /// Makes an agent one of this hub's, and says so wherever it could be taken for that of another.
    fn adapt(&self, agent: &mut Value, name: &str, reference: &Table, files: &mut Files) {
        let own = self.named(name.trim_start_matches("ag-"));
        agent["description"] = json!(format!("{}: {own}", said(&agent["description"])));
        entries(agent, "examples").for_each(|text| *text = json!(format!("{} ({own})", said(text))));
        // What is looked after in the whole stack is so by one agent.
        if self.number > 1 {
            agent.as_object_mut().and_then(|agent| agent.remove("concerns"));
        }
        for path in entries(agent, "paths") {
            files.insert(self.at(&format!("{}/steps", last(path))), "test\n".to_owned());
            *path = json!(last(path));
        }
        let colleague = |name: &Value| {
            let of_all =
                table(reference, "agents").get(&said(name)).is_some_and(|agent| is_of_all(agent, reference));
            if of_all { name.clone() } else { json!(self.named(&said(name))) }
        };
        if let Some(superior) = agent.get_mut("reports_to") {
            *superior = colleague(superior);
        }
        if let Some(boundaries) = agent.get_mut("boundaries") {
            entries(boundaries, "hands_over").for_each(|what| what["to"] = colleague(&what["to"]));
        }
    }

    /// Of the names in a list, keeps those of this hub's services and those that are no service's.
    fn keep(&self, table: &mut Value, key: &str, here: &[&str]) {
        let Some(names) = table.get_mut(key).and_then(Value::as_array_mut) else { return };
        let kept = names.iter().map(said).filter_map(|name| match name.as_str() {
            "gateway" | "kong" => Some(name),
            name => here.contains(&name).then(|| self.named(name)),
        });
        *names = kept.map(Value::from).collect();
    }

    fn named(&self, name: &str) -> String {
        format!("{name}-{:04}", self.number)
    }

    fn at(&self, path: &str) -> String {
        format!("hubs/{:04}/{path}", self.number)
    }
}

/// What a service's folder holds: as little as a build of its image needs.
fn sources(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "fastapi" => &[
            ("main.py", "import fastapi\n\napp = fastapi.FastAPI()\n"),
            ("requirements.txt", "fastapi\nuvicorn\n"),
        ],
        "django" => &[("manage.py", "import django\n"), ("requirements.txt", "django\n")],
        _ => &[("package.json", "{ \"private\": true }\n")],
    }
}

/// The entries of a list, none where there is no such list.
fn entries<'a>(table: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    table.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn said(text: &Value) -> String {
    text.as_str().unwrap_or_default().to_owned()
}

/// The last name of a path.
fn last(path: &Value) -> String {
    said(path).rsplit('/').next().unwrap_or_default().to_owned()
}
