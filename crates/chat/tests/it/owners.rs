//! What is for owners: nobody else sees it or does it.

use chat::preview::samples::samples;
use chat::{Facts, Incoming, Place};
use domain::command::Deed;
use domain::{Command, Language, PaymentId, UserId};

use crate::world::{go, incoming, line, sample};

fn is_for_owners(place: &Place) -> bool {
    matches!(place, Place::Admin(_) | Place::Customer(_))
}

#[test]
fn nobody_but_owners_sees_or_does_anything() {
    let events = incoming();
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = true;
        facts.person.is_owner = false;
        if is_for_owners(&sample.place) {
            let text = sample.place.view(&facts).text;
            assert_eq!(text, "Only owners of the bot can do this.", "{}", sample.name);
        }
        let admin = Incoming::Text("/admin".to_owned());
        for event in events.iter().chain([&admin]) {
            let next = sample.place.clone().on(event.clone(), &facts);
            let name = format!("{}: {event:?}", sample.name);
            // Whoever stays sees as little as before.
            let is_in = is_for_owners(&next.place) && next.place != sample.place;
            assert!(!is_in, "{name} leads to {}", line(&next));
            assert!(!matches!(next.run, Some(Command::Admin { .. })), "{name}");
        }
    }
}

#[test]
fn the_way_in_is_not_shown() {
    assert!(!chat::route::COMMANDS.contains(&"admin"));
    let mut facts = sample("home: new").facts(Language::En);
    let home = sample("home: new").place;
    let said = "home; says \"Only owners of the bot can do this.\"";
    assert_eq!(go(&home, "/admin", &facts), said);
    facts.person.is_owner = true;
    assert_eq!(go(&home, "/admin", &facts), "admin-menu");
    assert_eq!(go(&home, "/admin@atelier_bot", &facts), "admin-menu");
}

#[track_caller]
fn deed(name: &str, press: &str) -> Option<Deed> {
    let sample = sample(name);
    let facts = sample.facts(Language::En);
    let next = sample.place.clone().on(Incoming::Press(press.to_owned()), &facts);
    match next.run {
        Some(Command::Admin { deed }) => Some(deed),
        Some(other) => panic!("{name}: {other:?}"),
        None => None,
    }
}

#[test]
fn only_what_is_on_the_screen_is_done_and_to_whom() {
    let (user, other) = (UserId::new(1), UserId::new(2));
    let reason = "for the feedback <3".to_owned();
    let does = format!("customer:{{\"Do\":\"{user}\"}}");
    let credits = domain::Credits::new(101).expect("a small amount");
    let grant = Deed::Grant { user: user.clone(), credits, reason: reason.clone() };
    assert_eq!(deed("customer: grant?", &does), Some(grant));
    let take = Deed::Take { user: user.clone(), credits, reason: reason.clone() };
    assert_eq!(deed("customer: take?", &does), Some(take));
    let refund = Deed::Refund { payment: PaymentId::new(1), reason };
    assert_eq!(deed("customer: refund?", &does), Some(refund));
    assert_eq!(deed("customer: refund?, not theirs", &does), None);
    assert_eq!(deed("customer: card", &does), None);
    assert_eq!(deed("customer: grant?", &format!("customer:{{\"Do\":\"{other}\"}}")), None);
    let ban = |word: &str, user: &UserId| format!("customer:{{\"{word}\":\"{user}\"}}");
    let banned = |is_banned| Some(Deed::Ban { user: user.clone(), is_banned });
    assert_eq!(deed("customer: ban?", &ban("Ban", &user)), banned(true));
    assert_eq!(deed("customer: unban?", &ban("Unban", &user)), banned(false));
    assert_eq!(deed("customer: ban?", &ban("Ban", &other)), None);
    assert_eq!(deed("customer: card", &ban("Ban", &user)), None);
}

#[test]
fn a_customer_is_looked_for_by_whatever_is_typed() {
    let mut facts: Facts<'_> = sample("admin").facts(Language::En);
    facts.person.is_owner = true;
    let menu = sample("admin").place;
    let next = menu.clone().on(Incoming::Text(" @anna ".to_owned()), &facts);
    assert_eq!(next.place.needs().search.as_deref(), Some("@anna"));
    assert_eq!(next.place.needs().customer, None);
    assert_eq!(
        go(&menu, &"x".repeat(65), &facts),
        "admin-menu; says \"There is no such customer.\""
    );
    let open = format!("[admin:{{\"Open\":\"{}\"}}]", UserId::new(7));
    assert_eq!(go(&next.place, &open, &facts), "customer-card");
    let long = "notice-reason-wrong";
    let why = sample("customer: why grant");
    let facts = why.facts(Language::En);
    let said = format!("customer-ask-reason; says {:?}", facts.say(long, &[]));
    assert_eq!(go(&why.place, &"x".repeat(201), &facts), said);
    assert_eq!(go(&why.place, &"x".repeat(200), &facts), "customer-confirm");
}
