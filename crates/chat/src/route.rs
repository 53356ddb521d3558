//! What works on every screen: bot commands and the stable names of buttons.
//!
//! The names are a promise: keyboards elsewhere (channels, older bots) carry them.

use domain::{Command, Kind, News};

use crate::facts::{Facts, Ordered};
use crate::place::{Incoming, Place};
use crate::screen::Next;
use crate::screens::admin::{Admin, stranger};
use crate::screens::avatar::Avatar;
use crate::screens::avatars::Avatars;
use crate::screens::balance::Balance;
use crate::screens::create::Create;
use crate::screens::customer::Customer;
use crate::screens::desk;
use crate::screens::edit::Edit;
use crate::screens::faq::Faq;
use crate::screens::feedback::Feedback;
use crate::screens::forget::Forget;
use crate::screens::gallery::Gallery;
use crate::screens::gift::Gift;
use crate::screens::home::Home;
use crate::screens::invite::Invite;
use crate::screens::language::LanguagePick;
use crate::screens::makeover::Makeover;
use crate::screens::making::is_being_made;
use crate::screens::my_plan::MyPlan;
use crate::screens::new_avatar::NewAvatar;
use crate::screens::orders::Orders;
use crate::screens::paper::Paper;
use crate::screens::plans::Plans;
use crate::screens::promo::Promo;
use crate::screens::results::Results;
use crate::screens::run::Run;
use crate::screens::script::Script;
use crate::screens::shop::Shop;
use crate::screens::video::Video;
use crate::screens::video_plan::VideoPlan;

pub const MENU: &str = "back_to_menu";
pub const AVATARS: &str = "back_to_avatar_menu";
pub const BUY: &str = "buy_credits";
pub const PICTURES: &str = "make_pictures";
pub const GALLERY: &str = "gallery";
pub const EDIT: &str = "edit_photo";
pub const VIDEO: &str = "create_video";
pub const FEEDBACK: &str = "write_feedback";
pub const ORDERS: &str = "my_orders";
/// Below what those who answer for the bot have written.
pub const ANSWER: &str = "answer_feedback";

/// Commands that are shown in the messenger's menu; each has a text `command-<name>`.
pub const COMMANDS: [&str; 20] = [
    "menu",
    "pictures",
    "edit",
    "create",
    "gallery",
    "orders",
    "avatars",
    "balance",
    "buy",
    "plan",
    "promo",
    "invite",
    "gift",
    "help",
    "feedback",
    "language",
    "cancel",
    "terms",
    "privacy",
    "delete_me",
];

/// Those of them that are of no use in a bot that sells nothing.
pub const FOR_SALE: [&str; 5] = ["buy", "plan", "promo", "invite", "gift"];

/// The stable names, for tests and documents.
pub const NAMES: [&str; 19] = [
    "create_avatar",
    "select_training_type",
    "training_type_portrait",
    "training_type_style",
    "confirm_training_portrait",
    "confirm_training_style",
    "compare_training_types",
    "detailed_comparison",
    AVATARS,
    MENU,
    BUY,
    "my_plan",
    PICTURES,
    GALLERY,
    EDIT,
    VIDEO,
    FEEDBACK,
    ORDERS,
    ANSWER,
];

/// Where an event leads that means the same everywhere; none if it is the screen's own.
pub fn find(incoming: &Incoming, place: &Place, facts: &Facts<'_>) -> Option<Next> {
    match incoming {
        Incoming::Text(text) => command(text, place, facts),
        Incoming::Press(name) if name == VIDEO => Some(Next::go(Video::open(place, facts))),
        Incoming::Press(name) => named(name).map(Next::go),
        // A word from us changes nothing on a screen that is in the middle of something.
        Incoming::News(news @ News::Alert { .. }) => Some(Next::tell(place.clone(), news, facts)),
        Incoming::Picture(_) | Incoming::Clip(_) | Incoming::Other(_) | Incoming::News(_) => None,
    }
}

/// The place that a stable name stands for.
pub fn named(name: &str) -> Option<Place> {
    Some(match name {
        "create_avatar" | "select_training_type" => NewAvatar::PickKind.into(),
        "training_type_portrait" => NewAvatar::Read { kind: Kind::Portrait }.into(),
        "training_type_style" => NewAvatar::Read { kind: Kind::Style }.into(),
        "confirm_training_portrait" => NewAvatar::PickSubject { kind: Kind::Portrait }.into(),
        "confirm_training_style" => NewAvatar::PickSubject { kind: Kind::Style }.into(),
        "compare_training_types" => NewAvatar::Compare.into(),
        "detailed_comparison" => NewAvatar::CompareClosely.into(),
        AVATARS => Avatars::default().into(),
        MENU => Home.into(),
        BUY => Shop::PickPack { resume: None }.into(),
        "my_plan" => MyPlan::Card.into(),
        PICTURES => Create::Start { avatar: None }.into(),
        GALLERY => Gallery::default().into(),
        EDIT => Edit::default().into(),
        VIDEO => Video::default().into(),
        FEEDBACK => Feedback::default().into(),
        ORDERS => Orders::default().into(),
        ANSWER => Feedback::ANSWER.into(),
        _ => return None,
    })
}

fn command(text: &str, place: &Place, facts: &Facts<'_>) -> Option<Next> {
    let words = text.strip_prefix('/')?;
    let word = words.split_whitespace().next().unwrap_or_default();
    // In groups Telegram adds the bot's name: /menu@atelier_bot.
    let word = word.split('@').next().unwrap_or(word);
    let carried = words.split_whitespace().nth(1).unwrap_or_default();
    if word == "start" {
        // What a link promises; who brought whom is not the screens' to know.
        if let Some(code) = carried.strip_prefix("g_") {
            let code = code.to_owned();
            return Some(Next::go(Home).run(Command::OpenGift { code }));
        }
        if let Some(code) = carried.strip_prefix("p_") {
            let code = code.to_owned();
            return Some(Next::go(Home).run(Command::EnterPromo { code }));
        }
    }
    Some(match word {
        "start" | "menu" => Next::go(Home),
        "pictures" => Next::go(Create::Start { avatar: None }),
        "edit" => Next::go(Edit::default()),
        "create" => Next::go(Video::open(place, facts)),
        "gallery" => Next::go(Gallery::default()),
        "orders" => Next::go(Orders::default()),
        "avatars" => Next::go(Avatars::default()),
        "balance" => Next::go(Balance::default()),
        "buy" => Next::go(Shop::PickPack { resume: None }),
        "plan" => Next::go(MyPlan::Card),
        "promo" => Next::go(Promo),
        "invite" => Next::go(Invite),
        "gift" => Next::go(Gift::PickAmount),
        "help" | "support" => Next::go(Faq::default()),
        "feedback" => Next::go(Feedback::default()),
        "language" => Next::go(LanguagePick),
        "terms" => Next::go(Paper::Terms),
        "privacy" => Next::go(Paper::Privacy),
        "paysupport" => Next::go(Paper::PaySupport),
        "delete_me" => Next::go(Forget),
        "admin" if facts.person.is_owner => Next::go(Admin::Menu),
        "admin" => stranger(facts),
        "cancel" => cancel(place, facts),
        _ => Next::go(place.clone()).notice(facts.say("notice-unknown-command", &[])),
    })
}

/// `/cancel`: leaves what was being entered. What has photos or credits in it is asked about.
fn cancel(place: &Place, facts: &Facts<'_>) -> Next {
    match place {
        Place::Desk(desk) => desk::leave(desk.avatar(), facts),
        Place::Order(order) => desk::leave(order.avatar(), facts),
        Place::Run(run) => Next::go(Run::AskCancel { avatar: run.avatar().clone() }),
        Place::Avatar(at @ (Avatar::AskName { .. } | Avatar::AskDelete { .. })) => {
            let avatar = at.id().clone();
            Next::go(Avatar::Card { avatar }).notice(facts.say("notice-cancelled", &[]))
        }
        Place::Making(making) if is_being_made(facts) => Next::go(making.clone().asking()),
        Place::Makeover(at @ Makeover::Watch { .. }) if is_being_made(facts) => {
            Next::go(at.clone().asking(true))
        }
        Place::Script(at @ Script::Watch { .. }) if is_being_made(facts) => {
            Next::go(at.clone().asking(true))
        }
        Place::Shoot(_) if facts.shot.iter().any(|it| it.state.is_open()) => {
            Next::go(place.clone()).notice(facts.say("notice-shoot-stop", &[]))
        }
        Place::Gallery(Gallery::AskDelete { artifact, at } | Gallery::Compare { artifact, at }) => {
            Next::go(Gallery::Open { artifact: artifact.clone(), at: at.clone() })
        }
        Place::Gallery(Gallery::Select { at, .. } | Gallery::AskDeleteChosen { at, .. }) => {
            Next::go(Gallery::Page { at: at.clone() })
        }
        Place::Results(at @ (Results::Pick { .. } | Results::Look { .. })) => {
            Next::go(at.clone().show())
        }
        Place::MyPlan(MyPlan::AskStop | MyPlan::AskUnlink) => Next::go(MyPlan::Card),
        Place::Shop(Shop::Pay { order }) if is_open(facts) => {
            Next::go(place.clone()).run(Command::LeaveOrder { order: order.clone() })
        }
        Place::Admin(_) | Place::Customer(_) if !facts.person.is_owner => stranger(facts),
        Place::Admin(Admin::Find) => {
            Next::go(Admin::Menu).notice(facts.say("notice-cancelled", &[]))
        }
        Place::Customer(
            at @ (Customer::AskBan { .. }
            | Customer::AskAmount { .. }
            | Customer::AskReason { .. }
            | Customer::Confirm { .. }),
        ) => Next::go(at.card()).notice(facts.say("notice-cancelled", &[])),
        Place::Gift(Gift::Confirm { .. }) => {
            Next::go(Gift::PickAmount).notice(facts.say("notice-cancelled", &[]))
        }
        Place::Promo(_) => Next::go(Balance::default()).notice(facts.say("notice-cancelled", &[])),
        // What was chosen and paid for is kept.
        Place::Film(_)
        | Place::Makeover(Makeover::Words { .. } | Makeover::Order { .. })
        | Place::Script(Script::Write { .. } | Script::Help { .. } | Script::Order { .. })
        | Place::Takes(_)
        | Place::Video(_)
        | Place::Voices(_) => {
            let is_begun = place.plan().is_some_and(VideoPlan::is_begun);
            let key = if is_begun { "notice-video-left" } else { "notice-cancelled" };
            Next::go(Home).notice(facts.say(key, &[]))
        }
        Place::Contact(_)
        | Place::Create(_)
        | Place::Edit(_)
        | Place::EditSetup(_)
        | Place::Feedback(Feedback { sent: 0, .. })
        | Place::NewAvatar(_)
        | Place::Plans(Plans::PickMethod { .. } | Plans::Confirm { .. })
        | Place::Setup(_)
        | Place::Shop(Shop::PickMethod { .. }) => {
            Next::go(Home).notice(facts.say("notice-cancelled", &[]))
        }
        Place::Admin(Admin::Menu | Admin::Numbers | Admin::Found { .. })
        | Place::Avatar(Avatar::Card { .. })
        | Place::Avatars(_)
        | Place::Balance(_)
        | Place::Consent(_)
        | Place::Customer(Customer::Card { .. } | Customer::Chain { .. })
        | Place::Faq(_)
        | Place::Feedback(Feedback { sent: 1.., .. })
        | Place::Forget(_)
        | Place::Gallery(
            Gallery::Page { .. } | Gallery::PickFilter { .. } | Gallery::Open { .. },
        )
        | Place::Gift(Gift::PickAmount | Gift::Show { .. })
        | Place::Home(_)
        | Place::Invite(_)
        | Place::LanguagePick(_)
        | Place::Makeover(Makeover::Watch { .. })
        | Place::Making(_)
        | Place::MyPlan(MyPlan::Card)
        | Place::Orders(_)
        | Place::Paper(_)
        | Place::Plans(Plans::List { .. })
        | Place::Results(Results::Show { .. })
        | Place::Script(Script::Watch { .. })
        | Place::Shoot(_)
        | Place::Shop(Shop::PickPack { .. } | Shop::Pay { .. }) => {
            Next::go(Home).notice(facts.say("notice-nothing-to-cancel", &[]))
        }
    }
}

/// Whether the order on the screen still waits for its money.
fn is_open(facts: &Facts<'_>) -> bool {
    facts.order.as_ref().is_some_and(|it| it.state == Ordered::Open)
}
