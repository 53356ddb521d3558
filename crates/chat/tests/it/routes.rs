//! What works on every screen: stable names, commands, and the way out.

use chat::facts::Ordered;
use chat::preview::node;
use chat::preview::samples::samples;
use chat::screens::video::Video;
use chat::{Incoming, Next, Place, route};
use domain::Language;

use crate::world::{go, line, sample};

/// What the stable names promise (they are in keyboards that we don't control).
const NAMES: [(&str, &str); 19] = [
    ("create_avatar", r#"{"screen":"new","at":"PickKind"}"#),
    ("select_training_type", r#"{"screen":"new","at":"PickKind"}"#),
    ("training_type_portrait", r#"{"screen":"new","at":{"Read":{"kind":"portrait"}}}"#),
    ("training_type_style", r#"{"screen":"new","at":{"Read":{"kind":"style"}}}"#),
    ("confirm_training_portrait", r#"{"screen":"new","at":{"PickSubject":{"kind":"portrait"}}}"#),
    ("confirm_training_style", r#"{"screen":"new","at":{"PickSubject":{"kind":"style"}}}"#),
    ("compare_training_types", r#"{"screen":"new","at":"Compare"}"#),
    ("detailed_comparison", r#"{"screen":"new","at":"CompareClosely"}"#),
    ("back_to_avatar_menu", r#"{"screen":"avatars","at":{"page":0}}"#),
    ("back_to_menu", r#"{"screen":"home","at":null}"#),
    ("buy_credits", r#"{"screen":"shop","at":{"PickPack":{"resume":null}}}"#),
    ("my_plan", r#"{"screen":"my_plan","at":"Card"}"#),
    ("make_pictures", r#"{"screen":"create","at":{"Start":{"avatar":null}}}"#),
    (
        "gallery",
        r#"{"screen":"gallery","at":{"Page":{"at":{"filter":{"is_favourite":false,"period":"All"},"cursor":"Newest"}}}}"#,
    ),
    ("edit_photo", r#"{"screen":"edit","at":{"Start":{"inputs":[]}}}"#),
    (
        "create_video",
        r#"{"screen":"video","at":{"Format":{"plan":{"quality":"standard","rounds":0,"script":"","speed_percent":100,"takes":[],"has_captions":false}}}}"#,
    ),
    ("write_feedback", r#"{"screen":"feedback","at":{"is_answer":false,"sent":0}}"#),
    ("my_orders", r#"{"screen":"orders","at":{"walked":[]}}"#),
    ("answer_feedback", r#"{"screen":"feedback","at":{"is_answer":true,"sent":0}}"#),
];

#[test]
fn stable_names_lead_to_the_same_place_from_everywhere() {
    assert_eq!(NAMES.map(|(name, _)| name), route::NAMES);
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = true;
        for (name, place) in NAMES {
            let next = sample.place.clone().on(Incoming::Press(name.to_owned()), &facts);
            // A video that is being put together is gone on with.
            let begun = sample.place.plan().filter(|_| name == route::VIDEO).cloned();
            let begun = begun.map(|plan| Place::from(Video::Format { plan }).to_json());
            let place = begun.as_deref().unwrap_or(place);
            assert_eq!(next.place.to_json(), place, "{name} from {}", sample.name);
            assert_eq!((next.run, next.notice), (None, None), "{name} from {}", sample.name);
        }
    }
}

#[test]
fn commands_lead_to_the_same_place_from_everywhere() {
    let commands = [
        ("/start", "home"),
        ("/start r_7f3a", "home"),
        ("/menu", "home"),
        ("/menu@atelier_bot", "home"),
        ("/menu  \n please", "home"),
        ("/pictures", "create-start"),
        ("/edit", "edit-start"),
        ("/create", "video-format"),
        ("/create@atelier_bot", "video-format"),
        ("/gallery", "gallery-page"),
        ("/orders", "orders"),
        ("/avatars", "avatars"),
        ("/balance", "balance"),
        ("/buy", "shop-pick-pack"),
        ("/plan", "my_plan-card"),
        ("/promo", "promo"),
        ("/invite", "invite"),
        ("/gift", "gift-pick-amount"),
        ("/admin", "admin-menu"),
        ("/help", "faq"),
        ("/support", "faq"),
        ("/feedback", "feedback"),
        ("/language", "language"),
        ("/terms", "paper-terms"),
        ("/privacy", "paper-privacy"),
        ("/paysupport", "paper-pay-support"),
        ("/delete_me", "forget"),
    ];
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = true;
        facts.person.is_owner = true;
        for (text, place) in commands {
            assert_eq!(go(&sample.place, text, &facts), place, "{text} from {}", sample.name);
        }
    }
}

#[test]
fn unknown_commands_stay_and_say_so() {
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = true;
        for text in ["/", "/nope", "/menux", "/men\u{443}", "//menu", "/menu_", "/@bot", "/1"] {
            let next = sample.place.clone().on(Incoming::Text(text.to_owned()), &facts);
            let notice = facts.say("notice-unknown-command", &[]);
            let stays = Next::go(sample.place.clone()).notice(notice);
            assert_eq!(next, stays, "{text} from {}", sample.name);
        }
    }
}

#[test]
fn every_command_of_the_menu_is_known() {
    let sample = sample("home: new");
    let facts = sample.facts(Language::En);
    let unknown = facts.say("notice-unknown-command", &[]);
    for name in route::COMMANDS {
        let next = sample.place.clone().on(Incoming::Text(format!("/{name}")), &facts);
        assert_ne!(next.notice.as_ref(), Some(&unknown), "/{name}");
    }
}

const IN_A_VIDEO: [&str; 6] = ["film-", "makeover-", "script-", "takes", "video-", "voices"];

/// Where `/cancel` leads from a screen, whatever its state.
#[test]
fn cancel_asks_where_something_would_be_lost() {
    let stopped = "home; says \"All right, stopped. Nothing was charged.\"";
    let left =
        "home; says \"Stopped. What you have chosen and made so far waits for you in /create.\"";
    let nothing = "home; says \"There is nothing to stop.\"";
    let from_gift = "gift-pick-amount; says \"All right, stopped. Nothing was charged.\"";
    let from_promo = "balance; says \"All right, stopped. Nothing was charged.\"";
    let from_find = "admin-menu; says \"All right, stopped. Nothing was charged.\"";
    let from_customer = "customer-card; says \"All right, stopped. Nothing was charged.\"";
    let strange = "home; says \"Only owners of the bot can do this.\"";
    let kept = "avatar-card; says \"All right, stopped. Nothing was charged.\"";
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = true;
        let from = node(&sample.place);
        let is_draft = facts.avatar.as_ref().is_some_and(|it| {
            use domain::AvatarState::{Draft, PhotosUploading, Ready};
            matches!(it.state, Draft | PhotosUploading | Ready)
        });
        let is_open = facts.order.as_ref().is_some_and(|it| it.state == Ordered::Open);
        let is_owner = facts.person.is_owner;
        let is_being_made = facts.generation.as_ref().is_some_and(|it| it.state.is_open());
        let is_shooting = facts.shot.iter().any(|it| it.state.is_open());
        let expected = match from.as_str() {
            "desk-gather" | "desk-review" | "desk-drop" | "order-pick-quality"
            | "order-confirm"
                if is_draft =>
            {
                "desk-drop"
            }
            // A trained avatar is never offered for deletion on the way out of its photos.
            "desk-gather" | "desk-review" | "desk-drop" | "order-pick-quality"
            | "order-confirm" | "avatar-ask-name" | "avatar-ask-delete" => kept,
            "run-watch" | "run-ask-cancel" => "run-ask-cancel",
            "making-watch" | "making-ask-cancel" if is_being_made => "making-ask-cancel",
            "makeover-watch" if is_being_made => "makeover-watch",
            "script-watch" if is_being_made => "script-watch",
            "makeover-watch" | "script-watch" => nothing,
            "shoot" if is_shooting => "shoot; says \"Open the one that you want to stop, please.\"",
            "result-pick" | "result-look" => "result-show",
            "gallery-ask-delete" | "gallery-compare" => "gallery-open",
            "gallery-select" | "gallery-ask-delete-chosen" => "gallery-page",
            "my_plan-ask-stop" | "my_plan-ask-unlink" => "my_plan-card",
            "shop-pay" if is_open => "shop-pay; runs LeaveOrder",
            it if !is_owner && (it.starts_with("admin") || it.starts_with("customer")) => strange,
            "admin-find" => from_find,
            "customer-ask-ban"
            | "customer-ask-amount"
            | "customer-ask-reason"
            | "customer-confirm" => from_customer,
            "gift-confirm" => from_gift,
            "promo" => from_promo,
            "feedback" if sample.place.to_json().contains("\"sent\":0") => stopped,
            "shop-pick-method" | "contact" | "plans-pick-method" | "plans-confirm" => stopped,
            it if IN_A_VIDEO.iter().any(|screen| it.starts_with(screen)) => {
                let is_begun = sample.place.plan().is_some_and(|it| it.is_begun());
                if is_begun { left } else { stopped }
            }
            it if ["new-", "create-", "edit-", "edit_setup-", "setup-"]
                .iter()
                .any(|screen| it.starts_with(screen)) =>
            {
                stopped
            }
            _ => nothing,
        };
        assert_eq!(go(&sample.place, "/cancel", &facts), expected, "{from}");
    }
}

#[test]
fn cancel_keeps_the_avatar_that_it_asks_about() {
    for name in ["desk: all photos", "order: confirm", "run: 41 %"] {
        let sample = sample(name);
        let facts = sample.facts(Language::En);
        let next = sample.place.on(Incoming::Text("/cancel".to_owned()), &facts);
        assert!(next.place.to_json().contains("ava_00000000000000000000000001"), "{}", line(&next));
    }
}
