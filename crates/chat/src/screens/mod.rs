//! What users meet. One more screen is a file and two lines here.

pub mod admin;
pub mod avatar;
pub mod avatars;
pub mod balance;
pub mod consent;
pub mod contact;
pub mod create;
pub mod customer;
pub mod desk;
pub mod edit;
pub mod edit_setup;
pub mod faq;
pub mod feedback;
pub mod forget;
pub mod gallery;
pub mod gift;
pub mod home;
pub mod invite;
pub mod language;
pub mod making;
pub mod my_plan;
pub mod new_avatar;
pub mod order;
pub mod orders;
pub mod paper;
pub mod plans;
pub mod promo;
pub mod results;
pub mod run;
pub mod setup;
pub mod shop;

/// The list of all screens: variant, stable name, type.
macro_rules! list {
    () => {
        screens! {
            Admin "admin" crate::screens::admin::Admin,
            Avatar "avatar" crate::screens::avatar::Avatar,
            Avatars "avatars" crate::screens::avatars::Avatars,
            Balance "balance" crate::screens::balance::Balance,
            Consent "consent" crate::screens::consent::Consent,
            Contact "contact" crate::screens::contact::Contact,
            Create "create" crate::screens::create::Create,
            Customer "customer" crate::screens::customer::Customer,
            Desk "desk" crate::screens::desk::Desk,
            Edit "edit" crate::screens::edit::Edit,
            EditSetup "edit_setup" crate::screens::edit_setup::EditSetup,
            Faq "faq" crate::screens::faq::Faq,
            Feedback "feedback" crate::screens::feedback::Feedback,
            Forget "forget" crate::screens::forget::Forget,
            Gallery "gallery" crate::screens::gallery::Gallery,
            Gift "gift" crate::screens::gift::Gift,
            Home "home" crate::screens::home::Home,
            Invite "invite" crate::screens::invite::Invite,
            LanguagePick "language" crate::screens::language::LanguagePick,
            Making "making" crate::screens::making::Making,
            MyPlan "my_plan" crate::screens::my_plan::MyPlan,
            NewAvatar "new" crate::screens::new_avatar::NewAvatar,
            Order "order" crate::screens::order::Order,
            Orders "orders" crate::screens::orders::Orders,
            Paper "paper" crate::screens::paper::Paper,
            Plans "plans" crate::screens::plans::Plans,
            Promo "promo" crate::screens::promo::Promo,
            Results "result" crate::screens::results::Results,
            Run "run" crate::screens::run::Run,
            Setup "setup" crate::screens::setup::Setup,
            Shop "shop" crate::screens::shop::Shop,
        }
    };
}
pub(crate) use list;
