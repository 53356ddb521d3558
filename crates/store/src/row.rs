//! One row of an answer, owned, with getters that say what is wrong.

use std::sync::Arc;

use domain::{Credits, Millis};
use serde::de::DeserializeOwned;

use crate::StoreError;

/// A row. Columns are named as in the statement, or counted from 0.
#[derive(Clone, Debug)]
pub struct Row {
    pub(crate) columns: Arc<[String]>,
    pub(crate) cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Number(i64),
    Text(String),
}

/// A column by its name or its place.
pub trait Column: Copy {
    fn place(self, columns: &[String]) -> Option<usize>;
    fn called(self) -> String;
}

impl Column for usize {
    fn place(self, columns: &[String]) -> Option<usize> {
        (self < columns.len()).then_some(self)
    }

    fn called(self) -> String {
        self.to_string()
    }
}

impl Column for &str {
    fn place(self, columns: &[String]) -> Option<usize> {
        columns.iter().position(|it| it == self)
    }

    fn called(self) -> String {
        self.to_owned()
    }
}

impl Row {
    pub fn text(&self, column: impl Column) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| wrong(column, "is null"))
    }

    pub fn maybe_text(&self, column: impl Column) -> Result<Option<String>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.clone())),
            Cell::Number(_) => Err(wrong(column, "is a number, not a text")),
        }
    }

    pub fn number(&self, column: impl Column) -> Result<i64, StoreError> {
        self.maybe_number(column)?.ok_or_else(|| wrong(column, "is null"))
    }

    pub fn maybe_number(&self, column: impl Column) -> Result<Option<i64>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Number(number) => Ok(Some(*number)),
            Cell::Text(_) => Err(wrong(column, "is a text, not a number")),
        }
    }

    /// A number that counts something.
    pub fn count(&self, column: impl Column) -> Result<u32, StoreError> {
        u32::try_from(self.number(column)?).map_err(|_| wrong(column, "is not a count"))
    }

    pub fn maybe_count(&self, column: impl Column) -> Result<Option<u32>, StoreError> {
        let number = self.maybe_number(column)?;
        number.map(u32::try_from).transpose().map_err(|_| wrong(column, "is not a count"))
    }

    /// A number that is 0 or 1.
    pub fn flag(&self, column: impl Column) -> Result<bool, StoreError> {
        match self.number(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(wrong(column, "is neither 0 nor 1")),
        }
    }

    pub fn millis(&self, column: impl Column) -> Result<Millis, StoreError> {
        self.number(column).map(Millis)
    }

    pub fn maybe_millis(&self, column: impl Column) -> Result<Option<Millis>, StoreError> {
        Ok(self.maybe_number(column)?.map(Millis))
    }

    pub fn credits(&self, column: impl Column) -> Result<Credits, StoreError> {
        Credits::new(self.number(column)?).ok_or_else(|| wrong(column, "is no number of credits"))
    }

    /// An id, or anything else that is made of a text.
    pub fn id<T: TryFrom<String>>(&self, column: impl Column) -> Result<T, StoreError> {
        T::try_from(self.text(column)?).map_err(|_| wrong(column, "is not an id of that kind"))
    }

    pub fn maybe_id<T: TryFrom<String>>(
        &self,
        column: impl Column,
    ) -> Result<Option<T>, StoreError> {
        self.maybe_text(column)?
            .map(T::try_from)
            .transpose()
            .map_err(|_| wrong(column, "is not an id of that kind"))
    }

    /// One of a closed set of words, by its `from_text`.
    pub fn word<T>(
        &self,
        column: impl Column,
        from_text: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        from_text(&text).ok_or_else(|| wrong(column, &format!("`{text}` is not a known word")))
    }

    /// The same where there may be none.
    pub fn maybe_word<T>(
        &self,
        column: impl Column,
        from_text: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.maybe_text(column)? {
            Some(_) => self.word(column, from_text).map(Some),
            None => Ok(None),
        }
    }

    pub fn json<T: DeserializeOwned>(&self, column: impl Column) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).map_err(|it| wrong(column, &it.to_string()))
    }

    pub fn maybe_json<T: DeserializeOwned>(
        &self,
        column: impl Column,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.maybe_text(column)? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|it| wrong(column, &it.to_string()))
    }

    fn cell(&self, column: impl Column) -> Result<&Cell, StoreError> {
        column
            .place(&self.columns)
            .and_then(|place| self.cells.get(place))
            .ok_or_else(|| wrong(column, "isn't in the answer"))
    }
}

fn wrong(column: impl Column, why: &str) -> StoreError {
    StoreError::Column { column: column.called(), why: why.to_owned() }
}
