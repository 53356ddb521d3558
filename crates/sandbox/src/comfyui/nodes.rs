//! The nodes that a server has, and what each takes and gives: core nodes, and two that were made
//! for trying (`PeerSleep`, `PeerFail`), as they are in the recorded talks.

use super::stock::Stock;
use serde_json::{Map, Value, json};

pub(super) struct Class {
    pub(super) name: &'static str,
    display: &'static str,
    category: &'static str,
    pub(super) inputs: &'static [Input],
    /// Kind and name of each.
    pub(super) outputs: &'static [(&'static str, &'static str)],
    pub(super) is_output: bool,
}

pub(super) struct Input {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Link(&'static str),
    Text(&'static str),
    /// What it is, the least and the most.
    Whole(i64, i64, u64),
    Decimal(f64, f64, f64),
    Choice(&'static [&'static str]),
    /// The same as newer nodes describe it.
    Combo(&'static [&'static str]),
    /// The files in a folder of models.
    Models(&'static str),
    /// The files that were uploaded.
    Upload,
}

const fn needs(name: &'static str, kind: Kind) -> Input {
    Input { name, is_required: true, kind }
}

const fn takes(name: &'static str, kind: Kind) -> Input {
    Input { name, is_required: false, kind }
}

const fn class(
    name: &'static str,
    display: &'static str,
    category: &'static str,
    inputs: &'static [Input],
    outputs: &'static [(&'static str, &'static str)],
) -> Class {
    Class { name, display, category, inputs, outputs, is_output: false }
}

const fn output(
    name: &'static str,
    display: &'static str,
    inputs: &'static [Input],
    outputs: &'static [(&'static str, &'static str)],
) -> Class {
    Class { name, display, category: "image", inputs, outputs, is_output: true }
}

const SIDE_MAX: u64 = 16_384;
const FREE: (i64, u64) = (i64::MIN, u64::MAX);
const METHODS: &[&str] = &["nearest-exact", "bilinear", "area", "bicubic", "lanczos"];
const SAMPLERS: &[&str] = &[
    "euler",
    "euler_ancestral",
    "heun",
    "dpm_2",
    "dpm_fast",
    "dpmpp_2m",
    "dpmpp_sde",
    "lcm",
    "ddim",
    "res_multistep",
    "uni_pc",
];
const SCHEDULERS: &[&str] = &[
    "simple",
    "sgm_uniform",
    "karras",
    "exponential",
    "ddim_uniform",
    "beta",
    "normal",
    "linear_quadratic",
    "kl_optimal",
];
const DTYPES: &[&str] = &["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"];
const CLIPS: &[&str] =
    &["stable_diffusion", "stable_cascade", "sd3", "flux2", "lumina2", "wan", "qwen_image"];
const REFERENCES: &[&str] = &["offset", "index", "uxo/uno", "index_timestep_zero"];

const IMAGE: (&str, &str) = ("IMAGE", "IMAGE");
const MODEL: (&str, &str) = ("MODEL", "MODEL");
const LATENT: (&str, &str) = ("LATENT", "LATENT");
const CONDITIONING: (&str, &str) = ("CONDITIONING", "CONDITIONING");
const PICTURE: Input = needs("image", Kind::Link("IMAGE"));
const VAE: Input = needs("vae", Kind::Link("VAE"));
const WEIGHTS: Input = needs("model", Kind::Link("MODEL"));

pub(super) static CLASSES: &[Class] = &[
    class(
        "UNETLoader",
        "Load Diffusion Model",
        "advanced/loaders",
        &[
            needs("unet_name", Kind::Models("diffusion_models")),
            needs("weight_dtype", Kind::Choice(DTYPES)),
        ],
        &[MODEL],
    ),
    class(
        "CLIPLoader",
        "Load CLIP",
        "advanced/loaders",
        &[
            needs("clip_name", Kind::Models("text_encoders")),
            needs("type", Kind::Choice(CLIPS)),
            takes("device", Kind::Choice(&["default", "cpu"])),
        ],
        &[("CLIP", "CLIP")],
    ),
    class(
        "VAELoader",
        "Load VAE",
        "loaders",
        &[needs("vae_name", Kind::Models("vae"))],
        &[("VAE", "VAE")],
    ),
    class(
        "LoraLoaderModelOnly",
        "Load LoRA (Model Only)",
        "loaders",
        &[
            WEIGHTS,
            needs("lora_name", Kind::Models("loras")),
            needs("strength_model", Kind::Decimal(1.0, -100.0, 100.0)),
        ],
        &[MODEL],
    ),
    class(
        "ModelSamplingAuraFlow",
        "ModelSamplingAuraFlow",
        "advanced/model",
        &[WEIGHTS, needs("shift", Kind::Decimal(1.73, 0.0, 100.0))],
        &[MODEL],
    ),
    class(
        "CFGNorm",
        "CFGNorm",
        "advanced/guidance",
        &[WEIGHTS, needs("strength", Kind::Decimal(1.0, 0.0, 100.0))],
        &[("MODEL", "patched_model")],
    ),
    class(
        "LoadImage",
        "Load Image",
        "image",
        &[needs("image", Kind::Upload)],
        &[IMAGE, ("MASK", "MASK")],
    ),
    class(
        "ImageScaleToTotalPixels",
        "Scale Image to Total Pixels",
        "image/upscaling",
        &[
            PICTURE,
            needs("upscale_method", Kind::Combo(METHODS)),
            needs("megapixels", Kind::Decimal(1.0, 0.01, 16.0)),
            takes("resolution_steps", Kind::Whole(1, 1, 256)),
        ],
        &[IMAGE],
    ),
    class(
        "FluxKontextImageScale",
        "FluxKontextImageScale",
        "advanced/conditioning/flux",
        &[PICTURE],
        &[IMAGE],
    ),
    class(
        "TextEncodeQwenImageEditPlus",
        "TextEncodeQwenImageEditPlus",
        "advanced/conditioning",
        &[
            needs("clip", Kind::Link("CLIP")),
            needs("prompt", Kind::Text("")),
            takes("vae", Kind::Link("VAE")),
            takes("image1", Kind::Link("IMAGE")),
            takes("image2", Kind::Link("IMAGE")),
            takes("image3", Kind::Link("IMAGE")),
        ],
        &[CONDITIONING],
    ),
    class(
        "FluxKontextMultiReferenceLatentMethod",
        "Edit Model Reference Method",
        "advanced/conditioning/edit_models",
        &[
            needs("conditioning", Kind::Link("CONDITIONING")),
            needs("reference_latents_method", Kind::Combo(REFERENCES)),
        ],
        &[CONDITIONING],
    ),
    class(
        "VAEEncode",
        "VAE Encode",
        "latent",
        &[needs("pixels", Kind::Link("IMAGE")), VAE],
        &[LATENT],
    ),
    class(
        "KSampler",
        "KSampler",
        "sampling",
        &[
            WEIGHTS,
            needs("seed", Kind::Whole(0, 0, u64::MAX)),
            needs("steps", Kind::Whole(20, 1, 10_000)),
            needs("cfg", Kind::Decimal(8.0, 0.0, 100.0)),
            needs("sampler_name", Kind::Choice(SAMPLERS)),
            needs("scheduler", Kind::Choice(SCHEDULERS)),
            needs("positive", Kind::Link("CONDITIONING")),
            needs("negative", Kind::Link("CONDITIONING")),
            needs("latent_image", Kind::Link("LATENT")),
            needs("denoise", Kind::Decimal(1.0, 0.0, 1.0)),
        ],
        &[LATENT],
    ),
    class(
        "VAEDecode",
        "VAE Decode",
        "latent",
        &[needs("samples", Kind::Link("LATENT")), VAE],
        &[IMAGE],
    ),
    output(
        "SaveImage",
        "Save Image",
        &[needs("images", Kind::Link("IMAGE")), needs("filename_prefix", Kind::Text("ComfyUI"))],
        &[("IMAGE", "images")],
    ),
    output("PreviewImage", "Preview Image", &[needs("images", Kind::Link("IMAGE"))], &[]),
    class(
        "ImageScale",
        "Upscale Image",
        "image/upscaling",
        &[
            PICTURE,
            needs("upscale_method", Kind::Choice(METHODS)),
            needs("width", Kind::Whole(512, 0, SIDE_MAX)),
            needs("height", Kind::Whole(512, 0, SIDE_MAX)),
            needs("crop", Kind::Choice(&["disabled", "center"])),
        ],
        &[IMAGE],
    ),
    class(
        "ImageScaleBy",
        "Upscale Image By",
        "image/upscaling",
        &[
            PICTURE,
            needs("upscale_method", Kind::Choice(METHODS)),
            needs("scale_by", Kind::Decimal(1.0, 0.01, 8.0)),
        ],
        &[IMAGE],
    ),
    class("ImageInvert", "Invert Image", "image", &[PICTURE], &[IMAGE]),
    class(
        "UpscaleModelLoader",
        "Load Upscale Model",
        "loaders",
        &[needs("model_name", Kind::Models("upscale_models"))],
        &[("UPSCALE_MODEL", "UPSCALE_MODEL")],
    ),
    class(
        "ImageUpscaleWithModel",
        "Upscale Image (using Model)",
        "image/upscaling",
        &[needs("upscale_model", Kind::Link("UPSCALE_MODEL")), PICTURE],
        &[IMAGE],
    ),
    class(
        "EmptyImage",
        "EmptyImage",
        "image",
        &[
            needs("width", Kind::Whole(512, 1, SIDE_MAX)),
            needs("height", Kind::Whole(512, 1, SIDE_MAX)),
            needs("batch_size", Kind::Whole(1, 1, 4096)),
            needs("color", Kind::Whole(0, 0, 0xff_ffff)),
        ],
        &[IMAGE],
    ),
    class(
        "ImageCompositeMasked",
        "ImageCompositeMasked",
        "image",
        &[
            needs("destination", Kind::Link("IMAGE")),
            needs("source", Kind::Link("IMAGE")),
            needs("x", Kind::Whole(0, 0, SIDE_MAX)),
            needs("y", Kind::Whole(0, 0, SIDE_MAX)),
            needs("resize_source", Kind::Choice(&["false", "true"])),
            takes("mask", Kind::Link("MASK")),
        ],
        &[IMAGE],
    ),
    class(
        "PeerSleep",
        "Peer sleep",
        "peer",
        &[
            PICTURE,
            needs("seconds", Kind::Decimal(1.0, 0.0, 3600.0)),
            needs("steps", Kind::Whole(4, 1, 1000)),
            needs("nonce", Kind::Whole(0, FREE.0, FREE.1)),
        ],
        &[IMAGE],
    ),
    class(
        "PeerFail",
        "Peer fail",
        "peer",
        &[
            PICTURE,
            needs("kind", Kind::Choice(&["runtime", "value", "oom"])),
            needs("nonce", Kind::Whole(0, FREE.0, FREE.1)),
        ],
        &[IMAGE],
    ),
];

/// The node of this name, if a server has it.
pub(super) fn find(name: &str, stock: &Stock) -> Option<&'static Class> {
    CLASSES.iter().find(|it| it.name == name && !stock.lacks(name))
}

impl Class {
    /// What `/object_info` says of it.
    pub(super) fn facts(&self, stock: &Stock) -> Value {
        let part = |is_required: bool| -> Map<String, Value> {
            let wanted = self.inputs.iter().filter(|it| it.is_required == is_required);
            wanted.map(|it| (it.name.to_owned(), it.kind.facts(stock))).collect()
        };
        let order = |is_required: bool| -> Vec<&str> {
            self.inputs
                .iter()
                .filter(|it| it.is_required == is_required)
                .map(|it| it.name)
                .collect()
        };
        let (mut input, mut input_order) =
            (json!({ "required": part(true) }), json!({ "required": order(true) }));
        if self.inputs.iter().any(|it| !it.is_required) {
            (input["optional"], input_order["optional"]) =
                (json!(part(false)), json!(order(false)));
        }
        if self.is_output {
            input["hidden"] = json!({ "prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO" });
            input_order["hidden"] = json!(["prompt", "extra_pnginfo"]);
        }
        let is_peer = self.category == "peer";
        let (kinds, names): (Vec<&str>, Vec<&str>) = self.outputs.iter().copied().unzip();
        let mut facts = json!({
            "input": input,
            "input_order": input_order,
            "is_input_list": false,
            "output": kinds,
            "output_is_list": vec![false; kinds.len()],
            "output_name": names,
            "name": self.name,
            "display_name": self.display,
            "description": if self.name == "SaveImage" { "Saves the pictures." } else { "" },
            "python_module": if is_peer { "custom_nodes.peer_nodes" } else { "nodes" },
            "category": self.category,
            "output_node": self.is_output,
            "has_intermediate_output": false,
            "search_aliases": if is_peer { Vec::new() } else { vec![self.display.to_lowercase()] },
        });
        if !is_peer {
            facts["essentials_category"] = json!("Basics");
        }
        facts
    }
}

impl Kind {
    /// The kind as a refusal calls it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Kind::Link(kind) => kind,
            Kind::Text(_) => "STRING",
            Kind::Whole(..) => "INT",
            Kind::Decimal(..) => "FLOAT",
            Kind::Choice(_) | Kind::Combo(_) | Kind::Models(_) | Kind::Upload => "COMBO",
        }
    }

    /// What can be chosen from.
    pub(super) fn choices(&self, stock: &Stock) -> Option<Vec<String>> {
        match self {
            Kind::Choice(all) | Kind::Combo(all) => {
                Some(all.iter().filter(|it| !stock.lacks(it)).map(|it| (*it).to_owned()).collect())
            }
            Kind::Models(folder) => Some(stock.models(folder)),
            Kind::Upload => Some(stock.uploads.clone()),
            Kind::Link(_) | Kind::Text(_) | Kind::Whole(..) | Kind::Decimal(..) => None,
        }
    }

    /// As `/object_info` describes it.
    fn facts(&self, stock: &Stock) -> Value {
        let choices = || json!(self.choices(stock).unwrap_or_default());
        match self {
            Kind::Link(kind) => json!([kind]),
            Kind::Text(default) => json!(["STRING", { "default": default, "tooltip": "Words." }]),
            Kind::Upload => json!([choices(), { "image_upload": true }]),
            Kind::Combo(_) => json!(["COMBO", { "multiselect": false, "options": choices() }]),
            Kind::Choice(_) | Kind::Models(_) => json!([choices()]),
            Kind::Whole(..) | Kind::Decimal(..) => self.config(stock),
        }
    }

    /// As a refusal quotes it.
    pub(super) fn config(&self, stock: &Stock) -> Value {
        match self {
            Kind::Whole(default, least, most) if (*least, *most) == FREE => {
                json!(["INT", { "default": default }])
            }
            // Only of sides it is said by how much they grow.
            Kind::Whole(default, least, most) if *most == SIDE_MAX => {
                json!(["INT", { "default": default, "min": least, "max": most, "step": 1 }])
            }
            Kind::Whole(default, least, most) => {
                json!(["INT", { "default": default, "min": least, "max": most }])
            }
            Kind::Decimal(default, least, most) => {
                json!(["FLOAT", { "default": default, "min": least, "max": most, "step": 0.01 }])
            }
            Kind::Text(default) => json!(["STRING", { "default": default }]),
            Kind::Link(kind) => json!([kind, {}]),
            Kind::Choice(_) | Kind::Combo(_) | Kind::Models(_) | Kind::Upload => {
                json!([self.choices(stock), {}])
            }
        }
    }
}
