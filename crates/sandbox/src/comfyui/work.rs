//! What the nodes do with pictures. A made-up model edits by the words of its prompt, see
//! [`crate::drawing::edits`]; whatever only scales, inverts or lays together does just that.

use super::failures::Failure;
use crate::drawing::edits;
use bytes::Bytes;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the model sees at most; more is made smaller, and less stays as it is.
const PIXELS_MAX: u64 = 1 << 20;
/// What fits into the memory of the card.
const CARD_PIXELS_MAX: u64 = 64 << 20;
const UPSCALED: u32 = 4;

/// What goes from node to node.
#[derive(Clone)]
pub(super) enum Thing {
    /// As pixels or as a latent.
    Picture(Arc<RgbImage>),
    /// A prompt with the pictures that it speaks of.
    Words(Arc<(String, Vec<Arc<RgbImage>>)>),
    /// A model, a mask, or another thing that nothing is seen of.
    Part,
}

/// One node, ready to be worked on.
pub(super) struct Task {
    pub(super) class: &'static str,
    pub(super) values: BTreeMap<String, Value>,
    pub(super) things: BTreeMap<String, Thing>,
    /// What LoadImage reads.
    pub(super) file: Option<Bytes>,
    /// What is written into a file beside its pixels.
    pub(super) metadata: String,
}

pub(super) struct Done {
    pub(super) things: Vec<Thing>,
    /// A file to keep, of an output node.
    pub(super) file: Option<Bytes>,
}

impl Done {
    fn things(things: Vec<Thing>) -> Done {
        Done { things, file: None }
    }

    fn picture(picture: RgbImage) -> Done {
        Done::things(vec![Thing::Picture(Arc::new(picture))])
    }
}

impl Task {
    /// Does it. Blocks.
    pub(super) fn work(&self) -> Result<Done, Failure> {
        match self.class {
            "LoadImage" => self.load(),
            "ImageScaleToTotalPixels" => {
                let pixels = self.decimal("megapixels") * PIXELS_MAX as f64;
                let picture = self.picture("image")?;
                Ok(Done::picture(within(&picture, (pixels as u64).min(PIXELS_MAX))))
            }
            "FluxKontextImageScale" => {
                Ok(Done::picture(within(&*self.picture("image")?, PIXELS_MAX)))
            }
            "TextEncodeQwenImageEditPlus" => {
                let pictures = ["image1", "image2", "image3"];
                let pictures = pictures.iter().filter_map(|it| self.picture(it).ok()).collect();
                let words = Thing::Words(Arc::new((self.text("prompt").to_owned(), pictures)));
                Ok(Done::things(vec![words]))
            }
            "FluxKontextMultiReferenceLatentMethod" => self.same("conditioning"),
            "VAEEncode" => self.same("pixels"),
            "VAEDecode" => self.same("samples"),
            "PeerSleep" => self.same("image"),
            "KSampler" => self.sample(),
            "SaveImage" | "PreviewImage" => self.save(),
            "ImageScale" => self.scale(),
            "ImageScaleBy" => {
                let picture = self.picture("image")?;
                let by = self.decimal("scale_by");
                let side = |it: u32| ((f64::from(it) * by).round() as u32).max(1);
                sized(&picture, side(picture.width()), side(picture.height()), self.filter())
            }
            "ImageInvert" => {
                let mut picture = (*self.picture("image")?).clone();
                imageops::invert(&mut picture);
                Ok(Done::picture(picture))
            }
            "ImageUpscaleWithModel" => {
                let picture = self.picture("image")?;
                let side = |it: u32| it.saturating_mul(UPSCALED);
                let (width, height) = (side(picture.width()), side(picture.height()));
                sized(&picture, width, height, FilterType::Triangle)
            }
            "EmptyImage" => {
                let colour = self.whole("color");
                let colour = [16, 8, 0].map(|it| (colour >> it & 0xff) as u8);
                let (width, height) = (self.whole("width") as u32, self.whole("height") as u32);
                fits(width, height)?;
                Ok(Done::picture(RgbImage::from_pixel(width, height, Rgb(colour))))
            }
            "ImageCompositeMasked" => {
                let mut below = (*self.picture("destination")?).clone();
                let above = self.picture("source")?;
                let (x, y) = (self.whole("x") as i64, self.whole("y") as i64);
                imageops::replace(&mut below, &*above, x, y);
                Ok(Done::picture(below))
            }
            "PeerFail" => Err(self.planned()),
            _ => Ok(Done::things(vec![Thing::Part])),
        }
    }

    fn load(&self) -> Result<Done, Failure> {
        let name = self.text("image");
        let file = self.file.as_deref().unwrap_or_default();
        let picture = image::load_from_memory(file).map_err(|_| Failure::not_a_picture(name))?;
        let picture = Thing::Picture(Arc::new(picture.into_rgb8()));
        Ok(Done::things(vec![picture, Thing::Part]))
    }

    fn sample(&self) -> Result<Done, Failure> {
        let base = self.picture("latent_image")?;
        let (words, pictures) = match self.things.get("positive") {
            Some(Thing::Words(words)) => (words.0.as_str(), &words.1[..]),
            _ => ("", &[][..]),
        };
        let others: Vec<&RgbImage> = pictures.iter().skip(1).map(|it| &**it).collect();
        Ok(Done::picture(edits::edit(&base, &others, words, self.whole("seed"))))
    }

    fn save(&self) -> Result<Done, Failure> {
        let picture = self.picture("images")?;
        let file = crate::drawing::encode_with_text(&picture, "prompt", &self.metadata);
        Ok(Done { things: vec![Thing::Picture(picture)], file: Some(file.into()) })
    }

    fn scale(&self) -> Result<Done, Failure> {
        let picture = self.picture("image")?;
        let (was_wide, was_high) = (u64::from(picture.width()), u64::from(picture.height()));
        let (mut width, mut height) = (self.whole("width"), self.whole("height"));
        // What isn't said follows from the other.
        if width == 0 && height == 0 {
            (width, height) = (was_wide, was_high);
        } else if width == 0 {
            width = (was_wide * height / was_high).max(1);
        } else if height == 0 {
            height = (was_high * width / was_wide).max(1);
        }
        if self.text("crop") == "center" {
            let part_x = was_wide.min((was_high * width / height).max(1));
            let part_y = was_high.min((was_wide * height / width).max(1));
            let (left, top) = ((was_wide - part_x) / 2, (was_high - part_y) / 2);
            let [left, top, part_x, part_y] = [left, top, part_x, part_y].map(|it| it as u32);
            let part = imageops::crop_imm(&*picture, left, top, part_x, part_y).to_image();
            return sized(&part, width as u32, height as u32, self.filter());
        }
        sized(&picture, width as u32, height as u32, self.filter())
    }

    fn planned(&self) -> Failure {
        match self.text("kind") {
            "runtime" => Failure::new("RuntimeError", "peer: запланированная ошибка <b>&amp;</b>"),
            "oom" => Failure::out_of_memory(),
            _ => Failure::new("ValueError", "peer: bad value"),
        }
    }

    fn same(&self, name: &str) -> Result<Done, Failure> {
        Ok(Done::things(vec![self.things.get(name).cloned().unwrap_or(Thing::Part)]))
    }

    fn filter(&self) -> FilterType {
        match self.text("upscale_method") {
            "nearest-exact" => FilterType::Nearest,
            "bicubic" => FilterType::CatmullRom,
            "lanczos" => FilterType::Lanczos3,
            _ => FilterType::Triangle,
        }
    }

    fn picture(&self, name: &str) -> Result<Arc<RgbImage>, Failure> {
        match self.things.get(name) {
            Some(Thing::Picture(picture)) => Ok(picture.clone()),
            _ => Err(Failure::new("TypeError", format!("{name}: there is no picture"))),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn whole(&self, name: &str) -> u64 {
        self.values.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    fn decimal(&self, name: &str) -> f64 {
        self.values.get(name).and_then(Value::as_f64).unwrap_or_default()
    }
}

fn fits(width: u32, height: u32) -> Result<(), Failure> {
    let pixels = u64::from(width) * u64::from(height);
    if CARD_PIXELS_MAX < pixels { Err(Failure::out_of_memory()) } else { Ok(()) }
}

fn sized(picture: &RgbImage, width: u32, height: u32, filter: FilterType) -> Result<Done, Failure> {
    fits(width, height)?;
    Ok(Done::picture(imageops::resize(picture, width, height, filter)))
}

/// The picture with no more than so many pixels.
fn within(picture: &RgbImage, pixels: u64) -> RgbImage {
    let (width, height) = picture.dimensions();
    let has = u64::from(width) * u64::from(height);
    if has <= pixels {
        return picture.clone();
    }
    let by = (pixels as f64 / has as f64).sqrt();
    let side = |it: u32| ((f64::from(it) * by) as u32).max(1);
    imageops::thumbnail(picture, side(width), side(height))
}
