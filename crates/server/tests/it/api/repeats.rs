//! Asking again, asking at the same time, and asking for page after page.

use http::Method;
use serde_json::{Value, json};

use super::{Answer, Api, PHOTOS, UPLOAD, form, pictures};
use crate::world::each;

impl Api {
    async fn order(&self, order: &Value, name: &str) -> Answer {
        let path = self.of_anna("/api/generations");
        self.ask_named(&self.key, "POST", &path, Some(order.clone()), Some(name)).await
    }
}

#[test]
fn a_request_that_is_sent_again_is_answered_again_and_makes_nothing() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let (avatar, _) = api.trained().await;
        let before = api.available().await;
        let order = json!({ "avatar": avatar, "words": "a house", "count": 1 });
        let dear = json!({ "avatar": avatar, "words": "a house", "max_credits": 0 });
        // What was refused has made nothing: its name is free.
        api.order(&dear, "one").await.refused(409, "price-too-high");
        let first = api.order(&order, "one").await.is(202);
        let price = first["credits"]["price"].as_i64().unwrap();
        assert_eq!(api.available().await, before - price);
        api.world.settle(3_600_000).await;
        let again = api.order(&order, "one").await.is(202);
        assert_eq!(first, again, "the answer of then");
        assert_eq!(api.available().await, before - price);
        // The same name for something else, or from somebody else's program.
        api.order(&dear, "one").await.refused(422, "idempotency-key-reused");
        let path = api.of_anna("/api/trainings");
        let training = json!({ "avatar": avatar });
        let other = api.ask_named(&api.key, "POST", &path, Some(training), Some("one")).await;
        other.refused(422, "idempotency-key-reused");
        let key = api.make_key("main", None, "all").await;
        let path = api.of_anna("/api/generations");
        let theirs = api.ask_named(&key, "POST", &path, Some(order.clone()), Some("one")).await;
        assert_ne!(theirs.is(202)["id"], first["id"]);
        for wrong in ["", " ", "with blanks", &"x".repeat(256)] {
            api.order(&order, wrong).await.refused(400, "idempotency-key-wrong");
        }
        api.world.settle(3_600_000).await;
        let all = api.get("/api/generations").await.is(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 2);
        api.world
    });
}

#[test]
fn two_at_once_under_one_name_have_one_effect() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let new =
            json!({ "external_id": "dora", "name": "Dora", "language": "en", "consent": true });
        let bring =
            || api.ask_named(&api.key, "POST", "/api/users", Some(new.clone()), Some("dora"));
        let (one, other) = tokio::join!(bring(), bring());
        assert_eq!(one.is(201), other.is(201));
        let set = pictures(PHOTOS);
        let texts = [("gender", "other"), ("training_type", "style"), ("quality", "fast")];
        let path = api.of_anna(UPLOAD);
        let before = api.available().await;
        let train = || api.send(form(&api.key, &path, &texts, Some(&set), Some("set")));
        let (one, other) = tokio::join!(train(), train());
        let (made, busy) = if one.code == 202 { (one, other) } else { (other, one) };
        busy.refused(409, "idempotency-key-in-use");
        let made = made.is(202);
        let price = made["training"]["credits"]["price"].as_i64().unwrap();
        assert_eq!(api.available().await, before - price);
        let again = train().await.is(202);
        assert_eq!(made, again);
        let avatars = api.get("/api/avatars").await.is(200);
        assert_eq!(avatars["items"].as_array().unwrap().len(), 1);
        api.world.settle(3_600_000).await;
        api.world
    });
}

#[test]
fn pages_follow_each_other_to_the_end_and_nothing_is_there_twice() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let mut made = vec![api.anna.clone()];
        for name in ["b", "c", "d", "e"] {
            made.push(api.bring(name).await);
        }
        made.reverse();
        for (limit, lengths) in [(2, vec![2, 2, 1]), (5, vec![5]), (100, vec![5]), (4, vec![4, 1])]
        {
            let (mut seen, mut pages, mut cursor) = (Vec::new(), Vec::new(), None::<String>);
            loop {
                let from = cursor.as_ref().map(|it| format!("&cursor={it}")).unwrap_or_default();
                let path = format!("/api/users?limit={limit}{from}");
                let page = api.ask(&api.key, "GET", &path, None).await.is(200);
                let ids = page["items"].as_array().unwrap().iter();
                let ids: Vec<_> = ids.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
                pages.push(ids.len());
                seen.extend(ids);
                cursor = page["next_cursor"].as_str().map(str::to_owned);
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((seen, pages), (made.clone(), lengths), "{limit} a page");
        }
        // Beyond the last there is an empty page, and what is no place is refused.
        let page = api.ask(&api.key, "GET", "/api/users?cursor=0", None).await.is(200);
        assert_eq!(page, json!({ "items": [], "next_cursor": null }));
        api.world
    });
}

#[test]
fn every_list_refuses_pages_and_words_that_there_are_not() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let lists: Vec<_> = server::api::spec::table()
            .into_iter()
            .filter(|(method, path, _)| *method == Method::GET && !path.contains('{'))
            .filter(|(_, path, _)| {
                !["/api/balance", "/api/jobs", "/api/presets"].contains(&&**path)
            })
            .collect();
        assert_eq!(lists.len(), 8, "{lists:?}");
        for (_, path, _) in lists {
            let of = |query: &str| match path.as_str() {
                "/api/webhooks" | "/api/users" => format!("{path}?{query}"),
                _ => api.of_anna(&format!("{path}?{query}")),
            };
            for wrong in
                ["limit=0", "limit=101", "limit=-1", "limit=x", "cursor=", "cursor=A-b", "x=1"]
            {
                let answer = api.ask(&api.key, "GET", &of(wrong), None).await;
                answer.refused(400, "wrong-input");
            }
            for good in ["limit=1", "limit=100", "cursor=0"] {
                let page = api.ask(&api.key, "GET", &of(good), None).await.is(200);
                assert!(page["items"].is_array(), "{path} {page}");
            }
        }
        api.world
    });
}
