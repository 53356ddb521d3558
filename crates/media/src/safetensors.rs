//! Is a model file what it says it is?
//!
//! The format (huggingface/safetensors, "Format"): the length of the header as 8 bytes
//! little-endian, the header in JSON, then the bytes of all tensors without holes.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Read};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

#[derive(Clone, Debug)]
pub struct Limits {
    pub bytes_max: u64,
    pub header_bytes_max: u64,
}

impl Default for Limits {
    /// Ten times what an adapter for a large model takes.
    fn default() -> Self {
        Self { bytes_max: 8 << 30, header_bytes_max: 16 << 20 }
    }
}

/// What a file holds that is what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub tensors: usize,
    /// Of all tensors, without the header.
    pub bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    #[error("reading the model file")]
    Read(#[source] io::Error),
    #[error("the model file has {0} bytes, more than are taken")]
    TooLarge(u64),
    #[error("the model file ends inside its header")]
    Short,
    #[error("the header of the model file can't have {0} bytes")]
    HeaderLength(u64),
    #[error("the header of the model file makes no sense")]
    Header(#[source] serde_json::Error),
    #[error("the model file has no tensors")]
    Empty,
    #[error("the tensors end at {said} of {there} bytes")]
    Length { said: u64, there: u64 },
    #[error("the tensor {0:?} has bytes of another one, or leaves some out")]
    Hole(String),
}

/// Checks a file of `length` bytes by its header. The tensors themselves aren't read.
pub fn check(mut file: impl Read, length: u64, limits: &Limits) -> Result<Facts, Wrong> {
    if limits.bytes_max < length {
        return Err(Wrong::TooLarge(length));
    }
    let mut header_bytes = [0; 8];
    file.read_exact(&mut header_bytes).map_err(end)?;
    let header_bytes = u64::from_le_bytes(header_bytes);
    let Some(there) = length.checked_sub(8).and_then(|it| it.checked_sub(header_bytes)) else {
        return Err(Wrong::HeaderLength(header_bytes));
    };
    if header_bytes < 2 || limits.header_bytes_max < header_bytes {
        return Err(Wrong::HeaderLength(header_bytes));
    }
    let mut header = vec![0; header_bytes as usize];
    file.read_exact(&mut header).map_err(end)?;
    let Header(mut tensors) = serde_json::from_slice(&header).map_err(Wrong::Header)?;
    if tensors.is_empty() {
        return Err(Wrong::Empty);
    }
    tensors.sort_by_key(|(_, from, to)| (*from, *to));
    let count = tensors.len();
    let mut said = 0;
    for (name, from, to) in tensors {
        if from != said {
            return Err(Wrong::Hole(name));
        }
        said = to;
    }
    if said != there {
        return Err(Wrong::Length { said, there });
    }
    Ok(Facts { tensors: count, bytes: there })
}

fn end(error: io::Error) -> Wrong {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Wrong::Short,
        _ => Wrong::Read(error),
    }
}

/// The tensors with the range of their bytes.
struct Header(Vec<(String, u64, u64)>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Tensors)
    }
}

struct Tensors;

impl<'de> Visitor<'de> for Tensors {
    type Value = Header;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with a tensor for each name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut names = HashSet::new();
        let mut tensors = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format!("{name:?} is there twice")));
            }
            if name == "__metadata__" {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            }
            let tensor: Tensor = map.next_value()?;
            let [from, to] = tensor.data_offsets;
            if tensor.bytes() != to.checked_sub(from) {
                return Err(A::Error::custom(format!("{name:?} has another size than its shape")));
            }
            tensors.push((name, from, to));
        }
        Ok(Header(tensors))
    }
}

#[derive(serde::Deserialize)]
struct Tensor {
    dtype: DataType,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

impl Tensor {
    fn bytes(&self) -> Option<u64> {
        let count = self.shape.iter().try_fold(1_u64, |count, it| count.checked_mul(*it))?;
        Some(count.checked_mul(self.dtype.bits())?.div_ceil(8))
    }
}

#[derive(Clone, Copy, serde::Deserialize)]
#[allow(non_camel_case_types, clippy::upper_case_acronyms)]
enum DataType {
    BOOL,
    F4,
    F6_E2M3,
    F6_E3M2,
    U8,
    I8,
    F8_E5M2,
    F8_E4M3,
    F8_E8M0,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    C64,
    F64,
    I64,
    U64,
}

impl DataType {
    fn bits(self) -> u64 {
        match self {
            Self::F4 => 4,
            Self::F6_E2M3 | Self::F6_E3M2 => 6,
            Self::BOOL | Self::U8 | Self::I8 => 8,
            Self::F8_E5M2 | Self::F8_E4M3 | Self::F8_E8M0 => 8,
            Self::I16 | Self::U16 | Self::F16 | Self::BF16 => 16,
            Self::I32 | Self::U32 | Self::F32 => 32,
            Self::C64 | Self::F64 | Self::I64 | Self::U64 => 64,
        }
    }
}
