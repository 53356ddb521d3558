//! Who may do what: every route of the description is knocked at by everybody who may not enter.

use axum::body::Body;
use domain::{ApiKeyId, BotId, Currency, Method as Way, Millis, Money, OrderId, UserId};
use http::{Method, Request};
use serde_json::{Value, json};
use server::api::keys::{self as secrets, Scope};
use server::api::spec;
use server::commands::keys;
use server::till::{self, Arrived, Renewal};
use store::orders::{self, NewOrder};
use store::{api_keys, payments, users};

use super::{Answer, Api, Having, form};
use crate::world::each;

type Route = (Method, String, Scope);

/// A route with the ids of somebody's things in its path.
fn filled(path: &str, had: &Having) -> String {
    let [_, _, noun, ..] = path.split('/').collect::<Vec<_>>()[..] else {
        return path.to_owned();
    };
    let id = match noun {
        "users" => &had.user,
        "avatars" => &had.avatar,
        "trainings" => &had.training,
        "generations" => &had.generation,
        "gallery" => &had.picture,
        "payments" => &had.payment,
        "webhooks" => &had.endpoint,
        _ => return path.to_owned(),
    };
    path.replace("{id}", id).replace("{delivery}", &had.delivery)
}

/// The same things, as nobody has them.
fn absent() -> Having {
    let id = |prefix: &str| format!("{prefix}_absent");
    Having {
        user: id("usr"),
        avatar: id("ava"),
        training: id("trn"),
        generation: id("gen"),
        picture: id("art"),
        endpoint: id("end"),
        delivery: id("dlv"),
        payment: id("pay"),
    }
}

/// A body that a route takes.
fn body(method: &Method, path: &str, had: &Having) -> Option<Value> {
    Some(match (method.as_str(), path) {
        ("PATCH", "/api/avatars/{id}") => json!({ "name": "New" }),
        ("PATCH", "/api/gallery/{id}") => json!({ "is_favourite": true }),
        ("POST", "/api/trainings") => json!({ "avatar": had.avatar }),
        ("POST", "/api/generations") => json!({ "avatar": had.avatar, "words": "a house" }),
        ("POST", "/api/users") => {
            json!({ "external_id": "x", "name": "X", "language": "en", "consent": true })
        }
        ("POST", "/api/webhooks") => {
            json!({ "url": "http://localhost:9/hook", "user": had.user })
        }
        _ => return None,
    })
}

impl Api {
    /// Goes to a route with a key, about somebody's things; `user` is who is named in the query.
    async fn knock(&self, key: &str, route: &Route, had: &Having, user: Option<&str>) -> Answer {
        let (method, path, _) = route;
        let query = user.map(|it| format!("?user={it}")).unwrap_or_default();
        let address = format!("{}{query}", filled(path, had));
        if path.ends_with("create-model-training") {
            return self.send(form(key, &address, &[("gender", "other")], None, None)).await;
        }
        self.ask(key, method.as_str(), &address, body(method, path, had)).await
    }

    /// What is somebody else's and what isn't there are answered alike.
    async fn same(
        &self,
        key: &str,
        route: &Route,
        theirs: (&Having, Option<&str>),
        absent: (&Having, Option<&str>),
    ) {
        let theirs = self.knock(key, route, theirs.0, theirs.1).await;
        let absent = self.knock(key, route, absent.0, absent.1).await;
        assert_eq!((theirs.code, absent.code), (404, 404), "{route:?}: {theirs:?} {absent:?}");
        let (theirs, absent) = (theirs.json(), absent.json());
        assert_eq!(theirs["detail"], absent["detail"], "{route:?}");
        assert_eq!(theirs["code"], absent["code"], "{route:?}");
    }

    /// Gives Anna one of everything.
    async fn furnish(&self) -> Having {
        let (avatar, training) = self.trained().await;
        let (generation, picture) = self.made(&avatar).await;
        let (endpoint, _) = self.endpoint().await;
        let ping = format!("/api/webhooks/{endpoint}/ping");
        let delivery = self.ask(&self.key, "POST", &ping, None).await.is(202);
        let delivery = delivery["id"].as_str().unwrap().to_owned();
        let payment = self.paid().await;
        let user = self.anna.clone();
        Having { user, avatar, training, generation, picture, endpoint, delivery, payment }
    }

    /// A payment of Anna's.
    async fn paid(&self) -> String {
        let ground = self.world.app.ground.clone();
        let user = UserId::from_text(&self.anna).unwrap();
        let came = move |tx: &mut store::Tx| -> Result<_, server::failure::Failure> {
            let (now, order) = (ground.now(), OrderId::from_text("ord_a").unwrap());
            let offer =
                ground.catalog.pack("250").unwrap().offer(Currency::Rub, None, now).unwrap();
            let bot = BotId::from_text("bot_1000001").unwrap();
            let new = NewOrder {
                id: &order,
                user: &user,
                bot: &bot,
                method: Way::Card,
                gateway: "yookassa",
                offer: &offer,
                subscription: None,
                is_renewal: false,
                resume: None,
                expires_at: now.plus(Millis::HOUR),
            };
            orders::insert(tx, &new, now)?;
            let arrived = Arrived {
                gateway: "yookassa".to_owned(),
                their_id: "2c85".to_owned(),
                bot,
                payer: None,
                money: Money::new(199_000, Currency::Rub).unwrap(),
                is_test: false,
                paid_at: now,
                renewal: Renewal::default(),
                doubt: None,
            };
            till::arrived(tx, &ground, &arrived, Some(&order), now)?;
            Ok(payments::by_their_id_for_job(tx, "yookassa", "2c85")?.unwrap().id)
        };
        self.world.db.write(came).await.unwrap().into()
    }
}

fn others(scope: Scope) -> String {
    let others = Scope::ALL.iter().filter(|it| **it != scope).map(|it| it.as_str());
    others.collect::<Vec<_>>().join(",")
}

/// Whether a route can be asked about a user by name.
fn takes_user(description: &Value, route: &Route) -> bool {
    let (method, path, _) = route;
    let path = if path.starts_with("/api") { path.clone() } else { format!("/api{path}") };
    let about = &description["paths"][path][method.as_str().to_lowercase()];
    let parameters = about["parameters"].as_array().cloned().unwrap_or_default();
    parameters.iter().any(|it| it["name"] == "user" && it["in"] == "query")
}

#[test]
fn f83_no_route_opens_without_a_good_key_of_its_scope() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let nobody = absent();
        let known = api.make_key("main", None, "all").await;
        let start = secrets::start(&known).unwrap().to_owned();
        let by_start = move |tx: &mut store::Tx| api_keys::by_start(tx, &start);
        let id = api.world.read(by_start).await[0].id.clone();
        api.command(move |tx, ground, now| keys::revoke(tx, ground, &id, now)).await;
        // Right in its first characters, and wrong after them.
        let near = format!("{}{}", &api.key[..12], "z".repeat(32));
        let table = spec::table();
        assert!(30 <= table.len(), "{} routes", table.len());
        for route in &table {
            let (method, path, scope) = route;
            for (name, value) in [
                ("x-nothing", String::new()),
                ("authorization", format!("Basic {}", api.key)),
                ("authorization", "Bearer".to_owned()),
                ("authorization", "Bearer nonsense".to_owned()),
            ] {
                let request = Request::builder().method(method).uri(filled(path, &nobody));
                let request = request.header(name, value).body(Body::empty()).unwrap();
                let answer = api.send(request).await;
                answer.is(401);
                assert_eq!(answer.headers["www-authenticate"], "Bearer", "{method} {path}");
            }
            for wrong in [&known, &near, &format!("atl_{}", "0".repeat(40))] {
                api.knock(wrong, route, &nobody, None).await.refused(401, "key-wrong");
            }
            let others = api.make_key("main", None, &others(*scope)).await;
            api.knock(&others, route, &nobody, None).await.refused(403, "scope-missing");
            let only = api.make_key("main", None, scope.as_str()).await;
            let answer = api.knock(&only, route, &nobody, None).await;
            assert!(![401, 403, 500].contains(&answer.code), "{method} {path}: {answer:?}");
        }
        api.world
    });
}

#[test]
fn f84_what_is_somebody_elses_is_as_if_it_were_not_there() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let had = api.furnish().await;
        let boris = api.bring("boris").await;
        api.grant(&boris, 1_000).await;
        let of_boris = api.make_key("main", Some(&boris), "all").await;
        let of_second = api.make_key("second", None, "all").await;
        let carol = api.bring_with(&of_second, "carol").await;
        let (nobody, description) = (absent(), spec::document());
        let (mut paths, mut queries, mut bodies) = (0, 0, 0);
        for route in &spec::table() {
            let (method, path, _) = route;
            let by_name = takes_user(&description, route);
            for (key, own) in [(&of_boris, None), (&of_second, Some(carol.as_str()))] {
                let own = own.filter(|_| by_name);
                if path.contains('{') {
                    api.same(key, route, (&had, own), (&nobody, own)).await;
                    paths += 1;
                } else if body(method, path, &had).is_some() && path != "/api/users" {
                    api.same(key, route, (&had, own), (&nobody, own)).await;
                    bodies += 1;
                }
                if by_name {
                    let (one, other) = (Some(&*had.user), Some(&*nobody.user));
                    api.same(key, route, (&had, one), (&nobody, other)).await;
                    queries += 1;
                }
            }
        }
        assert!(30 <= paths && 30 <= queries && 6 <= bodies, "{paths} {queries} {bodies}");
        // A delivery of another endpoint, asked for under one's own.
        let url = json!({ "url": "http://localhost:9/hook" });
        let own = api.ask(&of_boris, "POST", "/api/webhooks", Some(url)).await.is(201);
        let path = format!(
            "/api/webhooks/{}/deliveries/{}/replay",
            own["id"].as_str().unwrap(),
            had.delivery
        );
        api.ask(&of_boris, "POST", &path, None).await.refused(404, "not-found");
        let path = format!("/api/users?user={}&cursor=0", had.user);
        api.ask(&of_boris, "GET", &path, None).await.refused(404, "not-found");
        // All of it is still there, and as it was.
        for route in &spec::table() {
            let (method, path, _) = route;
            if *method == Method::GET && path.contains('{') {
                let user = takes_user(&description, route).then_some(had.user.as_str());
                api.knock(&api.key, route, &had, user).await.is(200);
            }
        }
        let mine = api.ask(&of_boris, "GET", "/api/jobs", None).await.is(200);
        assert_eq!((&mine["open"], &mine["queue"]), (&json!([]), &Value::Null));
        api.world
    });
}

#[test]
fn nothing_is_done_for_a_banned_user() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let own = api.make_key("main", Some(&api.anna), "all").await;
        let id = UserId::from_text(&api.anna).unwrap();
        api.world.write(move |tx| users::ban(tx, &id, true)).await;
        let (nobody, description) = (absent(), spec::document());
        for route in &spec::table() {
            api.knock(&own, route, &nobody, None).await.refused(403, "user-banned");
            if takes_user(&description, route) {
                let answer = api.knock(&api.key, route, &nobody, Some(&api.anna)).await;
                answer.refused(403, "user-banned");
            }
        }
        api.world
    });
}

#[test]
fn a_secret_is_shown_once_and_kept_nowhere() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let secret = api.key.clone();
        let kept = api.world.read(api_keys::list).await;
        assert!(kept.iter().any(|it| it.hash == secrets::hash(&secret)));
        let tail = secret[12..].to_owned();
        let text = format!("{kept:?}");
        assert!(!text.contains(&tail), "{text}");
        let deeds = api.world.read(|tx| {
            let rows = tx.query("SELECT detail FROM deeds", &[])?;
            rows.iter().map(|it| it.text("detail")).collect::<Result<Vec<_>, _>>()
        });
        let deeds = deeds.await.join("\n");
        assert!(deeds.contains("a test") && !deeds.contains(&tail), "{deeds}");
        api.world
    });
}

#[test]
fn a_key_that_is_replaced_opens_for_its_last_hours_and_a_revoked_one_no_more() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let old = api.key.clone();
        let start = secrets::start(&old).unwrap().to_owned();
        let id: ApiKeyId = {
            let hash = secrets::hash(&old);
            let found = api.world.read(move |tx| api_keys::by_start(tx, &start)).await;
            found.into_iter().find(|it| it.hash == hash).unwrap().id
        };
        let said = api.command(move |tx, ground, now| keys::rotate(tx, ground, &id, 2, now)).await;
        let [new_id, new] = [0, 1].map(|it| said.lines().nth(it).unwrap().to_owned());
        assert_ne!(old, new);
        let opens = async |key: &str| api.ask(key, "GET", "/api/users", None).await.code;
        assert_eq!((opens(&old).await, opens(&new).await), (200, 200));
        api.world.clock.pass(2 * Millis::HOUR.as_i64() - 1);
        assert_eq!((opens(&old).await, opens(&new).await), (200, 200));
        api.world.clock.pass(1);
        assert_eq!((opens(&old).await, opens(&new).await), (401, 200));
        let new_id = ApiKeyId::from_text(&new_id).unwrap();
        api.command(move |tx, ground, now| keys::revoke(tx, ground, &new_id, now)).await;
        assert_eq!(opens(&new).await, 401);
        api.world
    });
}

#[test]
fn a_key_that_asks_too_often_is_told_when_to_come_again() {
    each(|ground| async move {
        let api = Api::with(ground, &[("api.requests_per_minute", "4")]).await;
        let key = api.make_key("main", None, "presets:read").await;
        let ask = async || api.ask(&key, "GET", "/api/presets", None).await;
        for left in [3, 2, 1, 0] {
            let answer = ask().await;
            answer.is(200);
            assert_eq!(answer.headers["ratelimit-limit"], "4");
            assert_eq!(answer.headers["ratelimit-remaining"], left.to_string().as_str());
            assert!(answer.headers.contains_key("ratelimit-reset"));
        }
        let answer = ask().await;
        answer.refused(429, "too-many-requests");
        let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=15).contains(&wait), "{wait}");
        assert_eq!(answer.headers["ratelimit-remaining"], "0");
        let other = api.make_key("main", None, "presets:read").await;
        api.ask(&other, "GET", "/api/presets", None).await.is(200);
        api.world
    });
}
