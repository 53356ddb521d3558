//! One meaning for the values of all pictures, BT.709 in the range of television: what is mixed
//! without it comes out with other colours than it went in.

use super::probe::VideoStream;

/// For the encoder, so that players know.
pub(super) const TAGS: [&str; 8] = [
    "-colorspace",
    "bt709",
    "-color_primaries",
    "bt709",
    "-color_trc",
    "bt709",
    "-color_range",
    "tv",
];

/// Who says nothing about its colours and is smaller than this means those of old television.
const LONG_SIDE_709: u32 = 1280;

/// Options of the filter `scale`; they cost nothing where nothing changes.
pub(super) fn to_709(video: &VideoStream) -> String {
    let matrix = match video.colours.matrix.as_str() {
        "bt709" => "bt709",
        "bt2020nc" | "bt2020c" => "bt2020",
        "bt470bg" | "smpte170m" | "fcc" => "bt601",
        _ if LONG_SIDE_709 <= video.width.max(video.height) => "bt709",
        _ => "bt601",
    };
    let range = if video.colours.range == "pc" { "pc" } else { "tv" };
    format!("in_color_matrix={matrix}:in_range={range}:out_color_matrix=bt709:out_range=tv")
}

/// Brighter than a screen that isn't made for it can show: PQ and HLG, as phones record.
pub(super) fn is_hdr(video: &VideoStream) -> bool {
    matches!(video.colours.transfer.as_str(), "smpte2084" | "arib-std-b67")
}

/// From those to an ordinary screen.
pub(super) fn tone_map(video: &VideoStream) -> String {
    let transfer = &video.colours.transfer;
    format!(
        "zscale=tin={transfer}:min=2020_ncl:pin=2020:t=linear:npl=203,format=gbrpf32le,\
         zscale=p=709,tonemap=hable:desat=0,zscale=t=709:m=709:p=709:r=tv"
    )
}
