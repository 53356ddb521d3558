//! The weights that a made-up training gives: a real, small safetensors file with the tensor names
//! of a Flux LoRA. The same request gives the same bytes.

use serde_json::json;
use sha2::{Digest, Sha256};

/// Hidden size of Flux. Rank 1 keeps the file at some 25 kB.
const HIDDEN: usize = 3072;

const LAYERS: [&str; 2] = [
    "transformer.single_transformer_blocks.0.attn.to_q",
    "transformer.transformer_blocks.0.attn.to_q",
];

/// The file: a little-endian length of eight bytes, a JSON header of that length, the tensors.
pub(super) fn file(request_id: &str) -> Vec<u8> {
    let mut header = serde_json::Map::new();
    header.insert("__metadata__".to_owned(), json!({ "format": "pt" }));
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
    let mut text = serde_json::Value::Object(header).to_string();
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
