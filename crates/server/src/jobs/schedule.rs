//! The clockwork: sweeps fire once a period across all processes, and menus that lag are redrawn.

use std::sync::Arc;
use std::time::Duration;

use domain::{JobId, Millis, Task};
use store::workers::{self, WorkerState};
use store::{StoreError, chats, jobs, reports};

use crate::app::App;
use crate::jobs::sweep::EVERY;
use crate::makers::{GPU_LANE, GPU_SILENT};

const TICK: Duration = Duration::from_secs(2);

/// A menu that lags for so long was forgotten by whoever should have drawn it.
const LAG: Millis = Millis(5_000);
const LAGGING_MAX: u32 = 100;

pub async fn run(app: Arc<App>) {
    loop {
        if let Err(failure) = tick(&app).await {
            tracing::warn!(%failure, "the clockwork missed a beat");
        }
        app.floods.tidy();
        app.metrics.run_upkeep();
        tokio::time::sleep(TICK).await;
    }
}

/// Everything that is due now.
pub async fn tick(app: &App) -> Result<(), StoreError> {
    let ground = app.ground.clone();
    app.db
        .write(move |tx| {
            let now = ground.now();
            for (sweep, every) in EVERY {
                let task = Task::Sweep { sweep };
                let name = format!("sweep:{sweep:?}");
                if jobs::cron(tx, &name, every, now)? {
                    let job = jobs::NewJob { unique_key: Some(name), ..jobs::NewJob::of(&task) };
                    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    measure(app).await?;
    redraw(app).await
}

/// What waits, for whoever watches the program from outside.
async fn measure(app: &App) -> Result<(), StoreError> {
    let waiting = app.db.read(reports::waiting).await?;
    for (name, count) in [
        ("atelier_attention_open", waiting.attention),
        ("atelier_orders_open", waiting.orders),
        ("atelier_jobs_dead", waiting.dead_jobs),
    ] {
        metrics::gauge!(name).set(f64::from(count));
    }
    let now = app.ground.now();
    let (gpus, queue) = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            Ok((workers::list(tx)?, store::jobs::count_open(tx, GPU_LANE)?))
        })
        .await?;
    metrics::gauge!("atelier_gpu_runs_open").set(f64::from(queue));
    for state in WorkerState::ALL {
        let of_state = gpus.iter().filter(|it| it.state == *state);
        let seen = of_state.filter(|it| now.since(it.last_seen_at) <= GPU_SILENT).count();
        metrics::gauge!("atelier_gpu_workers", "state" => state.as_str()).set(seen as f64);
    }
    Ok(())
}

/// Menus that nobody drew: their process died, or Telegram was away.
async fn redraw(app: &App) -> Result<(), StoreError> {
    if app.painter.rests() {
        return Ok(());
    }
    let now = app.ground.now();
    let before = Millis(now.as_i64() - LAG.as_i64());
    let lagging = app.db.read(move |tx| chats::lagging(tx, before, LAGGING_MAX)).await?;
    for chat in lagging {
        app.painter.want(&chat.id, None, now);
    }
    Ok(())
}
