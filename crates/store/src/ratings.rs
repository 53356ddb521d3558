//! How customers like what was made for them: one word of each about each order.

use domain::picture::Product;
use domain::{GenerationId, Millis, UserId};

use crate::{StoreError, Tx};

/// Keeps the last word.
pub fn put(
    tx: &mut Tx,
    user: &UserId,
    generation: &GenerationId,
    is_good: bool,
    now: Millis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO ratings (generation_id, user_id, is_good, rated_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (generation_id, user_id)
            DO UPDATE SET is_good = excluded.is_good, rated_at = excluded.rated_at",
        &[generation, user, &is_good, &now],
    )?;
    Ok(())
}

/// What a user said about an order of theirs.
pub fn of(
    tx: &mut Tx,
    user: &UserId,
    generation: &GenerationId,
) -> Result<Option<bool>, StoreError> {
    let row = tx.first(
        "SELECT is_good FROM ratings WHERE generation_id = $1 AND user_id = $2",
        &[generation, user],
    )?;
    row.map(|it| it.flag(0)).transpose()
}

/// How something has pleased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub product: Product,
    /// The preset of an edit, and its version.
    pub preset: Option<(String, u32)>,
    pub model: String,
    pub good: u32,
    pub bad: u32,
}

impl Share {
    pub fn all(&self) -> u32 {
        self.good + self.bad
    }

    /// Of a hundred, rounded down.
    pub fn good_percent(&self) -> u32 {
        (u64::from(self.good) * 100).checked_div(u64::from(self.all())).unwrap_or(0) as u32
    }
}

/// What was said since a moment, by what was ordered and of whom. What was rated most comes first.
pub fn shares(tx: &mut Tx, since: Millis) -> Result<Vec<Share>, StoreError> {
    let rows = tx.query(
        "SELECT product, preset, preset_version, model, CAST(SUM(is_good) AS BIGINT) AS good,
                COUNT(*) AS said
         FROM ratings JOIN generations ON generations.id = ratings.generation_id
         WHERE $1 <= rated_at
         GROUP BY product, preset, preset_version, model
         ORDER BY COUNT(*) DESC, product, preset, preset_version, model",
        &[&since],
    )?;
    let share = |row: &crate::Row| {
        let good = row.count("good")?;
        let preset = match (row.maybe_text("preset")?, row.maybe_count("preset_version")?) {
            (Some(preset), Some(version)) => Some((preset, version)),
            _ => None,
        };
        Ok(Share {
            product: row.word("product", Product::from_text)?,
            preset,
            model: row.text("model")?,
            good,
            bad: row.count("said")?.saturating_sub(good),
        })
    };
    rows.iter().map(share).collect()
}
