//! An update as Telegram sends it (Bot API 10.3, `Update`), as far as we read it.
//!
//! Everything else is passed over unread: what Telegram adds to messages next year must not cost
//! anybody a photo, and most of an update is the menu that we sent ourselves.

use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Deserialize)]
pub struct Update {
    pub update_id: i64,
    pub message: Option<Message>,
    pub callback_query: Option<CallbackQuery>,
    pub my_chat_member: Option<ChatMemberUpdated>,
    pub pre_checkout_query: Option<PreCheckoutQuery>,
    pub subscription: Option<Subscribed>,
}

/// Somebody is about to pay with Stars, and waits for our word.
#[derive(Debug, Deserialize)]
pub struct PreCheckoutQuery {
    pub id: String,
    pub from: User,
    pub currency: String,
    pub total_amount: i64,
    pub invoice_payload: String,
}

/// Stars came.
#[derive(Clone, Debug, Deserialize)]
pub struct SuccessfulPayment {
    pub currency: String,
    pub total_amount: i64,
    pub invoice_payload: String,
    /// Seconds since 1970.
    pub subscription_expiration_date: Option<i64>,
    #[serde(default)]
    pub is_recurring: bool,
    #[serde(default)]
    pub is_first_recurring: bool,
    pub telegram_payment_charge_id: String,
}

/// Stars went back.
#[derive(Clone, Debug, Deserialize)]
pub struct RefundedPayment {
    pub currency: String,
    pub total_amount: i64,
    pub telegram_payment_charge_id: String,
}

/// A subscription by Stars has another state (Bot API 10.2).
#[derive(Debug, Deserialize)]
pub struct Subscribed {
    pub user: User,
    pub invoice_payload: String,
    pub state: SubscribedState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscribedState {
    Active,
    Canceled,
    /// A renewal has failed; what is paid for stays.
    Failed,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
pub struct Message {
    pub message_id: i64,
    pub from: Option<User>,
    pub chat: Chat,
    /// Seconds since 1970.
    pub date: i64,
    pub successful_payment: Option<SuccessfulPayment>,
    pub refunded_payment: Option<RefundedPayment>,
    pub text: Option<String>,
    /// The words below a file.
    pub caption: Option<String>,
    pub reply_to_message: Option<Replied>,
    pub media_group_id: Option<String>,
    /// One picture in several sizes, the largest last.
    pub photo: Option<Vec<PhotoSize>>,
    pub document: Option<Document>,
    pub video: Option<Video>,
    // Of the rest only whether it is there.
    pub animation: Option<IgnoredAny>,
    pub audio: Option<IgnoredAny>,
    pub contact: Option<IgnoredAny>,
    pub location: Option<IgnoredAny>,
    pub sticker: Option<IgnoredAny>,
    pub venue: Option<IgnoredAny>,
    pub video_note: Option<IgnoredAny>,
    pub voice: Option<IgnoredAny>,
}

/// The message that is replied to. It may be too old to have more than this.
#[derive(Debug, Deserialize)]
pub struct Replied {
    pub message_id: i64,
    pub from: Option<User>,
    pub text: Option<String>,
    /// The words below a file.
    pub caption: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct CallbackQuery {
    pub id: String,
    pub from: User,
    pub message: Option<Pressed>,
    pub data: Option<String>,
}

/// The message with the button. One that is too old has no more than this.
#[derive(Debug, Deserialize)]
pub struct Pressed {
    pub message_id: i64,
    pub chat: Chat,
}

#[derive(Debug, Deserialize)]
pub struct ChatMemberUpdated {
    pub chat: Chat,
    pub from: User,
    pub new_chat_member: ChatMember,
}

#[derive(Debug, Deserialize)]
pub struct ChatMember {
    #[serde(rename = "status")]
    pub state: Membership,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    Kicked,
    Left,
    #[serde(other)]
    Present,
}

#[derive(Debug, Deserialize)]
pub struct User {
    pub id: i64,
    pub is_bot: bool,
    pub first_name: String,
    pub language_code: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Chat {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: ChatKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    Private,
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
pub struct PhotoSize {
    pub file_id: String,
    pub file_unique_id: String,
    pub file_size: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub struct Document {
    pub file_id: String,
    pub file_unique_id: String,
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    pub file_size: Option<u64>,
}

/// What its numbers say is what the sender's app said.
#[derive(Debug, Deserialize)]
pub struct Video {
    pub file_id: String,
    pub file_unique_id: String,
    #[serde(default)]
    pub width: i64,
    #[serde(default)]
    pub height: i64,
    #[serde(default)]
    pub duration: i64,
    pub file_size: Option<u64>,
}
