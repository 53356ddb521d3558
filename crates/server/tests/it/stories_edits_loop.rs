//! A GPU's worker as it really is, at a ComfyUI behind real sockets, beside the database and by
//! HTTP. Each stands on a thread of its own; the clock of the world and of ComfyUI is moved by hand.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use axum::Router;
use connectors::comfyui::Comfy;
use connectors::http::Http;
use connectors::reach::Reach;
use sandbox::comfyui::faults::{Fault, Trouble};
use sandbox::comfyui::{Seen, Server, Stage};
use secrecy::SecretString;
use server::api;
use server::commands::Said;
use server::commands::worker::{Care, look_after};
use server::farm::gpu_lock::GpuLock;
use server::farm::here::{Desk, DeskError, Here};
use server::farm::remote::Remote;
use server::farm::worker::{Settings, Worker, WorkerError};
use store::workers;
use tokio::sync::watch;
use url::Url;

use crate::chats::talk::Talk;
use crate::stories_pictures::{number, texts};
use crate::world::{Ground, World, alone, looks};

/// How the clock goes: so many milliseconds of the world in each step, which takes a few real ones.
const STEP: i64 = 40;
const REAL_STEP: Duration = Duration::from_millis(4);
/// Nothing here takes that long; what does is stuck.
const STUCK: Duration = Duration::from_secs(90);

/// The world with a ComfyUI behind sockets.
struct Rig {
    talk: Talk,
    /// Where everybody outside is.
    outside: SocketAddr,
    stop: watch::Sender<bool>,
}

/// A worker on its thread.
struct Hired {
    stop: watch::Sender<bool>,
    ended: Receiver<Result<(), WorkerError>>,
}

/// Answers on a port of this machine until it is told to stop.
fn serve(router: Router, mut stopped: watch::Receiver<bool>) -> SocketAddr {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        alone(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("it is waited for");
            tokio::select! {
                served = async { axum::serve(listener, router).await } => served.expect("it serves"),
                _ = stopped.changed() => {}
            }
        });
    });
    told.recv().expect("it listens")
}

impl Rig {
    async fn new() -> Rig {
        // Leases are of the world's clock, which goes faster than ours.
        let own = [
            ("gpu.lease_seconds", "600"),
            ("pictures.open_per_user", "20"),
            ("credits.welcome", "1000"),
        ];
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut talk = Talk::new(World::with(Ground::Sqlite, &own).await);
        talk.go("~ scene agreed").await;
        let (stop, stopped) = watch::channel(false);
        let outside = serve(talk.world.sandbox.router(), stopped);
        Rig { talk, outside, stop }
    }

    fn comfy(&self, name: &str) -> Arc<Server> {
        self.talk.world.sandbox.comfyui().server(name)
    }

    fn here(&self, name: &str) -> Here {
        Here { app: self.talk.world.app.clone(), worker: name.to_owned() }
    }

    fn settings(&self, name: &str) -> Settings {
        let comfyui = format!("http://{}/comfyui/{name}", self.outside);
        Settings {
            name: name.to_owned(),
            comfy: Comfy::new(Url::parse(&comfyui).expect("an address")),
            health: None,
            lock: self.talk.world.folder.path().join(format!("{name}.lock")),
            time: Duration::from_secs(60),
            silence: Duration::from_secs(2),
            restart: None,
            shutdown: Duration::ZERO,
        }
    }

    fn road(&self, to: SocketAddr) -> Arc<Http> {
        let origin = Url::parse(&format!("http://{to}")).expect("an address").origin();
        Arc::new(Http::new(Reach::Public { trusted: vec![origin] }).expect("a road"))
    }

    fn hire(&self, desk: Arc<dyn Desk>, settings: Settings) -> Hired {
        let (stop, stopped) = watch::channel(false);
        let (tell, ended) = channel();
        let worker = Worker::new(desk, self.road(self.outside), settings);
        std::thread::spawn(move || {
            let _ = tell.send(alone(worker.run(stopped)));
        });
        Hired { stop, ended }
    }

    /// A worker beside the database that has said hello.
    async fn hired(&mut self, name: &str) -> Hired {
        let hired = self.hire(Arc::new(self.here(name)), self.settings(name));
        self.until_it_says_hello(name).await;
        hired
    }

    async fn until_it_says_hello(&mut self, name: &str) {
        let name = name.to_owned();
        self.until("a worker says hello", async |world: &World| {
            world.read(workers::list).await.iter().any(|it| it.name == name)
        })
        .await;
    }

    /// A moment passes for everybody.
    async fn tick(&mut self) {
        let world = &self.talk.world;
        world.clock.pass(STEP);
        world.sandbox.comfyui().deliver_due().await;
        world.work().await;
        world.deliver().await;
        world.draw().await;
        // The others are on threads of their own, and have their real moment.
        let _ = tokio::time::timeout(REAL_STEP, std::future::pending::<()>()).await;
    }

    async fn until(&mut self, what: &str, is_so: impl AsyncFn(&World) -> bool) {
        let begun = Instant::now();
        while !is_so(&self.talk.world).await {
            self.tick().await;
            if STUCK < begun.elapsed() {
                let world = &self.talk.world;
                let (gpus, jobs) = (world.look("gpus").await, world.look("jobs").await);
                panic!("it never comes to this: {what}: {gpus:?} {jobs:?}");
            }
        }
    }

    async fn until_all_is_done(&mut self) {
        let none = async |world: &World| world.read(looks::jobs_left).await == 0;
        self.until("all is done", none).await;
    }

    async fn until_stage(&mut self, server: &Arc<Server>, stage: Stage) {
        let server = server.clone();
        let is_there = async move |_: &World| ours(&server).iter().any(|it| it.state == stage);
        self.until(&format!("a prompt is {stage:?}"), is_there).await;
    }

    async fn order(&mut self) {
        self.talk.go("~ scene pencil\n> [Edit · 2 credits]").await;
    }

    async fn edits(&self) -> Vec<String> {
        self.talk.world.look("edits").await.expect("a look")
    }

    /// Nobody works any more, and the books are right.
    async fn ends(self, hired: Vec<Hired>) {
        for it in &hired {
            let _ = it.stop.send(true);
        }
        for it in hired {
            let ended = it.ended.recv_timeout(STUCK).expect("a worker ends when it is told to");
            assert!(ended.is_ok(), "{ended:?}");
        }
        let _ = self.stop.send(true);
        assert_eq!(self.talk.world.broken().await, Vec::<String>::new());
    }
}

/// The prompts that were for customers.
fn ours(server: &Server) -> Vec<Seen> {
    let mut all = server.prompts();
    all.retain(|it| !it.prompt.to_string().contains("atelier-self-test"));
    all
}

const BY_GPU: &str = "Anna: art-pencil@1: SUCCEEDED by gpu, 2 charged";

#[test]
fn a_worker_beside_the_database_edits_a_photo() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        rig.order().await;
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        let server = rig.comfy("box1");
        assert_eq!(ours(&server).len(), 1);
        let sizes = texts(&rig.talk.world, "SELECT result FROM gpu_runs").await;
        assert!(!sizes[0].contains("\"bytes\":0"), "{sizes:?}");
        rig.ends(vec![hired]).await;
    });
}

/// ComfyUI writes the whole graph into its files, and with it what the customer wrote.
#[test]
fn the_graph_is_in_what_a_gpu_made_and_not_in_what_a_customer_gets() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        rig.order().await;
        rig.until_all_is_done().await;
        let world = &rig.talk.world;
        let made = texts(world, "SELECT result FROM gpu_runs").await;
        let made: serde_json::Value = serde_json::from_str(&made[0]).expect("files");
        let made = made[0]["key"].as_str().expect("a key").to_owned();
        let given = texts(world, "SELECT key FROM objects WHERE kind = 'picture'").await;
        let tells = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("class_type");
        let made = world.app.objects.get(&made).await.expect("it lies there");
        assert!(tells(&made), "else there is nothing to take out");
        for key in given.iter().collect::<std::collections::BTreeSet<_>>() {
            let bytes = world.app.objects.get(key).await.expect("it is kept");
            assert!(1_000 < bytes.len() && !tells(&bytes), "{key}");
        }
        assert_eq!(given.len(), 1);
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f51_a_worker_from_afar_edits_a_photo_until_its_token_is_taken_back() {
    alone(async {
        let mut rig = Rig::new().await;
        let token = cared(&rig, Care::Token { name: "home1".to_owned() }).await;
        let token = token.lines().next().expect("a token").to_owned();
        let server = serve(api::router(rig.talk.world.app.clone()), rig.stop.subscribe());
        let base = Url::parse(&format!("http://{server}")).expect("an address");
        let desk = Remote::new(rig.road(server), base, SecretString::from(token));
        let hired = rig.hire(Arc::new(desk), rig.settings("home1"));
        rig.until_it_says_hello("home1").await;
        rig.order().await;
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        assert_eq!(ours(&rig.comfy("home1")).len(), 1);
        cared(&rig, Care::Revoke { name: "home1".to_owned() }).await;
        let ended = hired.ended.recv_timeout(STUCK).expect("it ends by itself");
        let is_refused = matches!(&ended, Err(WorkerError::Desk(DeskError::Refused(_))));
        assert!(is_refused, "{ended:?}");
        rig.ends(Vec::new()).await;
    });
}

async fn cared(rig: &Rig, care: Care) -> String {
    let ground = rig.talk.world.app.ground.clone();
    let cared = rig.talk.world.db.write(move |tx| look_after(tx, &ground, &care, ground.now()));
    match cared.await.expect("the database is there") {
        Said::Done(said) => said,
        said => panic!("{said:?}"),
    }
}

#[test]
fn f54_a_socket_that_falls_silent_or_breaks_loses_no_result() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        for trouble in [Trouble::SilentSocket, Trouble::DroppedSocket, Trouble::LateHistory] {
            server.fault(Fault::once(trouble));
            rig.order().await;
            rig.until_all_is_done().await;
        }
        assert_eq!(rig.edits().await, [BY_GPU; 3]);
        let prompts = ours(&server);
        assert_eq!(prompts.len(), 3, "each was done once");
        assert!(prompts.iter().all(|it| it.state == Stage::Done), "{prompts:?}");
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f57_memory_that_was_full_is_freed_and_the_run_is_tried_once_more() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        server.fault(Fault::once(Trouble::OutOfMemory));
        rig.order().await;
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        let states: Vec<_> = ours(&server).iter().map(|it| it.state).collect();
        assert_eq!(states, [Stage::Failed, Stage::Done]);
        let failed = "SELECT attempts FROM jobs WHERE lane = 'gpu'";
        assert_eq!(number(&rig.talk.world, failed).await, 0, "nobody else heard of it");
        assert_eq!(number(&rig.talk.world, "SELECT COUNT(*) FROM gpu_runs").await, 1);
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f53_a_node_that_fails_is_told_at_once_and_in_words() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        rig.talk.go("~ fal is closed").await;
        server.fault(Fault::once(Trouble::NodeError));
        rig.order().await;
        rig.until_all_is_done().await;
        let wanted = "Anna: art-pencil@1: FAILED (provider_failed) by gpu, 2 returned";
        assert_eq!(rig.edits().await, [wanted]);
        assert_eq!(ours(&server).len(), 1, "it would fail anywhere");
        let reason = texts(&rig.talk.world, "SELECT reason FROM gpu_runs").await.remove(0);
        assert!(!reason.is_empty() && !reason.contains('/'), "{reason}");
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f58_a_comfyui_that_restarts_in_the_middle_loses_no_order_of_three() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        server.fault(Fault { fault: Trouble::Restart, times: 1, seconds: Some(1) });
        for _ in 0..3 {
            rig.order().await;
        }
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU; 3]);
        let states: Vec<_> = ours(&server).iter().map(|it| it.state).collect();
        // The one that was struck, and once more; and the two others.
        assert_eq!(states, [Stage::Gone, Stage::Done, Stage::Done, Stage::Done]);
        let failed = "SELECT SUM(attempts) FROM jobs WHERE lane = 'gpu'";
        assert_eq!(number(&rig.talk.world, failed).await, 0, "nobody else heard of it");
        assert_eq!(number(&rig.talk.world, "SELECT COUNT(*) FROM artifacts").await, 3);
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn a_comfyui_that_hangs_is_kept_from_work_where_nobody_can_restart_it() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        server.fault(Fault::once(Trouble::Hang));
        rig.order().await;
        rig.until_stage(&server, Stage::Running).await;
        // What it is asked afterwards doesn't work either.
        server.lack("ImageInvert");
        let ill = async |world: &World| {
            world.look("attention").await == Some(vec!["gpu-quarantined".to_owned()])
        };
        rig.until("it is kept from work", ill).await;
        // The run was given back first: somebody else may have it at once.
        let waits = "SELECT COUNT(*) FROM gpu_runs WHERE state = 'open' AND started_at IS NULL";
        assert_eq!(number(&rig.talk.world, waits).await, 1);
        let other = rig.hired("box2").await;
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        assert_eq!((ours(&server).len(), ours(&rig.comfy("box2")).len()), (1, 1));
        rig.ends(vec![hired, other]).await;
    });
}

#[test]
fn a_comfyui_that_hangs_is_started_anew_by_the_operators_command() {
    alone(async {
        let mut rig = Rig::new().await;
        let flag = rig.talk.world.folder.path().join("restarted");
        let restart = Some(format!("touch '{}'", flag.display()));
        let settings = Settings { restart, ..rig.settings("box1") };
        let hired = rig.hire(Arc::new(rig.here("box1")), settings);
        rig.until_it_says_hello("box1").await;
        let server = rig.comfy("box1");
        server.fault(Fault::once(Trouble::Hang));
        rig.order().await;
        rig.until_stage(&server, Stage::Running).await;
        server.lack("ImageInvert");
        let asked = flag.clone();
        rig.until("its restart is asked for", async move |_: &World| asked.exists()).await;
        server.restart(500);
        server.restock();
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        assert_eq!(rig.talk.world.look("attention").await, Some(Vec::new()));
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f57_what_hangs_everywhere_is_not_tried_for_ever() {
    alone(async {
        let mut rig = Rig::new().await;
        let settings = Settings { silence: Duration::from_secs(1), ..rig.settings("box1") };
        let hired = rig.hire(Arc::new(rig.here("box1")), settings);
        rig.until_it_says_hello("box1").await;
        let server = rig.comfy("box1");
        server.fault(Fault { fault: Trouble::Hang, times: 30, seconds: None });
        rig.order().await;
        rig.until_all_is_done().await;
        assert_eq!(
            rig.edits().await,
            ["Anna: art-pencil@1: SUCCEEDED by fal after gpu, 2 charged"]
        );
        let runs = texts(&rig.talk.world, "SELECT state || ': ' || reason FROM gpu_runs").await;
        assert_eq!(runs, ["failed: ComfyUI made no progress with it"]);
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f88_a_worker_that_is_told_to_end_hands_back_and_the_next_one_finishes() {
    alone(async {
        let mut rig = Rig::new().await;
        let first = rig.hired("box1").await;
        let server = rig.comfy("box1");
        server.fault(Fault::once(Trouble::Hang));
        rig.order().await;
        rig.until_stage(&server, Stage::Running).await;
        let _ = first.stop.send(true);
        let waits = "SELECT COUNT(*) FROM gpu_runs WHERE state = 'open' AND started_at IS NULL";
        let is_back = async |world: &World| number(world, waits).await == 1;
        rig.until("the run is handed back", is_back).await;
        let ended = first.ended.recv_timeout(STUCK).expect("it ends");
        assert!(ended.is_ok(), "{ended:?}");
        // The same machine, with its next process: as after an update.
        let next = rig.hired("box1").await;
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        assert_eq!(number(&rig.talk.world, "SELECT COUNT(*) FROM artifacts").await, 1);
        rig.ends(vec![next]).await;
    });
}

#[test]
fn f91_a_stop_reaches_the_prompt_of_whoever_pressed_it_and_no_other() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        rig.talk.go("~ join Vera en\n@vera ~ scene agreed").await;
        server.fault(Fault::once(Trouble::Hang));
        rig.order().await;
        rig.until_stage(&server, Stage::Running).await;
        rig.talk.go("@vera ~ scene pencil\n@vera > [Edit · 2 credits]").await;
        rig.talk.go("> [Stop]\n> [Yes, stop]").await;
        rig.until_all_is_done().await;
        let wanted = [
            "Anna: art-pencil@1: CANCELED by gpu, 2 returned",
            "Vera: art-pencil@1: SUCCEEDED by gpu, 2 charged",
        ];
        assert_eq!(rig.edits().await, wanted);
        let states: Vec<_> = ours(&server).iter().map(|it| it.state).collect();
        assert_eq!(states, [Stage::Interrupted, Stage::Done]);
        rig.ends(vec![hired]).await;
    });
}

#[test]
fn f59_a_comfyui_without_the_model_says_so_and_is_given_nothing() {
    alone(async {
        let mut rig = Rig::new().await;
        let server = rig.comfy("box1");
        let workflow = rig.talk.world.app.ground.catalog.workflow("qwen-edit@1");
        server.lack(&model_of(&workflow.expect("it is in the catalog").graph));
        let hired = rig.hired("box1").await;
        let cans = rig.talk.world.read(|tx| workers::cans(tx, "box1")).await;
        assert!(!cans.contains(&"qwen-edit@1".to_owned()), "{cans:?}");
        rig.talk.go("~ fal is closed").await;
        rig.order().await;
        assert_eq!(number(&rig.talk.world, "SELECT COUNT(*) FROM holds").await, 0);
        rig.until_all_is_done().await;
        assert_eq!(ours(&server).len(), 0);
        rig.ends(vec![hired]).await;
    });
}

/// The file of the large model of a graph.
fn model_of(graph: &serde_json::Value) -> String {
    let nodes = graph.as_object().expect("a graph").values();
    let named = |it: &serde_json::Value| {
        let inputs = &it["inputs"];
        inputs["unet_name"].as_str().or(inputs["ckpt_name"].as_str()).map(str::to_owned)
    };
    nodes.filter_map(named).next().expect("it loads a model")
}

#[test]
fn a_worker_that_is_drained_finishes_and_ends_by_itself() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let server = rig.comfy("box1");
        rig.order().await;
        rig.until_stage(&server, Stage::Running).await;
        cared(&rig, Care::Drain { name: "box1".to_owned() }).await;
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        let ended = hired.ended.recv_timeout(STUCK).expect("it ends by itself");
        assert!(ended.is_ok(), "{ended:?}");
        rig.ends(Vec::new()).await;
    });
}

/// A process that holds the lock until it is killed.
fn holder(path: &Path) -> std::process::Child {
    let script = format!("exec 9>'{}'; flock 9 && echo held && exec cat", path.display());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("there is a shell");
    let mut said = [0; 5];
    let out = child.stdout.as_mut().expect("it is read");
    std::io::Read::read_exact(out, &mut said).expect("it says that it holds the lock");
    child
}

#[test]
fn f56_a_lock_goes_with_its_process_and_a_file_that_lies_about_locks_nothing() {
    alone(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gpu.lock");
        std::fs::write(&path, "4711 since last year").expect("written");
        let lock = GpuLock::new(path.clone());
        let held = lock.take(Duration::ZERO).await.expect("the folder is there");
        assert!(held.is_some(), "a file is no lock");
        let other = GpuLock::new(path.clone());
        assert!(other.take(Duration::ZERO).await.expect("the folder is there").is_none());
        drop(held);
        let mut process = holder(&path);
        assert!(lock.take(Duration::ZERO).await.expect("the folder is there").is_none());
        process.kill().expect("it is ours");
        process.wait().expect("it is ours");
        assert!(lock.take(Duration::ZERO).await.expect("the folder is there").is_some());
    });
}

#[test]
fn f56_while_another_process_has_the_gpu_the_run_is_handed_back() {
    alone(async {
        let mut rig = Rig::new().await;
        let hired = rig.hired("box1").await;
        let mut process = holder(&rig.settings("box1").lock);
        rig.order().await;
        let took = "SELECT COUNT(*) FROM gpu_runs WHERE worker = 'box1'";
        rig.until("it takes the run", async |world: &World| number(world, took).await == 1).await;
        let waits = "SELECT COUNT(*) FROM gpu_runs WHERE state = 'open' AND started_at IS NULL";
        rig.until("it is handed back", async |world: &World| number(world, waits).await == 1).await;
        assert_eq!(ours(&rig.comfy("box1")).len(), 0);
        process.kill().expect("it is ours");
        process.wait().expect("it is ours");
        rig.until_all_is_done().await;
        assert_eq!(rig.edits().await, [BY_GPU]);
        rig.ends(vec![hired]).await;
    });
}
