//! Pictures for other programs: ordered, watched, fetched, kept and thrown away.

use http::Request;
use serde_json::json;

use super::{Answer, Api};
use crate::world::each;

impl Api {
    /// Follows a link as a browser would, without a key.
    async fn follow(&self, url: &str) -> Answer {
        let path = url.strip_prefix("http://127.0.0.1:8080").expect("a link to where we are");
        self.send(Request::get(path).body(axum::body::Body::empty()).unwrap()).await
    }

    async fn ids(&self, path: &str) -> Vec<String> {
        let page = self.get(path).await.is(200);
        let page = page["items"].as_array().unwrap().iter();
        page.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn pictures_are_ordered_watched_and_fetched_by_a_signed_link() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let (avatar, _) = api.trained().await;
        let presets = api.ask(&api.key, "GET", "/api/presets", None).await.is(200);
        let each = presets["picture_models"][0]["credits"].as_i64().unwrap();
        let before = api.available().await;
        let order = |most: i64| {
            json!({ "avatar": avatar, "words": "a red house", "aspect": "1:1", "count": 3,
                    "max_credits": most })
        };
        api.post("/api/generations", order(3 * each - 1)).await.refused(409, "price-too-high");
        let made = api.post("/api/generations", order(3 * each)).await.is(202);
        assert_eq!(made["state"], "PENDING");
        assert_eq!(made["credits"], json!({ "price": 3 * each, "charged": 0, "returned": 0 }));
        let balance = api.get("/api/balance").await.is(200);
        assert_eq!(
            (&balance["available"], &balance["held"]),
            (&json!(before - 3 * each), &json!(3 * each))
        );
        let id = made["id"].as_str().unwrap();
        let work = api.get("/api/jobs").await.is(200);
        assert_eq!(
            (&work["open"][0]["id"], &work["open"][0]["kind"]),
            (&json!(id), &json!("generation"))
        );
        api.world.settle(3_600_000).await;
        let ended = api.get(&format!("/api/generations/{id}")).await.is(200);
        assert_eq!((&ended["state"], &ended["made"]), (&json!("SUCCEEDED"), &json!(3)));
        assert_eq!(ended["credits"]["charged"], 3 * each);
        let pictures = api.get(&format!("/api/generations/{id}/pictures")).await.is(200);
        let pictures = pictures.as_array().unwrap();
        assert_eq!(pictures.len(), 3);
        for picture in pictures {
            let file = api.follow(picture["url"].as_str().unwrap()).await;
            file.is(200);
            assert_eq!(file.headers["content-type"], picture["content_type"].as_str().unwrap());
            assert_eq!(file.body.len() as u64, picture["bytes"].as_u64().unwrap());
            let small = api.follow(picture["thumbnail_url"].as_str().unwrap()).await;
            small.is(200);
            assert!(small.body.len() < file.body.len());
        }
        // A link is good for its file and its time alone.
        let [one, other] = [0, 1].map(|it| pictures[it]["url"].as_str().unwrap().to_owned());
        let (path, _) = one.split_once('?').unwrap();
        let (_, sign) = other.split_once('?').unwrap();
        api.follow(path).await.is(401);
        api.follow(&format!("{path}?{sign}")).await.is(401);
        api.world.clock.pass(15 * 60_000);
        api.follow(&one).await.is(401);
        api.world
    });
}

#[test]
fn orders_that_make_no_sense_are_refused_and_cost_nothing() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let (avatar, _) = api.trained().await;
        let before = api.available().await;
        for (wrong, code, word) in [
            (json!({ "words": "x" }), 400, "wrong-input"),
            (json!({ "avatar": avatar, "count": 0, "words": "x" }), 400, "wrong-input"),
            (json!({ "avatar": avatar, "count": 5, "words": "x" }), 400, "wrong-input"),
            (json!({ "avatar": avatar, "count": 1.5, "words": "x" }), 400, "wrong-input"),
            (json!({ "avatar": avatar, "aspect": "2:1", "words": "x" }), 400, "wrong-input"),
            (json!({ "avatar": avatar, "words": "x", "colour": "red" }), 400, "wrong-input"),
            (json!({ "avatar": avatar, "words": "x", "strength_percent": 0 }), 400, "wrong-input"),
            (json!({ "avatar": avatar }), 422, "refusal-words-empty"),
            (json!({ "avatar": avatar, "words": "x".repeat(501) }), 422, "refusal-words-too-long"),
            (json!({ "avatar": avatar, "style": "no-such" }), 422, "refusal-style-gone"),
            (json!({ "avatar": avatar, "words": "x", "model": "none" }), 422, "model-unknown"),
            (json!({ "avatar": "ava_none", "words": "x" }), 404, "refusal-avatar-gone"),
            (
                json!({ "avatar": avatar, "words": "x", "source": "art_none" }),
                404,
                "refusal-picture-gone",
            ),
        ] {
            api.post("/api/generations", wrong).await.refused(code, word);
        }
        assert_eq!(api.available().await, before);
        assert_eq!(api.ids("/api/generations").await, Vec::<String>::new());
        api.world
    });
}

#[test]
fn the_gallery_is_filtered_marked_and_cleared() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let (avatar, _) = api.trained().await;
        let (generation, first) = api.made(&avatar).await;
        assert_eq!(api.ids("/api/gallery").await.len(), 2);
        assert_eq!(api.ids(&format!("/api/gallery?avatar={avatar}")).await.len(), 2);
        assert_eq!(api.ids("/api/gallery?avatar=ava_none").await.len(), 0);
        assert_eq!(api.ids("/api/gallery?favourite=true").await.len(), 0);
        let path = api.of_anna(&format!("/api/gallery/{first}"));
        let mark = |is: bool| Some(json!({ "is_favourite": is }));
        let marked = api.ask(&api.key, "PATCH", &path, mark(true)).await.is(200);
        assert_eq!(
            (&marked["is_favourite"], &marked["delete_after"]),
            (&json!(true), &json!(null))
        );
        assert_eq!(api.ids("/api/gallery?favourite=true").await, std::slice::from_ref(&first));
        let marked = api.ask(&api.key, "PATCH", &path, mark(false)).await.is(200);
        assert!(marked["delete_after"].is_string());
        let link = marked["url"].as_str().unwrap().to_owned();
        api.follow(&link).await.is(200);
        api.ask(&api.key, "DELETE", &path, None).await.is(204);
        api.ask(&api.key, "GET", &path, None).await.refused(404, "refusal-picture-gone");
        api.ask(&api.key, "DELETE", &path, None).await.refused(404, "refusal-picture-gone");
        let left = api.get(&format!("/api/generations/{generation}")).await.is(200);
        assert_eq!((&left["made"], left["pictures"].as_array().unwrap().len()), (&json!(2), 1));
        api.world
    });
}

#[test]
fn what_is_called_off_in_time_costs_nothing() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let (avatar, _) = api.trained().await;
        let before = api.available().await;
        let order = json!({ "avatar": avatar, "words": "a red house" });
        let made = api.post("/api/generations", order).await.is(202);
        let path = format!("/api/generations/{}", made["id"].as_str().unwrap());
        let cancel = api.of_anna(&format!("{path}/cancel"));
        api.ask(&api.key, "POST", &cancel, None).await.is(202);
        api.world.settle(3_600_000).await;
        let ended = api.get(&path).await.is(200);
        assert_eq!(ended["state"], "CANCELED", "{ended}");
        assert_eq!(ended["credits"]["returned"], ended["credits"]["price"]);
        assert_eq!(api.available().await, before);
        api.ask(&api.key, "POST", &cancel, None).await.refused(409, "refusal-nothing-to-cancel");
        api.world
    });
}
