//! What a server has at hand: models in folders, uploaded pictures, and what it was told to lack.

use std::collections::BTreeSet;

const FOLDERS: [(&str, &[&str]); 8] = [
    ("checkpoints", &["tiny-sd15-random.safetensors"]),
    (
        "loras",
        &[
            "Qwen-Image-Edit-2509-Lightning-4steps-V1.0-bf16.safetensors",
            "Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors",
            "Qwen-Image-Edit-2511-Lightning-8steps-V1.0-bf16.safetensors",
        ],
    ),
    ("vae", &["qwen_image_vae.safetensors"]),
    ("text_encoders", &["qwen_2.5_vl_7b_fp8_scaled.safetensors"]),
    (
        "diffusion_models",
        &[
            "qwen_image_edit_2509_fp8_e4m3fn.safetensors",
            "qwen_image_edit_2511_bf16.safetensors",
            "qwen_image_edit_2511_fp8mixed.safetensors",
        ],
    ),
    ("upscale_models", &["RealESRGAN_x4plus.pth"]),
    ("clip_vision", &[]),
    ("controlnet", &[]),
];

/// As much of it as checking needs.
#[derive(Clone, Default)]
pub(super) struct Stock {
    /// Names of nodes, models and choices that aren't there.
    pub(super) lacking: BTreeSet<String>,
    /// As LoadImage names them: `folder/name`.
    pub(super) uploads: Vec<String>,
}

impl Stock {
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.lacking.contains(name)
    }

    /// The models in a folder; none if there is no such folder.
    pub(super) fn models(&self, folder: &str) -> Vec<String> {
        let found = FOLDERS.iter().find(|it| it.0 == folder).map_or(&[][..], |it| it.1);
        found.iter().filter(|it| !self.lacks(it)).map(|it| (*it).to_owned()).collect()
    }
}

pub(super) fn folders() -> Vec<&'static str> {
    FOLDERS.iter().map(|it| it.0).collect()
}

pub(super) fn has_folder(name: &str) -> bool {
    FOLDERS.iter().any(|it| it.0 == name)
}
