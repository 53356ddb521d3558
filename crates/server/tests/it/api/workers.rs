//! The door of GPU workers that stand elsewhere: who may enter, whose run it is, and what is made
//! of whatever is said there.

use axum::body::{Body, Bytes};
use domain::{GpuRunId, Millis};
use http::Request;
use serde_json::{Value, json};
use server::api::workers::ROUTES;
use server::commands::Said;
use server::commands::keys::{self, New};
use server::commands::worker::{Care, look_after};
use server::farm::here::FILE_BYTES_MAX;
use store::workers;

use crate::chats::talk::Talk;
use crate::stories_pictures::{number, texts};
use crate::world::{TOKEN, World, each};

/// What a route is asked for, if nothing is wrong.
fn body(path: &str, fence: i64) -> Body {
    let json = match path.rsplit('/').next().unwrap_or_default() {
        "hello" => json!({ "version": "0", "device": "a GPU", "can": ["qwen-edit@1"] }),
        "claim" => json!({ "patience_ms": 0 }),
        "quarantine" => json!({ "reason": "it hangs" }),
        "beat" => json!({ "fence": fence, "percent": 50 }),
        "end" => json!({ "fence": fence, "end": { "end": "stopped" } }),
        "wanted" => json!({}),
        _ => return Body::from("a picture"),
    };
    Body::from(json.to_string())
}

fn filled(path: &str, run: &str, fence: i64) -> String {
    let path = path.replace("{run}", run).replace("{number}", "1");
    let has_query = path.contains("/photos/") || path.contains("/files/");
    if has_query { format!("{path}?fence={fence}") } else { path }
}

/// Anna's order, a worker that stands elsewhere and has it, and one that doesn't.
struct Door {
    talk: Talk,
    /// Of `home1`, who has the run, and of `home2`.
    tokens: [String; 2],
    run: String,
    fence: i64,
}

async fn cared(world: &World, care: Care) -> String {
    let ground = world.app.ground.clone();
    let cared = world.db.write(move |tx| look_after(tx, &ground, &care, ground.now())).await;
    match cared.expect("the database is there") {
        Said::Done(said) => said.lines().next().unwrap_or_default().to_owned(),
        said => panic!("{said:?}"),
    }
}

async fn token(world: &World, name: &str) -> String {
    cared(world, Care::Token { name: name.to_owned() }).await
}

impl Door {
    async fn new(ground: crate::world::Ground) -> Self {
        let mut talk = Talk::new(World::new(ground).await);
        let tokens = [token(&talk.world, "home1").await, token(&talk.world, "home2").await];
        talk.go("~ gpu home1 can all\n~ gpu home2 can all\n~ scene agreed\n~ scene pencil").await;
        talk.go("> [Edit · 2 credits]\n~ worker\n~ gpu home1 takes").await;
        let (ticket, _) = talk.had("home1").expect("it has the run");
        Self { talk, tokens, run: ticket.run.as_str().to_owned(), fence: ticket.fence }
    }

    async fn ask(&self, token: &str, method: &str, path: &str, body: Body) -> (u16, Value) {
        let headers = [
            ("authorization", format!("Bearer {token}")),
            ("content-type", "application/json".to_owned()),
        ];
        self.ask_with(&headers, method, path, body).await
    }

    async fn ask_with(
        &self,
        headers: &[(&str, String)],
        method: &str,
        path: &str,
        body: Body,
    ) -> (u16, Value) {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).expect("a good request");
        let (code, said) = self.talk.world.door.ask(request).await.expect("somebody opens");
        (code.as_u16(), serde_json::from_slice(&said).unwrap_or(Value::Null))
    }

    async fn post(&self, path: &str, said: Value) -> u16 {
        self.ask(&self.tokens[0], "POST", path, Body::from(said.to_string())).await.0
    }

    /// What is known of the run.
    async fn row(&self) -> Vec<String> {
        texts(
            &self.talk.world,
            "SELECT gpu_runs.state || ' ' || gpu_runs.worker || ' ' || COALESCE(percent, 0) || ' '
                    || COALESCE(result, '') || COALESCE(reason, '') || ' ' || jobs.state || ' '
                    || fence
             FROM gpu_runs JOIN jobs ON jobs.id = job_id",
        )
        .await
    }

    async fn ends(mut self) -> World {
        self.talk.go("~ gpu home1 finishes\n~ settle").await;
        let edits = self.talk.world.look("edits").await.expect("a look");
        assert_eq!(edits, ["Anna: art-pencil@1: SUCCEEDED by gpu, 2 charged"]);
        self.talk.world
    }
}

#[test]
fn f83_no_route_of_workers_opens_to_strangers() {
    each(|ground| async move {
        let door = Door::new(ground).await;
        let world = &door.talk.world;
        let replaced = token(world, "home3").await;
        let _ = token(world, "home3").await;
        let revoked = token(world, "home4").await;
        cared(world, Care::Revoke { name: "home4".to_owned() }).await;
        let ground = world.app.ground.clone();
        let new = New {
            bot: "main".to_owned(),
            user: None,
            name: "a test".to_owned(),
            scopes: "all".to_owned(),
        };
        let made = world.db.write(move |tx| keys::create(tx, &ground, &new, ground.now())).await;
        let key = match made.expect("the database is there") {
            Said::Done(said) => said.lines().nth(1).expect("a secret").to_owned(),
            said => panic!("{said:?}"),
        };
        let good = &door.tokens[0];
        let hash = server::api::keys::hash(good);
        let near = format!("{}{}", &good[..good.len() - 1], "~");
        let before = door.row().await;
        for (method, path) in ROUTES {
            let address = filled(path, &door.run, door.fence);
            for wrong in
                [&revoked, &replaced, &key, &hash, &near, &TOKEN.to_owned(), &String::new()]
            {
                let body = body(path, door.fence);
                let (code, said) = door.ask(wrong, method, &address, body).await;
                assert_eq!(code, 401, "{method} {path} for {wrong}: {said}");
            }
            for value in [format!("Basic {good}"), format!("bearer{good}"), good.clone()] {
                let headers = [("authorization", value)];
                let body = body(path, door.fence);
                let (code, _) = door.ask_with(&headers, method, &address, body).await;
                assert_eq!(code, 401, "{method} {path}");
            }
            let query =
                format!("{address}{}token={good}", if address.contains('?') { "&" } else { "?" });
            let (code, _) = door.ask_with(&[], method, &query, body(path, door.fence)).await;
            assert_eq!(code, 401, "{method} {path}");
        }
        assert_eq!(before, door.row().await);
        // And it opens to whoever has one: what doesn't end the run, at least.
        for (method, path) in ROUTES.into_iter().filter(|it| !it.1.ends_with("/end")) {
            let path = path.replace("photos/{number}", "photos/0");
            let address = filled(&path, &door.run, door.fence);
            let token = &door.tokens[usize::from(path.ends_with("quarantine"))];
            let (code, said) = door.ask(token, method, &address, body(&path, door.fence)).await;
            assert_eq!(code, 200, "{method} {path}: {said}");
        }
        door.ends().await
    });
}

#[test]
fn f55_the_run_of_one_worker_is_closed_to_every_other() {
    each(|ground| async move {
        let door = Door::new(ground).await;
        let before = door.row().await;
        let of_runs = ROUTES.into_iter().filter(|it| it.1.contains("{run}"));
        let absent = GpuRunId::new(7);
        let fences = [0, -1, door.fence + 1, i64::MAX, i64::MIN];
        let mut wrong: Vec<_> = fences.map(|it| (&door.tokens[0], door.run.clone(), it)).to_vec();
        wrong.push((&door.tokens[1], door.run.clone(), door.fence));
        for run in [absent.as_str(), "run", "gen_01m7wd95f0000000000000000n", "%2e%2e%2fetc", "%00"]
        {
            wrong.push((&door.tokens[0], run.to_owned(), door.fence));
        }
        for (method, path) in of_runs {
            for (token, run, fence) in &wrong {
                let address = filled(&path.replace("photos/{number}", "photos/0"), run, *fence);
                let (code, said) = door.ask(token, method, &address, body(path, *fence)).await;
                let is_lost = code == 409 || (path.ends_with("/beat") && said == json!("lost"));
                assert!(is_lost, "{method} {address}: {code} {said}");
            }
        }
        assert_eq!(before, door.row().await);
        // No file was put anywhere.
        let files = door.talk.world.look("files").await.expect("a look");
        assert_eq!(files, ["1"], "but Anna's photo");
        door.ends().await
    });
}

#[test]
fn what_workers_say_is_checked_as_what_strangers_say() {
    each(|ground| async move {
        let door = Door::new(ground).await;
        let before = door.row().await;
        let run = |rest: &str| format!("/api/worker/runs/{}/{rest}", door.run);
        let good = &door.tokens[0];
        let fence = door.fence;
        // Numbers.
        for number in ["0", "5", "-1", "4294967296", "x", ""] {
            let path = run(&format!("files/{number}?fence={fence}"));
            let (code, _) = door.ask(good, "PUT", &path, Body::from("x")).await;
            assert!((400..500).contains(&code), "{path}: {code}");
        }
        for number in ["1", "99", "-1", "x"] {
            let path = run(&format!("photos/{number}?fence={fence}"));
            let (code, _) = door.ask(good, "GET", &path, Body::empty()).await;
            assert!((400..500).contains(&code), "{path}: {code}");
        }
        for fence in ["", "?fence=", "?fence=x", "?fence=99999999999999999999"] {
            let path = run(&format!("files/1{fence}"));
            let (code, _) = door.ask(good, "PUT", &path, Body::from("x")).await;
            assert_eq!(code, 400, "{path}");
        }
        // Bodies.
        for (method, path) in
            ROUTES.into_iter().filter(|it| it.0 == "POST" && !it.1.ends_with("wanted"))
        {
            let address = filled(path, &door.run, fence);
            for junk in
                ["", "{", "[]", "null", "7", "{\"fence\":\"x\"}", "{\"end\":{\"end\":\"none\"}}"]
            {
                let (code, _) = door.ask(good, method, &address, Body::from(junk)).await;
                assert!([400, 422].contains(&code), "{path} {junk}: {code}");
            }
            let large = Body::from(format!("{{\"reason\":\"{}\"}}", "x".repeat(70_000)));
            let (code, _) = door.ask(good, method, &address, large).await;
            assert_eq!(code, 413, "{path}");
        }
        let large = Bytes::from(vec![0; FILE_BYTES_MAX + 1]);
        let path = run(&format!("files/1?fence={fence}"));
        assert_eq!(door.ask(good, "PUT", &path, Body::from(large)).await.0, 413);
        // Words.
        for percent in [json!(256), json!(-1), json!("x"), json!(1.5)] {
            let code = door.post(&run("beat"), json!({ "fence": fence, "percent": percent })).await;
            assert_eq!(code, 422, "{percent}");
        }
        let end = |end: Value| json!({ "fence": fence, "end": end });
        for wrong in [
            json!({ "end": "done", "files": [] }),
            json!({ "end": "done", "files": [-1] }),
            json!({ "end": "done" }),
            json!({ "end": "failed", "fault": "none", "reason": "x" }),
            json!({ "end": "hand_back" }),
        ] {
            let code = door.post(&run("end"), end(wrong.clone())).await;
            assert_eq!(code, 422, "{wrong}");
        }
        assert_eq!(before, door.row().await);
        door.ends().await
    });
}

#[test]
fn what_a_worker_says_of_itself_can_not_be_more_than_words() {
    each(|ground| async move {
        let door = Door::new(ground).await;
        let world = &door.talk.world;
        let cans: Vec<_> = (0..10_000).map(|it| format!("c{it}")).collect();
        let hello = |cans: &[String]| {
            let device = format!("GPU\n\u{1b}[31m\u{0}\r\n{}", "x".repeat(5_000));
            json!({ "version": "1\n2", "device": device, "can": cans })
        };
        assert_eq!(door.post("/api/worker/hello", hello(&cans)).await, 413);
        assert_eq!(door.post("/api/worker/hello", hello(&cans[..201])).await, 422);
        let mut cans = cans[..199].to_vec();
        cans.push("qwen-edit@1".to_owned());
        assert_eq!(door.post("/api/worker/hello", hello(&cans)).await, 200);
        let known = world.read(|tx| Ok((workers::list(tx)?, workers::cans(tx, "home1")?)));
        let (known, cans) = known.await;
        assert_eq!(cans, ["qwen-edit@1"], "what we don't have is not believed");
        let own = known.iter().find(|it| it.name == "home1").expect("it is known");
        for text in [&own.device, &own.version] {
            let is_plain = text.chars().count() <= 300 && !text.contains(char::is_control);
            assert!(is_plain, "{text}");
        }
        let reason = format!("<b>\u{1b}[2J\n{}", "y".repeat(5_000));
        assert_eq!(door.post("/api/worker/quarantine", json!({ "reason": reason })).await, 200);
        let known = world.read(workers::list).await;
        let own = known.iter().find(|it| it.name == "home1").and_then(|it| it.reason.clone());
        let own = own.expect("why it is kept from work");
        assert!(own.chars().count() <= 300 && !own.contains(char::is_control), "{own}");
        let other = known.iter().find(|it| it.name == "home2").expect("it is known");
        assert_eq!(other.reason, None, "nobody speaks for another");
        // A pause of ages is a minute, and one of the past is none.
        for pause in [i64::MAX, i64::MIN] {
            let end = json!({ "end": "hand_back", "pause": pause });
            let path = format!("/api/worker/runs/{}/end", door.run);
            let (ticket, _) = door.talk.had("home1").expect("a run");
            let code = door.post(&path, json!({ "fence": ticket.fence, "end": end })).await;
            assert!([200, 409].contains(&code), "{pause}: {code}");
        }
        let waits = "SELECT run_at FROM jobs WHERE lane = 'gpu'";
        let until = Millis(number(world, waits).await);
        assert!(until <= world.now().plus(Millis::MINUTE), "{until:?}");
        cared(world, Care::Resume { name: "home1".to_owned() }).await;
        let mut talk = door.talk;
        talk.go("~ seconds 61\n~ gpu home1 takes\n~ gpu home1 finishes\n~ settle").await;
        talk.world
    });
}
