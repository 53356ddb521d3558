//! The page of all screens, and what the graph of ways says about the whole.

use std::collections::BTreeSet;

use chat::Place;
use chat::preview::samples::samples;
use chat::preview::{node, page, steps};
use domain::Language;

/// Every node that is shown by a sample.
fn nodes() -> BTreeSet<String> {
    samples().iter().map(|it| node(&it.place)).collect()
}

#[test]
fn every_screen_has_a_sample_and_samples_have_names() {
    let screens: BTreeSet<_> = samples().iter().map(|it| it.place.name()).collect();
    assert_eq!(screens, Place::NAMES.iter().copied().collect());
    let names: BTreeSet<_> = samples().into_iter().map(|it| it.name).collect();
    assert_eq!(names.len(), samples().len(), "two samples share a name");
}

/// A sample may not know what its place doesn't ask for, or it shows what users never see.
#[test]
fn samples_know_what_their_places_ask_for() {
    for sample in samples() {
        let (facts, needs) = (sample.facts(Language::En), sample.place.needs());
        let name = &sample.name;
        assert!(facts.avatars.is_empty() || needs.avatars, "{name} doesn't ask for avatars");
        assert!(facts.photos.is_empty() || needs.photos, "{name} doesn't ask for photos");
        assert!(facts.numbers.is_none() || needs.numbers, "{name} doesn't ask for numbers");
        assert_eq!(facts.history.is_some(), needs.history.is_some(), "{name}: history");
        assert!(facts.shop.is_none() || needs.shop, "{name} doesn't ask for the shop");
        assert!(facts.plan.is_none() || needs.plan, "{name} doesn't ask for the plan");
        assert!(facts.invite.is_none() || needs.invite, "{name} doesn't ask for the invitation");
        assert!(facts.gifts.is_empty() || needs.gifts, "{name} doesn't ask for gifts");
        assert!(facts.stats.is_empty() || needs.stats, "{name} doesn't ask for numbers");
        assert!(facts.found.is_empty() || needs.search.is_some(), "{name} doesn't search");
        assert!(facts.making.is_empty() || needs.making, "{name} doesn't ask what is made");
        let known = facts.inputs.iter().all(|it| needs.inputs.contains(&it.id));
        assert!(known, "{name} doesn't ask for these photos");
        assert!(facts.gallery.is_none() || needs.gallery.is_some(), "{name}: gallery");
        assert!(facts.voices.is_empty() || needs.voices, "{name} doesn't ask for voices");
        let known = facts.takes.iter().all(|it| needs.takes.contains(&it.artifact));
        assert!(known, "{name} doesn't ask for these takes");
        let known = facts.shot.iter().all(|it| needs.shot.contains(&it.id));
        assert!(known, "{name} doesn't ask for these orders");
        if let Some(generation) = facts.generation {
            assert_eq!(needs.generation, Some(generation.id), "{name} asks for another order");
        }
        if let Some(artifact) = facts.artifact {
            let need = needs.artifact.map(|it| it.id);
            assert_eq!(need, Some(artifact.id), "{name} asks for another picture");
        }
        if let Some(order) = facts.order {
            assert_eq!(needs.order, Some(order.id), "{name} asks for another order");
        }
        if let Some(customer) = facts.customer {
            assert_eq!(needs.customer, Some(customer.id), "{name} asks for another customer");
        }
        if let Some(avatar) = facts.avatar {
            assert_eq!(needs.avatar, Some(avatar.id), "{name} asks for another avatar");
        }
    }
}

#[test]
fn whatever_can_be_reached_has_a_sample() {
    let nodes = nodes();
    for step in steps(Language::En) {
        assert!(nodes.contains(&step.to), "{} has no sample", step.to);
    }
}

/// From the first meeting, and from the owners' menu, one gets everywhere that no command is
/// needed for.
#[test]
fn every_screen_can_be_reached_by_buttons_and_words() {
    let steps = steps(Language::En);
    let mut seen = BTreeSet::from(["consent-terms".to_owned(), "admin-menu".to_owned()]);
    loop {
        let count = seen.len();
        for step in &steps {
            if seen.contains(&step.from) {
                seen.insert(step.to.clone());
            }
        }
        if seen.len() == count {
            break;
        }
    }
    let by_command =
        ["consent-leaving", "forget", "paper-pay-support", "paper-privacy", "paper-terms"];
    let unseen: Vec<_> = nodes().into_iter().filter(|it| !seen.contains(it)).collect();
    assert_eq!(unseen, by_command);
}

#[test]
fn the_page_is_complete_and_needs_nothing_else() {
    let page = page(&Language::ALL);
    for sample in samples() {
        let name = chat::text::escape(&sample.name).into_owned();
        assert!(page.contains(&format!("<h3>{name}</h3>")), "{name} is missing");
    }
    for node in nodes() {
        assert_eq!(page.matches(&format!("id=\"{node}\"")).count(), 1, "{node} as an anchor");
    }
    let targets = page.split("href=\"#").skip(1).filter_map(|it| it.split('"').next());
    for target in targets.collect::<BTreeSet<_>>() {
        assert!(page.contains(&format!("id=\"{target}\"")), "#{target} leads nowhere");
    }
    for outside in ["http:", "https:", "src=", "@import", "url(", "<script"] {
        assert!(!page.contains(outside), "the page wants {outside}");
    }
}
