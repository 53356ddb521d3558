//! Levels: how far a customer has come with us. They rise with firsts and never fall.

/// From the bottom up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Newcomer,
    /// Has made an avatar.
    Creator,
    /// Has paid.
    Patron,
    /// Has brought somebody who paid.
    Friend,
}

/// What counts for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Firsts {
    pub has_avatar: bool,
    pub has_paid: bool,
    pub has_brought: bool,
}

impl Level {
    /// The highest that was reached, in whatever order.
    pub fn of(firsts: Firsts) -> Self {
        match firsts {
            Firsts { has_brought: true, .. } => Self::Friend,
            Firsts { has_paid: true, .. } => Self::Patron,
            Firsts { has_avatar: true, .. } => Self::Creator,
            Firsts { has_avatar: false, has_paid: false, has_brought: false } => Self::Newcomer,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newcomer => "newcomer",
            Self::Creator => "creator",
            Self::Patron => "patron",
            Self::Friend => "friend",
        }
    }
}
