//! What is to be done later, by a job.

use serde::{Deserialize, Serialize};

use crate::{
    AvatarId, BotId, DeliveryId, GenerationId, GpuRunId, HintId, InputId, OrderId, PackingId,
    PhotoId, PostId, RefundId, SubscriptionId, TellId, TrainingId, UserId,
};

/// Stored in the job table: a variant's name and fields never change their meaning. Arguments are
/// ids, so that a job always works with the rows as they are when it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Tell an owner of a bot something; without a name, all of them, a job each.
    Alert {
        bot: BotId,
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<i64>,
    },
    /// Ask the payment system about one payment and book what it says.
    ConfirmPayment { gateway: String, payment: String },
    /// The same for money that went back.
    ConfirmRefund { gateway: String, refund: String },
    /// Delete whatever lies in the folder of a deleted avatar, noted or not.
    Clear { user: UserId, avatar: AvatarId },
    /// Call another program's address with what has happened.
    Deliver { delivery: DeliveryId },
    /// Delete a person's photos, models, results and provider copies, and say so.
    Forget { user: UserId },
    /// Take a generation from its hold to its end.
    Generate { generation: GenerationId },
    /// Change photos on one of the operator's own GPUs. Its workers take it, and nobody else.
    Gpu { run: GpuRunId },
    /// Ask a model for words: what a photo shows, or better ones.
    Hint { hint: HintId },
    /// Fetch a photo from the messenger, look at it and judge it.
    InspectPhoto { photo: PhotoId },
    /// Put together a video of which everything is there.
    Montage { generation: GenerationId },
    /// Put results into one archive, and send it.
    Pack { packing: PackingId },
    /// Take an order from its link to its end: paid, declined or expired.
    Pay { order: OrderId },
    /// Show those who answer for a bot what a customer wrote, or what became of an answer.
    Post { post: PostId },
    /// Give money back.
    Refund { refund: RefundId },
    /// Keep a plan: announce, charge, try again, end.
    Renew { subscription: SubscriptionId },
    /// A provider spoke of a run whose training had ended without a result: see whether there is
    /// one.
    Salvage { training: TrainingId, run: String },
    /// The same as [`Task::Salvage`] for a generation.
    SalvagePictures { generation: GenerationId, run: String },
    /// What is done on a schedule, once across all processes.
    Sweep { sweep: Sweep },
    /// Fetch a clip that is to be behind somebody, make it fit and keep it.
    TakeClip { input: InputId },
    /// Fetch a photo that is to be edited, look into it and keep it.
    TakeIn { input: InputId },
    /// Send news to a user, exactly as the outbox says.
    Tell { tell: TellId },
    /// Take a training from its hold to its end.
    Train { training: TrainingId },
}

/// The schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sweep {
    /// Files whose time is over.
    Objects,
    /// Grants whose time is over.
    Grants,
    /// Jobs and updates that ended long ago.
    Records,
    /// Gifts that nobody opened.
    Gifts,
    /// The lists of payment systems, compared with ours.
    Payments,
    /// Plans that are to be announced, charged or ended.
    Plans,
    /// What happened in a day, for the owners.
    Summary,
    /// Results that will be deleted soon, for those whose they are.
    Notices,
    /// The voices that a provider has, and those that it doesn't have any more.
    Voices,
    /// Files that nobody has noted: whoever wrote them died before the commit.
    Leftovers,
}

impl Task {
    /// The stable name of its kind, as in logs and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Alert { .. } => "alert",
            Self::ConfirmPayment { .. } => "confirm_payment",
            Self::ConfirmRefund { .. } => "confirm_refund",
            Self::Clear { .. } => "clear",
            Self::Deliver { .. } => "deliver",
            Self::Forget { .. } => "forget",
            Self::Generate { .. } => "generate",
            Self::Gpu { .. } => "gpu",
            Self::Hint { .. } => "hint",
            Self::InspectPhoto { .. } => "inspect_photo",
            Self::Montage { .. } => "montage",
            Self::Pack { .. } => "pack",
            Self::Pay { .. } => "pay",
            Self::Post { .. } => "post",
            Self::Refund { .. } => "refund",
            Self::Renew { .. } => "renew",
            Self::Salvage { .. } => "salvage",
            Self::SalvagePictures { .. } => "salvage_pictures",
            Self::Sweep { .. } => "sweep",
            Self::TakeClip { .. } => "take_clip",
            Self::TakeIn { .. } => "take_in",
            Self::Tell { .. } => "tell",
            Self::Train { .. } => "train",
        }
    }

    /// Which workers take it. CPU-heavy work has its own lane, so that it never holds up the rest.
    pub fn lane(&self) -> &'static str {
        match self {
            Self::InspectPhoto { .. } | Self::TakeIn { .. } => "media",
            Self::Gpu { .. } => "gpu",
            // Minutes of all that a core can do.
            Self::Montage { .. } | Self::TakeClip { .. } => "montage",
            Self::Alert { .. } | Self::Post { .. } | Self::Tell { .. } => "tell",
            // Other programs may be slow to answer.
            Self::Deliver { .. } => "calls",
            // A thousand files, at a customer's wish: nothing else waits for it.
            Self::Pack { .. } => "packing",
            // Short and awaited: a training that is fetched for minutes must not hold them up.
            Self::Generate { .. } | Self::Hint { .. } => "pictures",
            // Many files at once, or ten minutes of one: it must not hold up trainings.
            Self::Clear { .. }
            | Self::Forget { .. }
            | Self::Salvage { .. }
            | Self::SalvagePictures { .. }
            | Self::Sweep { .. } => "upkeep",
            // Money has workers of its own: a slow payment system holds up nothing else.
            Self::ConfirmPayment { .. }
            | Self::ConfirmRefund { .. }
            | Self::Pay { .. }
            | Self::Refund { .. }
            | Self::Renew { .. } => "money",
            Self::Train { .. } => "fast",
        }
    }
}

/// Every lane that some task names.
pub const LANES: [&str; 10] =
    ["calls", "fast", "gpu", "media", "money", "montage", "packing", "pictures", "tell", "upkeep"];
