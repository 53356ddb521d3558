//! What can be given to a statement: a text, a whole number, or nothing.

use std::borrow::Cow;

use bytes::BytesMut;
use domain::picture::Product;
use domain::{
    ApiKeyId, ArtifactId, Aspect, AvatarId, AvatarState, BotId, ChatId, Credits, Currency,
    DeliveryId, EndpointId, FeedbackId, GenerationId, GiftId, GpuRunId, HintId, HoldId, InputId,
    JobId, Kind, Language, Method, Millis, ObjectId, OrderId, PackingId, PaymentId, PhotoId,
    PostId, Quality, RefundId, Subject, SubscriptionId, TellId, TrainingId, UserId, WorkState,
};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};

/// Something that can stand for a `$1` in a statement.
pub trait Value {
    fn bound(&self) -> Bound<'_>;
}

/// A value as the databases take it. There are no other types in the schema.
#[derive(Debug)]
pub enum Bound<'a> {
    Null,
    Number(i64),
    Text(Cow<'a, str>),
}

impl<'a> Bound<'a> {
    /// The type of the column that it is meant for, as far as it shows.
    pub(crate) fn kind(&self) -> Type {
        match self {
            Self::Null => Type::UNKNOWN,
            Self::Number(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
        }
    }

    /// PostgreSQL can't store U+0000, so neither database does: it becomes U+FFFD.
    fn text(text: &'a str) -> Self {
        if text.as_bytes().contains(&0) {
            Self::Text(Cow::Owned(text.replace('\0', "\u{fffd}")))
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn bound(&self) -> Bound<'_> {
        (**self).bound()
    }
}

impl<T: Value> Value for Option<T> {
    fn bound(&self) -> Bound<'_> {
        self.as_ref().map_or(Bound::Null, Value::bound)
    }
}

impl Value for str {
    fn bound(&self) -> Bound<'_> {
        Bound::text(self)
    }
}

impl Value for String {
    fn bound(&self) -> Bound<'_> {
        Bound::text(self)
    }
}

impl Value for i64 {
    fn bound(&self) -> Bound<'_> {
        Bound::Number(*self)
    }
}

impl Value for u32 {
    fn bound(&self) -> Bound<'_> {
        Bound::Number(i64::from(*self))
    }
}

impl Value for bool {
    fn bound(&self) -> Bound<'_> {
        Bound::Number(i64::from(*self))
    }
}

impl Value for Millis {
    fn bound(&self) -> Bound<'_> {
        Bound::Number(self.as_i64())
    }
}

impl Value for Credits {
    fn bound(&self) -> Bound<'_> {
        Bound::Number(self.as_i64())
    }
}

macro_rules! texts {
    ($($name:ident)*) => {$(
        impl Value for $name {
            fn bound(&self) -> Bound<'_> {
                Bound::Text(Cow::Borrowed(self.as_str()))
            }
        }
    )*};
}

texts! {
    ApiKeyId ArtifactId Aspect AvatarId AvatarState BotId ChatId Currency DeliveryId EndpointId FeedbackId
    GenerationId GiftId GpuRunId HintId HoldId InputId
    JobId Kind Language Method ObjectId OrderId PackingId PaymentId PhotoId PostId Product Quality
    RefundId Subject SubscriptionId TellId TrainingId WorkState UserId
}

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            Self::Text(text) if *kind == Type::TEXT => text.as_ref().to_sql(kind, out),
            // Without its column's name a number in a text column would be found late or never.
            other => Err(format!("{other:?} was given where {kind} is expected").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
