//! Workflows: graphs that a machine of ours runs, two files each: the graph as it was exported, and
//! which of its inputs is what.

use std::collections::BTreeMap;

use super::styles::{SLUG, is_slug};
use super::{Catalog, WrongCatalog};
use crate::workflow::Workflow;

/// The files of workflows until both of each have come.
#[derive(Default)]
pub(super) struct Drawers(BTreeMap<String, Drawer>);

#[derive(Default)]
struct Drawer {
    toml: Option<String>,
    json: Option<String>,
}

impl Drawers {
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), String> {
        let name = file.strip_prefix("workflows/").unwrap_or(file);
        let (id, end) = name.rsplit_once('.').unwrap_or((name, ""));
        let is_id = id
            .split_once('@')
            .is_some_and(|(name, version)| is_slug(name) && version.parse::<u32>().is_ok());
        if !is_id {
            return Err(format!("a workflow's files are named name@version, its name {SLUG}"));
        }
        let drawer = self.0.entry(id.to_owned()).or_default();
        let place = match end {
            "json" => &mut drawer.json,
            "toml" => &mut drawer.toml,
            _ => return Err("a workflow is a graph in JSON and its inputs in TOML".to_owned()),
        };
        if place.replace(text.to_owned()).is_some() {
            return Err(format!("`{id}` is there twice"));
        }
        Ok(())
    }

    /// All workflows, sorted by name, then version.
    pub fn read(self) -> Result<Vec<Workflow>, WrongCatalog> {
        let mut all = Vec::new();
        for (id, Drawer { toml, json }) in self.0 {
            let wrong = |end: &str, what: String| WrongCatalog {
                file: format!("workflows/{id}.{end}"),
                what,
            };
            let Some(toml) = toml else {
                let says = "its .toml is missing: `atelier workflow check` proposes one";
                return Err(wrong("json", says.to_owned()));
            };
            let Some(json) = json else {
                return Err(wrong("toml", "its graph, the .json, is missing".to_owned()));
            };
            let workflow = Workflow::read(&toml, &json).map_err(|it| match it {
                crate::workflow::WrongWorkflow::Inputs(what) => wrong("toml", what),
                crate::workflow::WrongWorkflow::Graph(what) => wrong("json", what),
            })?;
            if workflow.id() != id {
                return Err(wrong("toml", format!("it is `{}` by what it says", workflow.id())));
            }
            all.push(workflow);
        }
        all.sort_by(|a, b| (&a.name, a.version).cmp(&(&b.name, b.version)));
        Ok(all)
    }
}

impl Catalog {
    /// By `name@version`.
    pub fn workflow(&self, id: &str) -> Option<&Workflow> {
        self.workflows.iter().find(|it| it.id() == id)
    }
}
