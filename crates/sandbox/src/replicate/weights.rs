//! What a made-up training gives, and what is read of weights that a prediction is given: a small
//! safetensors file with the tensor names of a Flux LoRA that says in its metadata whom it knows,
//! inside of the tar file that Replicate makes (providers.md 2.3).

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::tarball::{self, Member};
use crate::drawing::{self, Avatar};

/// Hidden size of Flux. Rank 1 keeps the file at some 25 kB.
const HIDDEN: usize = 3072;
const LAYERS: [&str; 2] = [
    "transformer.single_transformer_blocks.0.attn.to_q",
    "transformer.transformer_blocks.0.attn.to_q",
];
const FOLDER: &str = "output/flux_train_replicate";
pub(super) const TAR_NAME: &str = "trained_model.tar";
/// What comes in place of a file.
pub(super) const PAGE: &str = "<html><body>An error occurred.</body></html>";
/// Where in the metadata a trigger word may stand, ours first.
const TRIGGER_KEYS: [&str; 4] =
    ["trigger_word", "trigger_phrase", "instance_prompt", "ss_output_name"];

/// What the weights of one training are made of.
pub(super) struct Trained<'a> {
    pub(super) id: &'a str,
    pub(super) trigger: &'a str,
    pub(super) captions: usize,
    pub(super) ended_at: i64,
}

/// How the tar file is wrong on purpose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It isn't one.
    NotTar,
    WithoutWeights,
    /// Names that lead out of the folder it is unpacked into, and a link.
    Escaping,
}

impl Trained<'_> {
    /// The tar file. The same training gives the same bytes.
    pub(super) fn tar(&self, flaw: Option<Flaw>) -> Vec<u8> {
        if flaw == Some(Flaw::NotTar) {
            return PAGE.into();
        }
        let weights = self.safetensors();
        let lora = format!("{FOLDER}/lora.safetensors");
        let caption = format!("a photo of {}", self.trigger);
        let captions: Vec<_> =
            (0..self.captions).map(|it| format!("{FOLDER}/captions/{it:03}.txt")).collect();
        let mut members: Vec<_> =
            captions.iter().map(|it| Member::file(it, caption.as_bytes())).collect();
        match flaw {
            Some(Flaw::WithoutWeights) => {}
            Some(Flaw::Escaping) => members = escaping(&lora, &weights),
            Some(Flaw::NotTar) | None => members.push(Member::file(&lora, &weights)),
        }
        tarball::write(&members, self.ended_at.div_euclid(1000))
    }

    /// A little-endian length of eight bytes, a JSON header of that length, the tensors.
    pub(super) fn safetensors(&self) -> Vec<u8> {
        let mut header = Map::new();
        let metadata = json!({
            "format": "pt",
            "trigger_word": self.trigger,
            "training_id": self.id,
        });
        header.insert("__metadata__".to_owned(), metadata);
        let mut at = 0;
        for layer in LAYERS {
            for (side, shape) in [("lora_A", [1, HIDDEN]), ("lora_B", [HIDDEN, 1])] {
                let end = at + HIDDEN * 2;
                let tensor = json!({ "dtype": "F16", "shape": shape, "data_offsets": [at, end] });
                header.insert(format!("{layer}.{side}.weight"), tensor);
                at = end;
            }
        }
        let mut text = Value::Object(header).to_string();
        // The tensors begin at a multiple of eight, as the format's own writer has it.
        text.push_str(&" ".repeat(text.len().next_multiple_of(8) - text.len()));
        let mut file = (text.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(text.as_bytes());
        let whole = file.len() + at;
        // Half floats between 2^-7 and 2^-6 of either sign: finite and not all alike.
        for block in 0_u32.. {
            if whole <= file.len() {
                break;
            }
            let drawn = Sha256::new().chain_update(self.id).chain_update(block.to_le_bytes());
            for pair in drawn.finalize().as_chunks::<2>().0 {
                let bits = (u16::from_le_bytes(*pair) & 0x83ff) | 0x2000;
                file.extend_from_slice(&bits.to_le_bytes());
            }
        }
        file.truncate(whole);
        file
    }
}

fn escaping<'a>(lora: &'a str, weights: &'a [u8]) -> Vec<Member<'a>> {
    vec![
        Member::file("../../../../tmp/escaped/lora.safetensors", weights),
        Member::file("/tmp/escaped/lora.safetensors", weights),
        Member { name: lora, bytes: b"", link: Some("/etc/passwd") },
    ]
}

/// Whom weights know, from a safetensors file or a tar file with one; a sentence if they are none.
pub(super) fn avatar_of(bytes: &[u8]) -> Result<Avatar, String> {
    let file = if tarball::is_tar(bytes) {
        tarball::find(bytes, ".safetensors").ok_or("No safetensors file in the archive")?
    } else {
        bytes
    };
    let header = header_of(file).ok_or("The weights are not a safetensors file")?;
    let metadata = &header["__metadata__"];
    let trigger = TRIGGER_KEYS.into_iter().find_map(|it| metadata[it].as_str());
    Ok(Avatar { name: trigger.unwrap_or("?").to_owned(), likeness: drawing::likeness(file) })
}

fn header_of(file: &[u8]) -> Option<Value> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let header: Value = serde_json::from_slice(rest.get(..length)?).ok()?;
    header.is_object().then_some(header)
}
