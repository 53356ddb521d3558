//! ComfyUI on loopback: any number of servers by name, each with a queue, a websocket and files,
//! after recorded talks with 0.33.0 and providers.md 4.
//!
//! Like the other emulators it does nothing by itself: what is due by the clock is done when
//! somebody asks, or in [`ComfyUi::deliver_due`].

use crate::Clock;
use axum::Router;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

mod checks;
mod failures;
pub mod faults;
mod files;
mod jobs;
mod nodes;
mod page;
mod plan;
mod prompts;
mod routes;
mod run;
mod server;
mod sockets;
mod stock;
mod work;

pub use server::{Seen, Server, Stage};

pub struct Settings {
    pub clock: Clock,
    /// Ids follow from it.
    pub seed: u64,
    /// How long a sampler takes, whatever its steps.
    pub picture_ms: i64,
}

/// All servers. One is made when it is first asked for.
pub struct ComfyUi {
    settings: Arc<Settings>,
    servers: Mutex<BTreeMap<String, Arc<Server>>>,
}

impl ComfyUi {
    pub fn new(settings: Settings) -> Arc<ComfyUi> {
        Arc::new(ComfyUi { settings: Arc::new(settings), servers: Mutex::default() })
    }

    /// Everything under `/comfyui/{server}`, and the page that shows the servers.
    pub fn router(self: &Arc<ComfyUi>) -> Router {
        routes::routes().merge(page::routes()).with_state(self.clone())
    }

    /// The server of this name.
    pub fn server(&self, name: &str) -> Arc<Server> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(Server::new(name, self.settings.clone()));
        servers.entry(name.to_owned()).or_insert_with(made).clone()
    }

    /// Those that were asked for, by name.
    pub fn servers(&self) -> Vec<Arc<Server>> {
        let servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        servers.values().cloned().collect()
    }

    /// The heartbeat: every server does what is due by the clock, side by side. There are no
    /// webhooks here: who waits listens at the socket or asks.
    pub async fn deliver_due(&self) {
        let servers = self.servers();
        futures::future::join_all(servers.iter().map(|it| it.settle())).await;
    }

    /// Ends all sockets, so that the sandbox can end.
    pub fn hang_up(&self) {
        for server in self.servers() {
            server.hang_up();
        }
    }
}
