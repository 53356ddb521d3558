//! The weights that a made-up training gives, and what can be read from anybody's: a real, small
//! safetensors file with the tensor names of a Flux LoRA. The same request gives the same bytes.

use std::io::{self, Read};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::storage::Stored;

/// Hidden size of Flux. Rank 1 keeps the file at some 25 kB.
const HIDDEN: usize = 3072;
/// As much of a header as the format's own reader takes.
const HEADER_BYTES_MAX: u64 = 100_000_000;
const TRIGGER: &str = "trigger_word";

const LAYERS: [&str; 2] = [
    "transformer.single_transformer_blocks.0.attn.to_q",
    "transformer.transformer_blocks.0.attn.to_q",
];

/// The file: a little-endian length of eight bytes, a JSON header of that length, the tensors. The
/// word that calls whom it shows is in the header, as some trainers have it.
pub(super) fn file(request_id: &str, trigger: Option<&str>) -> Vec<u8> {
    let mut header = serde_json::Map::new();
    let mut about = json!({ "format": "pt" });
    if let Some(trigger) = trigger {
        about[TRIGGER] = json!(trigger);
    }
    header.insert("__metadata__".to_owned(), about);
    let mut at = 0;
    for layer in LAYERS {
        for (side, shape) in [("lora_A", [1, HIDDEN]), ("lora_B", [HIDDEN, 1])] {
            let end = at + HIDDEN * 2;
            header.insert(
                format!("{layer}.{side}.weight"),
                json!({ "dtype": "F16", "shape": shape, "data_offsets": [at, end] }),
            );
            at = end;
        }
    }
    let mut text = Value::Object(header).to_string();
    // The tensors begin at a multiple of eight, as the format's own writer has it.
    while !text.len().is_multiple_of(8) {
        text.push(' ');
    }
    let mut file = Vec::with_capacity(8 + text.len() + at);
    file.extend_from_slice(&(text.len() as u64).to_le_bytes());
    file.extend_from_slice(text.as_bytes());
    numbers(request_id, at / 2, &mut file);
    file
}

/// Half floats between 2^-7 and 2^-6 of either sign, drawn from the id: finite and not all alike.
fn numbers(request_id: &str, count: usize, file: &mut Vec<u8>) {
    let mut left = count;
    let mut block = 0_u32;
    while 0 < left {
        let drawn = Sha256::new()
            .chain_update(request_id.as_bytes())
            .chain_update(block.to_le_bytes())
            .finalize();
        for pair in drawn.as_chunks::<2>().0.iter().take(left) {
            let bits = (u16::from_le_bytes(*pair) & 0x83ff) | 0x2000;
            file.extend_from_slice(&bits.to_le_bytes());
        }
        left = left.saturating_sub(16);
        block += 1;
    }
}

/// What a picture needs to know of weights.
pub(super) struct Known {
    /// The hash of the whole file.
    pub(super) likeness: [u8; 32],
    pub(super) trigger: Option<String>,
}

/// Reads a file through; `None` if it isn't safetensors. Blocks.
pub(super) fn read(stored: &Stored) -> io::Result<Option<Known>> {
    match stored {
        Stored::Memory(bytes) => read_from(bytes.as_ref(), stored.size()),
        Stored::File { path, size } => read_from(std::fs::File::open(path)?, *size),
    }
}

fn read_from(mut file: impl Read, size: u64) -> io::Result<Option<Known>> {
    let mut length = [0; 8];
    if size < 8 {
        return Ok(None);
    }
    file.read_exact(&mut length)?;
    let header_size = u64::from_le_bytes(length);
    if HEADER_BYTES_MAX.min(size - 8) < header_size {
        return Ok(None);
    }
    let mut header = Vec::new();
    (&mut file).take(header_size).read_to_end(&mut header)?;
    let mut hash = Sha256::new().chain_update(length).chain_update(&header);
    let Ok(Value::Object(header)) = serde_json::from_slice(&header) else { return Ok(None) };
    let end = header.values().filter_map(|it| it["data_offsets"][1].as_u64()).max();
    // A file whose tensors aren't all there is none.
    if end.is_none_or(|it| it != size - 8 - header_size) {
        return Ok(None);
    }
    let mut piece = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
    }
    let trigger = header.get("__metadata__").and_then(|it| it[TRIGGER].as_str());
    Ok(Some(Known { likeness: hash.finalize().into(), trigger: trigger.map(str::to_owned) }))
}
