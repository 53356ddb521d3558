//! What screens are told about everything that somebody has ordered.

use domain::picture::Product;
use domain::{Credits, GenerationId, WorkState};

/// How many orders a page shows.
pub const ORDERS_PAGE: u32 = 6;

/// A page of orders: those from before one, or the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrdersNeed {
    pub before: Option<GenerationId>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrdersFacts {
    /// The newest first.
    pub lines: Vec<OrderLine>,
    pub has_older: bool,
}

/// An order in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    pub id: GenerationId,
    pub product: Product,
    /// The avatar's name, empty when it is gone; of an edit, the name of its preset.
    pub about: String,
    pub count: u32,
    /// The day, as people write it.
    pub on: String,
    pub state: WorkState,
    pub percent: Option<u8>,
    pub price: Credits,
    /// What the ledger says: taken for it, given back of it.
    pub charged: Credits,
    pub returned: Credits,
}
