//! The endpoints that make pictures: what each takes, whom it shows, and the pictures themselves,
//! drawn when somebody fetches them (providers.md 1.9.5, 1.9.6, 1.9.9).

use bytes::Bytes;
use image::RgbImage;
use serde_json::{Value, json};

use super::endpoints::{Endpoint, Link, Work};
use super::faults::{self, Trouble};
use super::fields::{Field, Need, Shape, decimal, field, whole};
use super::gather::{Asked, Fetched};
use super::refusals::Complaint;
use super::{seeing, weights};
use crate::drawing::{self, Avatar, Format, Scene, Source, edits};

pub(super) enum Painting {
    Lora,
    /// The same over a picture.
    LoraOverPicture,
    Finetuned,
    /// Pictures, changed as the words say.
    Edited,
}

/// The sides of what is edited, as it is kept.
const EDITED_PIXELS_MAX: u32 = 1024;
/// The sides of the source as it is kept: enough to be seen through.
const SOURCE_PIXELS_MAX: u32 = 512;
const STRENGTH: f64 = 0.85;

const SIZES: [(&str, (u32, u32)); 6] = [
    ("square_hd", (1024, 1024)),
    ("square", (512, 512)),
    ("portrait_4_3", (768, 1024)),
    ("portrait_16_9", (576, 1024)),
    ("landscape_4_3", (1024, 768)),
    ("landscape_16_9", (1024, 576)),
];
const SIZE_NAMES: [&str; 6] =
    ["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"];

/// Of four megapixels each.
const ASPECTS: [(&str, (u32, u32)); 9] = [
    ("21:9", (3136, 1344)),
    ("16:9", (2752, 1536)),
    ("4:3", (2368, 1792)),
    ("3:2", (2496, 1664)),
    ("1:1", (2048, 2048)),
    ("2:3", (1664, 2496)),
    ("3:4", (1792, 2368)),
    ("9:16", (1536, 2752)),
    ("9:21", (1344, 3136)),
];
const ASPECT_NAMES: [&str; 9] = ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"];

const PROMPT: Field = field("prompt", Need::Required, Shape::Text);
const COUNT: Field = field("num_images", Need::Default, Shape::Whole(1, 4));
const SEED: Field = field("seed", Need::Optional, Shape::Seed);
const FORMAT: Field = field("output_format", Need::Default, Shape::Choice(&["jpeg", "png"]));
const SYNC: Field = field("sync_mode", Need::Default, Shape::Flag);
const LORAS: Field = field("loras", Need::Default, Shape::Loras);
const SIZE: Field = field("image_size", Need::Default, Shape::Size(&SIZE_NAMES));
const STEPS: Field = field("num_inference_steps", Need::Default, Shape::Whole(1, 50));
const GUIDANCE: Field = field("guidance_scale", Need::Default, Shape::Decimal(0.0, 35.0));
const CHECKER: Field = field("enable_safety_checker", Need::Default, Shape::Flag);
const HURRY: Field = field("acceleration", Need::Default, Shape::Choice(&["none", "regular"]));

pub(super) static PAINTERS: [Endpoint; 4] = [
    Endpoint {
        name: "fal-ai/flux-lora",
        work: Work::Painting(Painting::Lora),
        fields: &[PROMPT, LORAS, SIZE, STEPS, GUIDANCE, COUNT, SEED, CHECKER, FORMAT, HURRY, SYNC],
    },
    Endpoint {
        name: "fal-ai/flux-lora/image-to-image",
        work: Work::Painting(Painting::LoraOverPicture),
        fields: &[
            field("image_url", Need::Required, Shape::Text),
            field("strength", Need::Default, Shape::Decimal(0.01, 1.0)),
            PROMPT,
            LORAS,
            SIZE,
            STEPS,
            GUIDANCE,
            COUNT,
            SEED,
            CHECKER,
            FORMAT,
            HURRY,
            SYNC,
        ],
    },
    Endpoint {
        name: "fal-ai/flux-pro/v1.1-ultra-finetuned",
        work: Work::Painting(Painting::Finetuned),
        fields: &[
            PROMPT,
            field("finetune_id", Need::Required, Shape::Text),
            field("finetune_strength", Need::Required, Shape::Decimal(0.0, 2.0)),
            field("aspect_ratio", Need::Default, Shape::Choice(&ASPECT_NAMES)),
            COUNT,
            FORMAT,
            field("safety_tolerance", Need::Default, Shape::Choice(&TOLERANCES)),
            field("raw", Need::Default, Shape::Flag),
            field("enhance_prompt", Need::Default, Shape::Flag),
            field("image_url", Need::Optional, Shape::Text),
            field("image_prompt_strength", Need::Default, Shape::Decimal(0.0, 1.0)),
            SEED,
            SYNC,
        ],
    },
    Endpoint {
        name: "fal-ai/nano-banana/edit",
        work: Work::Painting(Painting::Edited),
        fields: &[
            PROMPT,
            field("image_urls", Need::Required, Shape::Texts),
            COUNT,
            field("aspect_ratio", Need::Default, Shape::Choice(&EDITED_ASPECTS)),
            field("output_format", Need::Default, Shape::Choice(&["jpeg", "png", "webp"])),
            field("safety_tolerance", Need::Default, Shape::Choice(&TOLERANCES)),
            field("limit_generations", Need::Default, Shape::Flag),
            SEED,
            SYNC,
        ],
    },
];

const TOLERANCES: [&str; 6] = ["1", "2", "3", "4", "5", "6"];
const EDITED_ASPECTS: [&str; 11] =
    ["auto", "21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"];

/// Everything that the pictures of one request are drawn from.
pub(super) struct Pictures {
    model: &'static str,
    prompt: String,
    avatars: Vec<Avatar>,
    /// A small JPEG, and how far from it the picture goes.
    source: Option<(Bytes, f32)>,
    /// What is edited: small JPEGs.
    originals: Vec<Bytes>,
    width: u32,
    height: u32,
    seed: u64,
    steps: Option<i64>,
    format: Format,
    /// How many were asked for.
    asked: usize,
    /// For each that is given, whether it may not be shown.
    flagged: Vec<bool>,
}

impl Painting {
    pub(super) fn links(&self, input: &Value) -> Vec<Link> {
        let loras = input["loras"].as_array().filter(|_| !matches!(self, Painting::Finetuned));
        let weights = (0..).zip(loras.into_iter().flatten()).map(|(number, lora)| Link {
            at: vec![json!("loras"), json!(number), json!("path")],
            url: lora["path"].as_str().unwrap_or_default().to_owned(),
            may_be_a_name: true,
        });
        if let Painting::Edited = self {
            let urls = input["image_urls"].as_array().into_iter().flatten();
            let link = |(number, url): (i64, &Value)| Link {
                at: vec![json!("image_urls"), json!(number)],
                url: url.as_str().unwrap_or_default().to_owned(),
                may_be_a_name: false,
            };
            return (0..).zip(urls).map(link).collect();
        }
        let picture = match self {
            Painting::Lora | Painting::Edited => None,
            Painting::LoraOverPicture | Painting::Finetuned => input["image_url"].as_str(),
        };
        weights.chain(picture.map(|it| Link::at("image_url", it))).collect()
    }

    /// Looks into what was fetched. Blocks.
    pub(super) fn gather(&self, asked: &Asked, files: &[Fetched]) -> Result<Pictures, Complaint> {
        let input = &asked.input;
        let (weights, pictures): (Vec<_>, Vec<_>) =
            files.iter().partition(|it| it.link.may_be_a_name);
        let mut avatars = Vec::new();
        for (it, lora) in weights.iter().zip(input["loras"].as_array().into_iter().flatten()) {
            let avatar = avatar(it)?;
            // At no strength at all nobody is to be seen.
            if lora.get("scale").and_then(decimal).is_none_or(|it| it != 0.0) {
                avatars.push(avatar);
            }
        }
        if let Painting::Finetuned = self {
            avatars.push(finetuned(asked)?);
        }
        let (mut source, mut originals) = (None, Vec::new());
        for it in pictures {
            let picture = seeing::open(it)?;
            if let Painting::Edited = self {
                originals.push(small(&picture, EDITED_PIXELS_MAX));
            } else {
                source = Some((small(&picture, SOURCE_PIXELS_MAX), self.strength(input)));
            }
        }
        if let Painting::Edited = self
            && originals.is_empty()
        {
            let text = "At least one image is required";
            return Err(Complaint::new("image_urls", "value_error", text));
        }
        let usual = if originals.is_empty() { Format::Jpeg } else { Format::Png };
        let (width, height) = self.size(input);
        let count = input.get("num_images").and_then(whole).unwrap_or(1);
        let count = usize::try_from(count).unwrap_or(1);
        let format = input["output_format"].as_str().and_then(Format::from_name);
        Ok(Pictures {
            model: asked.endpoint.name,
            prompt: input["prompt"].as_str().unwrap_or_default().to_owned(),
            avatars,
            source,
            originals,
            width: width.min(drawing::SIDE_MAX),
            height: height.min(drawing::SIDE_MAX),
            seed: seed(input).unwrap_or(asked.drawn),
            steps: matches!(self, Painting::Lora | Painting::LoraOverPicture)
                .then(|| steps_of(input)),
            format: format.unwrap_or(usual),
            asked: count,
            flagged: flags(self.is_checked(input), count, asked),
        })
    }

    /// How far from the source a picture goes: one of these says it the other way round.
    fn strength(&self, input: &Value) -> f32 {
        let said = |name| input.get(name).and_then(decimal);
        let strength = match self {
            Painting::Finetuned => 1.0 - said("image_prompt_strength").unwrap_or(0.1),
            Painting::Lora | Painting::LoraOverPicture | Painting::Edited => {
                said("strength").unwrap_or(STRENGTH)
            }
        };
        strength as f32
    }

    fn size(&self, input: &Value) -> (u32, u32) {
        if let Painting::Finetuned = self {
            let name = input["aspect_ratio"].as_str().unwrap_or("16:9");
            return ASPECTS.iter().find(|it| it.0 == name).map_or((2752, 1536), |it| it.1);
        }
        match &input["image_size"] {
            Value::Object(size) => {
                let side = |name: &str| {
                    let said = size.get(name).and_then(whole);
                    said.and_then(|it| u32::try_from(it).ok()).unwrap_or(512)
                };
                (side("width"), side("height"))
            }
            name => {
                let name = name.as_str().unwrap_or("landscape_4_3");
                SIZES.iter().find(|it| it.0 == name).map_or((1024, 768), |it| it.1)
            }
        }
    }

    fn is_checked(&self, input: &Value) -> bool {
        match self {
            Painting::Finetuned | Painting::Edited => input["safety_tolerance"] != "6",
            Painting::Lora | Painting::LoraOverPicture => !["false", "0"]
                .contains(&input["enable_safety_checker"].to_string().trim_matches('"')),
        }
    }
}

pub(super) fn steps_of(input: &Value) -> i64 {
    input.get("num_inference_steps").and_then(whole).unwrap_or(28)
}

fn seed(input: &Value) -> Option<u64> {
    let said = input.get("seed")?;
    said.as_u64().or_else(|| whole(said).map(i64::cast_unsigned))
}

/// For each picture that is given whether it is flagged.
fn flags(is_checked: bool, count: usize, asked: &Asked) -> Vec<bool> {
    let partial = faults::ordered(&asked.faults, Trouble::Partial);
    let given = partial
        .map_or(count, |it| it.count.map_or(count.saturating_sub(1), |it| count.min(it as usize)));
    let unsafe_ones = faults::ordered(&asked.faults, Trouble::Flagged);
    let is_flagged = |number: usize| {
        is_checked
            && unsafe_ones.is_some_and(|it| match &it.pictures {
                Some(numbers) => numbers.contains(&number),
                None => true,
            })
    };
    (1..=given).map(is_flagged).collect()
}

fn avatar(file: &Fetched) -> Result<Avatar, Complaint> {
    let stored = file.stored()?;
    let known = weights::read(stored).map_err(|_| file.not_downloaded())?;
    let Some(known) = known else {
        let text = "Failed to load the LoRA weights: not a safetensors file";
        return Err(Complaint::at(&file.link.at, "lora_load_error", text));
    };
    let short = || format!("LoRA {}", hex::encode(&known.likeness[..3]));
    Ok(Avatar { name: known.trigger.clone().unwrap_or_else(short), likeness: known.likeness })
}

/// Any finetune is known, but for those whose id says otherwise.
fn finetuned(asked: &Asked) -> Result<Avatar, Complaint> {
    let id = asked.input["finetune_id"].as_str().unwrap_or_default();
    if id.is_empty() || id.starts_with("missing") {
        return Err(Complaint::new("finetune_id", "value_error", "Finetune not found"));
    }
    let short = || format!("finetune {}", id.chars().take(8).collect::<String>());
    let name = asked.finetune_trigger.clone().unwrap_or_else(short);
    Ok(Avatar { name, likeness: drawing::likeness(id.as_bytes()) })
}

fn small(picture: &RgbImage, side: u32) -> Bytes {
    let (width, height) = picture.dimensions();
    let long = width.max(height);
    let file = Format::Jpeg;
    if long <= side {
        return drawing::encode(picture, file, "").into();
    }
    let part = |it: u32| (it * side / long).max(1);
    let small = image::imageops::thumbnail(picture, part(width), part(height));
    drawing::encode(&small, file, "").into()
}

impl Pictures {
    pub(super) fn avatars(&self) -> &[Avatar] {
        &self.avatars
    }

    /// The result, in which `files` is the address before the names.
    pub(super) fn result(&self, files: &str, asked_seed: &Value, seconds: f64) -> Value {
        let is_edited = !self.originals.is_empty();
        let side = |it: u32| if is_edited { Value::Null } else { json!(it) };
        let image = |number: usize| {
            json!({
                "url": format!("{files}/{}", self.file_name(number)),
                "width": side(self.width),
                "height": side(self.height),
                "content_type": self.format.content_type(),
            })
        };
        if is_edited {
            let images: Vec<Value> = (1..=self.flagged.len()).map(image).collect();
            return json!({ "images": images, "description": "Here is the edited picture." });
        }
        let seed = if asked_seed.is_number() { asked_seed.clone() } else { json!(self.seed) };
        json!({
            "images": (1..=self.flagged.len()).map(image).collect::<Vec<_>>(),
            "timings": { "inference": seconds },
            "seed": seed,
            "has_nsfw_concepts": self.flagged,
            "prompt": self.prompt,
        })
    }

    fn file_name(&self, number: usize) -> String {
        let end = match self.format {
            Format::Jpeg => "jpeg",
            Format::Png => "png",
            Format::Webp => "webp",
        };
        format!("{number}.{end}")
    }

    pub(super) fn has_file(&self, name: &str) -> bool {
        (1..=self.flagged.len()).any(|it| self.file_name(it) == name)
    }

    /// One of its files and its content type, drawn now. Blocks.
    pub(super) fn paint(&self, name: &str) -> Option<(Bytes, &'static str)> {
        let number = (1..=self.flagged.len()).find(|it| self.file_name(*it) == name)?;
        let steps = self.steps.map_or_else(String::new, |it| format!(", {it} steps"));
        let source = self.source.as_ref().and_then(|(file, strength)| {
            let picture = image::load_from_memory(file).ok()?.into_rgb8();
            Some(Source { picture, strength: *strength })
        });
        let scene = Scene {
            prompt: &self.prompt,
            seed: self.seed.wrapping_add(number as u64 - 1),
            model: self.model,
            avatars: &self.avatars,
            notes: &format!("image {number} of {}{steps}", self.asked),
            width: self.width,
            height: self.height,
            source,
        };
        let is_flagged = self.flagged[number - 1];
        let drawn = if is_flagged {
            drawing::black(self.width, self.height)
        } else if !self.originals.is_empty() {
            self.edit(scene.seed)?
        } else {
            drawing::draw(&scene)
        };
        let file = drawing::encode(&drawn, self.format, &drawing::facts(&scene));
        Some((file.into(), self.format.content_type()))
    }

    fn edit(&self, seed: u64) -> Option<RgbImage> {
        let open = |it: &Bytes| Some(image::load_from_memory(it).ok()?.into_rgb8());
        let pictures = self.originals.iter().map(open).collect::<Option<Vec<_>>>()?;
        let (first, others) = pictures.split_first()?;
        Some(edits::edit(first, &others.iter().collect::<Vec<_>>(), &self.prompt, seed))
    }
}
