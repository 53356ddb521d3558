//! Lists of voices end, whatever a provider says.

use std::sync::Arc;

use connectors::http::Http;
use connectors::providers::{Access, voices};
use connectors::reach::Reach;
use url::Url;

use crate::record::Recorded;

#[tokio::test(start_paused = true)]
async fn a_list_without_an_end_is_left_after_fifty_pages() {
    let page = |at: u32| {
        let voice = format!(r#"{{"voice_id":"v{at}"}}"#);
        format!(r#"200 {{"voices":[{voice}],"has_more":true,"next_page_token":"t{at}"}}"#)
    };
    // Asked for one more, it panics.
    let transport = Arc::new(Recorded::new(&(1..=50).map(page).collect::<Vec<_>>()));
    let http = Http::over(transport.clone(), Reach::Public { trusted: Vec::new() });
    let url = Url::parse("https://api.elevenlabs.test").expect("an address");
    let access = Access { key: "key".into(), queue_url: url.clone(), rest_url: url };
    let voices = voices::list(&http, &access).await.expect("voices");
    assert_eq!(voices.len(), 50);
    assert_eq!(voices.last().map(|it| it.id.as_str()), Some("v50"));
    let asked = transport.lines().iter().filter(|it| it.starts_with("> GET")).count();
    assert_eq!(asked, 50);
}
