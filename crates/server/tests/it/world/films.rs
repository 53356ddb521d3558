//! Looks at what belongs to talking videos: what was ordered, what was spoken, what is kept.

use store::{StoreError, Tx};

use super::World;
use super::looks::lines;

/// Faces, speeches and videos: what was ordered, whose work it is, and what was charged.
pub fn films(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT users.first_name, generations.product, generations.stage, generations.provider,
                generations.workflow, generations.state, generations.fault, generations.tried,
                generations.credits, generations.batch, generations.late_at,
                holds.state AS hold, holds.captured,
                (SELECT MAX(duration_ms) FROM artifacts WHERE generation_id = generations.id)
                    AS millis
         FROM generations JOIN holds ON holds.id = generations.hold_id
         JOIN users ON users.id = generations.user_id
         WHERE product IN ('character', 'speech', 'video')
         ORDER BY generations.created_at, generations.id",
        |row| {
            let mut line = format!("{}: {}", row.text("first_name")?, row.text("product")?);
            if row.maybe_text("batch")?.is_some() {
                line += " of several";
            }
            line += &format!(": {}", row.text("state")?);
            if let Some(stage) = row.maybe_text("stage")? {
                line += &format!(" at {stage}");
            }
            if let Some(fault) = row.maybe_text("fault")? {
                line += &format!(" ({})", fault.trim_matches('"'));
            }
            let (provider, workflow) = (row.text("provider")?, row.text("workflow")?);
            line += &match provider == workflow {
                true => format!(" by {provider}"),
                false => format!(" by {provider} {workflow}"),
            };
            match row.text("tried")?.as_str() {
                "" => {}
                tried => line += &format!(" after {tried}"),
            }
            line += &match row.text("hold")?.as_str() {
                "captured" => format!(", {} charged", row.number("captured")?),
                "released" => format!(", {} returned", row.number("credits")?),
                _ => format!(", {} held", row.number("credits")?),
            };
            if let Some(millis) = row.maybe_number("millis")? {
                line += &format!(", {} s", (millis + 500) / 1_000);
            }
            if row.maybe_millis("late_at")?.is_some() {
                line += ", came late";
            }
            Ok(line)
        },
    )
}

/// Clips and photos that were given, and how long clips are.
pub fn given(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT kind, state, duration_ms, object_id FROM inputs ORDER BY created_at, id";
    lines(tx, sql, |row| {
        let mut line = format!("{}: {}", row.text("kind")?, row.text("state")?);
        if let Some(millis) = row.maybe_number("duration_ms")? {
            line += &format!(", {} s", (millis + 500) / 1_000);
        }
        if row.maybe_text("object_id")?.is_some() {
            line += ", kept";
        }
        Ok(line)
    })
}

impl World {
    /// What whoever speaks has spoken, as it was asked.
    pub(super) fn said(&self) -> Vec<String> {
        let said = self.sandbox.elevenlabs().said();
        said.iter().map(|it| format!("{}: {}", it.model, it.text)).collect()
    }

    /// What is left in the folder in which videos are put together.
    pub(super) fn workplaces(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("atelier-work"));
        let names = entries.into_iter().flatten().flatten();
        let inside = |it: &std::fs::DirEntry| {
            let files = std::fs::read_dir(it.path()).into_iter().flatten().flatten();
            files.map(|it| it.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
        };
        names.map(|it| format!("{}: {:?}", it.file_name().to_string_lossy(), inside(&it))).collect()
    }
}
