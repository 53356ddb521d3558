//! What is under way.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::{generations, jobs, trainings};
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{Asked, Whose, moment};
use crate::api::problem::Problem;
use crate::api::trainings::State_;
use crate::app::App;

/// What is under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct Work {
    /// Of the user: trainings and generations that have not ended.
    open: Vec<Open>,
    /// Where no user is named: how many jobs each lane of the whole program has.
    #[schema(required = true)]
    queue: Option<BTreeMap<String, Lane>>,
}

/// A training or a generation that has not ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct Open {
    id: String,
    /// `training` or `generation`.
    kind: &'static str,
    state: State_,
    #[schema(required = true)]
    percent: Option<u32>,
    #[schema(required = true)]
    queue_place: Option<u32>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Jobs of a lane.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Lane {
    /// To be begun.
    ready: u32,
    running: u32,
    /// For something, such as a provider's answer.
    waiting: u32,
}

/// See what is under way
///
/// With a user: what is made for them. Without one, and with a key that is good for all users of a
/// bot: how long the queues are.
#[utoipa::path(get, path = "/api/jobs", tag = "Jobs", params(Whose),
    responses((status = 200, description = "What is under way.", body = Work)),
    security(("key" = ["jobs:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Work>, Problem> {
    let work = app.db.read(move |tx| {
        if caller.user.is_none() && asked.user.is_none() {
            let mut queue: BTreeMap<String, Lane> = BTreeMap::new();
            for count in jobs::counts(tx)? {
                let lane = queue.entry(count.lane).or_default();
                match count.state.as_str() {
                    "ready" => lane.ready += count.count,
                    "running" => lane.running += count.count,
                    "waiting" => lane.waiting += count.count,
                    _ => {}
                }
            }
            return Ok::<_, Problem>(Work { open: Vec::new(), queue: Some(queue) });
        }
        let user = caller.user(tx, asked.user.as_deref())?;
        let mut open = Vec::new();
        for it in trainings::open_of_user(tx, &user.id)? {
            open.push(Open {
                id: it.id.into(),
                kind: "training",
                state: it.state.into(),
                percent: it.percent,
                queue_place: it.queue_place,
                created_at: moment(it.created_at),
            });
        }
        for it in generations::open_of_user(tx, &user.id)? {
            open.push(Open {
                id: it.id.into(),
                kind: "generation",
                state: it.state.into(),
                percent: it.percent,
                queue_place: it.queue_place,
                created_at: moment(it.created_at),
            });
        }
        Ok(Work { open, queue: None })
    });
    work.await.map(Json)
}
