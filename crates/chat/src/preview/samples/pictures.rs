//! Pictures, from the choice to the gallery, in their interesting states.

use domain::refusal::Fault;
use domain::{ArtifactId, GenerationId, HintId, News, PackingId, Refusal};

use super::credits;

/// One of each kind of news about pictures, and of refusals every one.
pub(super) fn news() -> Vec<News> {
    let (generation, hint) = (GenerationId::new(1), HintId::new(1));
    let packing = PackingId::new(1);
    let ready = |made, withheld, charged| News::PicturesReady {
        generation: generation.clone(),
        made,
        withheld,
        charged: credits(charged),
        returned: credits(16 - charged),
    };
    let mut news = vec![
        News::PicturesQueued { generation: generation.clone() },
        ready(4, 0, 16),
        ready(1, 3, 4),
        ready(0, 4, 0),
        News::PicturesCanceled { generation: generation.clone(), returned: credits(16) },
        News::PicturesSent { artifacts: vec![ArtifactId::new(1)], are_originals: true },
        News::PicturesSent {
            artifacts: vec![ArtifactId::new(1), ArtifactId::new(2)],
            are_originals: false,
        },
        News::SendingPictures,
        News::Favoured { is_favourite: true },
        News::Favoured { is_favourite: false },
        News::PicturesDeleted { count: 0 },
        News::PicturesDeleted { count: 3 },
        News::PicturesExpire { count: 21, on: "27.11.2026".to_owned() },
        News::HintAsked { hint: hint.clone() },
        News::HintReady { hint: hint.clone(), words: "a red scarf <3 & snow".to_owned() },
        News::HintFailed { hint: hint.clone(), fault: Fault::PhotosUnusable },
        News::HintFailed { hint, fault: Fault::ProviderFailed },
        News::PackingBegun { count: 12 },
        News::Packed { packing: packing.clone(), count: 12, link: None },
        News::Packed { packing, count: 50, link: Some("example.org/z/1?key=a&b=<3".to_owned()) },
        News::PackingFailed,
    ];
    news.extend(Fault::ALL.iter().map(|fault| News::PicturesFailed {
        generation: generation.clone(),
        fault: *fault,
        returned: credits(16),
    }));
    news.extend(refusals().into_iter().map(|refusal| News::Refused { refusal }));
    news
}

fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::AvatarNotReady,
        Refusal::GenerationGone,
        Refusal::PhotoTooLarge,
        Refusal::PictureGone,
        Refusal::PicturesTooMany { most: 50 },
        Refusal::StyleGone,
        Refusal::WordsEmpty,
        Refusal::WordsTooLong { most: 500 },
    ]
}
