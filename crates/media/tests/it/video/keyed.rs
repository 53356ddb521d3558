//! A figure before a green wall, put into a shop.

use std::path::Path;

use media::video::{Figure, Folder, Frame, Loudness, Montage, VideoError, montage};

use super::sources::*;

fn plan(figure: Figure, background: &Path, frame: Frame) -> Montage {
    Montage {
        figure,
        sound: None,
        background: Some(background.to_owned()),
        frame,
        captions: None,
        label: None,
        loudness: Loudness::AsItIs,
    }
}

#[test]
fn the_wall_is_gone_and_the_rest_is_as_it_would_be() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let scenes = shelf.scenes((720, 1280), 8);
    assert!(1_000_000 < greens(&pixels(&scenes.green)));
    let plan = plan(Figure::Green(scenes.green), &scenes.shop, Frame::UPRIGHT);
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    let made = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap();
    let likeness = ssim(&made.path, &scenes.truth);
    println!("SSIM {likeness}");
    assert!(0.995 <= likeness, "{likeness}");
    assert_eq!(greens(&pixels(&made.path)), 0);
    assert_eq!((made.width, made.height, made.duration_ms), (720, 1280, 320));
}

#[test]
fn alpha_is_seen_through() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let scenes = shelf.scenes((180, 320), 8);
    let figure = shelf.make(
        "figure.webm",
        &format!(
            "-i {} -vf scale=out_color_matrix=bt709:out_range=tv,format=yuva420p \
             -c:v libvpx-vp9 -crf 10 -b:v 0 -colorspace bt709 -color_range tv",
            scenes.alone.display()
        ),
    );
    let frame = Frame { width: 180, height: 320 };
    let plan = plan(Figure::Alpha(figure), &scenes.shop, frame);
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    let made = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap();
    let likeness = ssim(&made.path, &scenes.truth);
    println!("SSIM {likeness}");
    assert!(0.97 <= likeness, "{likeness}");
}

/// The wall that comes isn't the one that was ordered, nor said in the same colours.
#[test]
fn a_wall_of_another_green_goes_too() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let scenes = shelf.scenes((180, 320), 4);
    let frame = Frame { width: 180, height: 320 };
    for (name, wall) in [("dull", "0x20C838"), ("bluish", "0x00E060"), ("yellowish", "0x40E010")] {
        let figure = shelf.make(
            &format!("{name}.mp4"),
            &format!(
                "-f lavfi -i color={wall}:180x320:25 -i {} -filter_complex \
                 [0:v][1:v]overlay=format=gbrp:shortest=1,scale=out_color_matrix=bt601 \
                 -colorspace smpte170m -pix_fmt yuv420p -crf 16",
                scenes.alone.display()
            ),
        );
        assert!(10_000 < greens(&pixels(&figure)));
        let plan = plan(Figure::Green(figure), &scenes.shop, frame);
        let folder = Folder::new(shelf.path(), "job_1").unwrap();
        let made = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap();
        assert_eq!(greens(&pixels(&made.path)), 0, "{name}");
        let likeness = ssim(&made.path, &scenes.truth);
        println!("{name}: SSIM {likeness}");
        assert!(0.97 <= likeness, "{name}: {likeness}");
    }
}

#[test]
fn where_there_is_no_wall_nothing_is_cut() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let scenes = shelf.scenes((180, 320), 2);
    let plan = plan(Figure::Green(scenes.shop.clone()), &scenes.shop, Frame::UPRIGHT);
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    let error = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap_err();
    assert!(matches!(&error, VideoError::Unreadable { why } if why.contains("wall")), "{error:?}");
}
