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
