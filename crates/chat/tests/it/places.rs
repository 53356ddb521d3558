//! Places as they are stored.

use chat::Place;
use chat::preview::node;
use chat::preview::samples::samples;

/// What a stored text is read as: the node and, when it says the same again, nothing more.
#[track_caller]
fn check(json: &str, expected: &str) {
    let place = Place::from_json(json);
    let again = if place.to_json() == json { "" } else { ", written otherwise" };
    assert_eq!(format!("{}{again}", node(&place)), expected, "{json}");
}

#[test]
fn every_place_is_read_as_it_was_written() {
    for sample in samples() {
        assert_eq!(Place::from_json(&sample.place.to_json()), sample.place, "{}", sample.name);
    }
}

/// These texts are in databases: a line may be added here, but none may change.
#[test]
fn stored_places_keep_their_form() {
    check(r#"{"screen":"home","at":null}"#, "home");
    check(r#"{"screen":"consent","at":"Photos"}"#, "consent-photos");
    check(r#"{"screen":"consent","at":"Leaving"}"#, "consent-leaving");
    check(r#"{"screen":"balance","at":{"page":2}}"#, "balance");
    check(r#"{"screen":"faq","at":{"topic":null}}"#, "faq");
    check(r#"{"screen":"paper","at":"PaySupport"}"#, "paper-pay-support");
    check(
        r#"{"screen":"new","at":{"AskName":{"kind":"portrait","subject":"woman"}}}"#,
        "new-ask-name",
    );
    check(
        r#"{"screen":"order","at":{"Confirm":{"avatar":"ava_1","quality":"fast","quote":{"credits":60,"expires_at":5}}}}"#,
        "order-confirm",
    );
    check(r#"{"screen":"run","at":{"AskCancel":{"avatar":"ava_1"}}}"#, "run-ask-cancel");
    check(r#"{"screen":"desk","at":{"Review":{"avatar":"ava_1","page":0}}}"#, "desk-review");
    check(r#"{"screen":"promo","at":null}"#, "promo");
    check(r#"{"screen":"create","at":{"Start":{"avatar":"ava_1"}}}"#, "create-start");
    check(
        r#"{"screen":"create","at":{"Category":{"avatar":"ava_1","category":"art","page":0}}}"#,
        "create-category",
    );
    check(
        r#"{"screen":"create","at":{"Photo":{"avatar":"ava_1","hint":"hnt_1","words":null}}}"#,
        "create-photo",
    );
    check(
        r#"{"screen":"setup","at":{"Order":{"draft":{"avatar":"ava_1","style":"steppe","words":"","aspect":"3:4","count":4,"model":"flux","source":{"artifact":"art_1","strength_percent":55}},"quote":{"credits":12,"expires_at":5},"undo":"a hat","hint":"hnt_1","back":{"screen":"home","at":null}}}}"#,
        "setup-order",
    );
    check(
        r#"{"screen":"setup","at":{"Words":{"draft":{"avatar":"ava_1","words":"a hat","aspect":"16:9","count":1,"model":"flux"},"is_new":true,"back":{"screen":"home","at":null}}}}"#,
        "setup-words",
    );
    check(r#"{"screen":"making","at":{"Watch":{"generation":"gen_1"}}}"#, "making-watch");
    check(
        r#"{"screen":"making","at":{"AskCancel":{"generation":"gen_1","behind":{"screen":"orders","at":{"walked":[]}}}}}"#,
        "making-ask-cancel",
    );
    check(
        r#"{"screen":"result","at":{"Pick":{"generation":"gen_1","how":"Vary"}}}"#,
        "result-pick",
    );
    check(
        r#"{"screen":"gallery","at":{"Page":{"at":{"filter":{"avatar":"ava_1","is_favourite":true,"period":"Week","product":"picture"},"cursor":{"OlderThan":"art_1"}}}}}"#,
        "gallery-page",
    );
    check(
        r#"{"screen":"gallery","at":{"Select":{"at":{"filter":{"is_favourite":false,"period":"All"},"cursor":"Newest"},"chosen":["art_1","art_2"]}}}"#,
        "gallery-select",
    );
    check(
        r#"{"screen":"gallery","at":{"Compare":{"artifact":"art_1","at":{"filter":{"is_favourite":false,"period":"All","product":"edit"},"cursor":"Newest"}}}}"#,
        "gallery-compare",
    );
    check(
        r#"{"screen":"result","at":{"Look":{"generation":"gen_1","is_compared":true}}}"#,
        "result-look",
    );
    check(
        r#"{"screen":"edit","at":{"Category":{"category":"retouch","page":0,"inputs":["inp_1"]}}}"#,
        "edit-category",
    );
    check(r#"{"screen":"edit","at":{"Preset":{"preset":"upscale","inputs":[]}}}"#, "edit-preset");
    check(
        r#"{"screen":"edit_setup","at":{"Photos":{"draft":{"preset":"upscale","inputs":["inp_1"],"words":""}}}}"#,
        "edit_setup-photos",
    );
    check(
        r#"{"screen":"edit_setup","at":{"Order":{"draft":{"preset":"own-words","inputs":["inp_1"],"words":"a hat"},"quote":{"credits":2,"expires_at":5}}}}"#,
        "edit_setup-order",
    );
    check(
        r#"{"screen":"video","at":{"Faces":{"plan":{"format":"over","quality":"standard","rounds":0,"script":"","speed_percent":100,"takes":[],"background":"inp_1","has_captions":false},"gender":"woman","page":1}}}"#,
        "video-faces",
    );
    check(
        r#"{"screen":"makeover","at":{"Watch":{"plan":{"format":"head","quality":"standard","face":{"input":"inp_1"},"original":{"character":"aigerim"},"rounds":1,"script":"","speed_percent":100,"takes":[],"has_captions":false},"words":"a hat","generation":"gen_1","then":"Use"}}}"#,
        "makeover-watch",
    );
    check(
        r#"{"screen":"video","at":{"Face":{"plan":{"format":"head","quality":"standard","face":{"character":"aigerim"},"rounds":1,"changing":{"words":"a hat","generation":"gen_1"},"script":"","speed_percent":100,"takes":[],"has_captions":false}}}}"#,
        "video-face",
    );
    check(
        r#"{"screen":"voices","at":{"plan":{"quality":"standard","face":{"character":"aigerim"},"rounds":0,"script":"","speed_percent":100,"takes":[],"has_captions":false},"page":0}}"#,
        "voices",
    );
    check(
        r#"{"screen":"script","at":{"Order":{"plan":{"format":"head","quality":"standard","face":{"character":"aigerim"},"rounds":0,"voice":"alina","script":"Hello","speed_percent":90,"takes":[],"has_captions":false},"quote":{"credits":1,"expires_at":5}}}}"#,
        "script-order",
    );
    check(
        r#"{"screen":"takes","at":{"plan":{"format":"head","quality":"standard","rounds":0,"voice":"alina","script":"Hello","speed_percent":100,"takes":["art_1"],"has_captions":false},"take":"art_1"}}"#,
        "takes",
    );
    check(
        r#"{"screen":"film","at":{"Order":{"plan":{"format":"head","quality":"high","face":{"character":"aigerim"},"rounds":0,"script":"","speed_percent":100,"takes":["art_1"],"has_captions":true},"cast":{"faces":[{"character":"aigerim"}],"takes":["art_1"],"offered":[{"character":"aigerim"},{"input":"inp_1"}]},"quote":{"credits":52,"expires_at":5}}}}"#,
        "film-order",
    );
    check(r#"{"screen":"shoot","at":{"generations":["gen_1","gen_2"]}}"#, "shoot");
    check(r#"{"screen":"invite","at":null}"#, "invite");
    check(r#"{"screen":"gift","at":{"Confirm":{"credits":50}}}"#, "gift-confirm");
    check(r#"{"screen":"gift","at":{"Show":{"gift":"gft_1"}}}"#, "gift-show");
    check(r#"{"screen":"admin","at":{"Found":{"query":"anna"}}}"#, "admin-found");
    check(
        r#"{"screen":"customer","at":{"AskReason":{"user":"usr_1","what":{"Refund":"pay_1"}}}}"#,
        "customer-ask-reason",
    );
    check(r#"{"screen":"my_plan","at":"AskStop"}"#, "my_plan-ask-stop");
    check(
        r#"{"screen":"plans","at":{"PickMethod":{"plan":"lite","resume":null}}}"#,
        "plans-pick-method",
    );
    check(r#"{"screen":"shop","at":{"Pay":{"order":"ord_1"}}}"#, "shop-pay");
    check(
        r#"{"screen":"shop","at":{"PickMethod":{"offers":[{"pack":"250","money":{"minor":199000,"currency":"rub"},"credits":250,"bonus":0,"promo":null,"expires_at":5}],"resume":"{}"}}}"#,
        "shop-pick-method",
    );
    check(
        r#"{"screen":"contact","at":{"then":{"screen":"shop","at":{"PickPack":{"resume":null}}}}}"#,
        "contact",
    );
}

#[test]
fn what_cannot_be_read_is_the_main_menu() {
    check("", "home, written otherwise");
    check("null", "home, written otherwise");
    check("{}", "home, written otherwise");
    check(r#"{"screen":"gone"}"#, "home, written otherwise");
    check(r#"{"screen":"desk","at":{"Gather":{"avatar":"pho_1"}}}"#, "home, written otherwise");
    check(r#"{"screen":"balance","at":{"page":-1}}"#, "home, written otherwise");
    check(&"[".repeat(100_000), "home, written otherwise");
}
