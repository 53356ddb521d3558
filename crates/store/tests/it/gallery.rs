//! The gallery: pages, filters, favourites, and what goes when.

use domain::picture::Product;
use domain::{ArtifactId, Millis};
use store::artifacts::{self, Artifact, Filter};
use store::generations::End;
use store::ledger::LedgerError;
use store::{StoreError, Tx, objects};

use crate::bed::{Bed, NOW, art, ava, each_chain, gnr, later, usr};
use crate::ledger::{credits, gift};
use crate::sittings::{KEPT_UNTIL, deliver, fail, file, order_at, succeed, tell, thumbnail};
use crate::story::{avatar, customer};

const KEPT: Millis = Millis::days(30);

/// Anna with six generations of four a minute apart, all of one moment each; the third is with
/// another avatar.
fn many(bed: &Bed) {
    bed.try_write(|tx| {
        customer(tx, "anna")?;
        gift(tx, "more", "anna", 1_000)?;
        avatar(tx, "anna", &ava("other"))?;
        for (number, name) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
            let at = later(60 * (number as i64 + 1));
            order_at(tx, "anna", name, 4, at)?;
            if name == "c" {
                with_other(tx, name, at)?;
            } else {
                succeed(tx, "anna", name, 4, at)?;
            }
        }
        Ok::<_, LedgerError>(())
    })
    .expect("pictures");
}

fn with_other(tx: &mut Tx, name: &'static str, at: Millis) -> Result<(), LedgerError> {
    tx.execute("UPDATE generations SET avatar_id = 'ava_other' WHERE id = 'gen_c'", &[])?;
    store::generations::end(tx, &gnr(name), End::Succeeded, at)?;
    deliver(tx, "anna", &ava("other"), name, 4, at)?;
    store::ledger::capture(tx, &crate::bed::hld("gc"), credits(20), at)?;
    tell(tx, "anna", name, "end")?;
    Ok(())
}

fn ids(page: &[Artifact]) -> Vec<ArtifactId> {
    page.iter().map(|it| it.id.clone()).collect()
}

fn page(
    tx: &mut Tx,
    filter: &Filter,
    before: Option<&ArtifactId>,
    after: Option<&ArtifactId>,
) -> Result<Vec<ArtifactId>, StoreError> {
    artifacts::page(tx, &usr("anna"), filter, before, after, 5).map(|it| ids(&it))
}

#[test]
fn a_picture_says_what_it_is() {
    each_chain(|bed| {
        many(bed);
        let it = bed.read(|tx| artifacts::of(tx, &usr("anna"), &art("b2")));
        let it = it.expect("it is there");
        assert_eq!((it.generation, it.number, it.avatar), (gnr("b"), 2, Some(ava("anna"))));
        assert_eq!((it.object, it.thumbnail), (file("b", 2), thumbnail("b", 2)));
        assert_eq!((it.width, it.height, it.seed), (768, 1344, 8));
        assert_eq!((it.content_type.as_str(), it.bytes), ("image/jpeg", 9));
        assert_eq!((it.delete_after, it.is_favourite), (Some(KEPT_UNTIL), false));
        assert_eq!((it.product, it.created_at), (Product::Picture, later(120)));
        let chosen = [art("e3"), art("nothing"), art("a1"), art("e1")];
        let found = bed.read(move |tx| artifacts::many(tx, &usr("anna"), &chosen));
        assert_eq!(ids(&found), [art("e3"), art("a1"), art("e1")], "in the order given");
    });
}

/// Walks forth and back while pictures are deleted, those included that mark a place.
#[test]
fn pages_follow_each_other_both_ways_whatever_is_deleted_in_between() {
    each_chain(|bed| {
        many(bed);
        bed.write(|tx| {
            let (anna, all) = (usr("anna"), Filter::default());
            let whole = ids(&artifacts::page(tx, &anna, &all, None, None, 99)?);
            let newest: Vec<_> = ["f4", "f3", "f2", "f1", "e4"].map(art).to_vec();
            assert_eq!((whole.len(), &whole[..5]), (24, &newest[..]));
            let (mut seen, mut gone) = (newest.clone(), Vec::new());
            loop {
                let last = seen.last().expect("a page was seen").clone();
                // What marks the place goes, one that was seen, and one that is yet to come.
                let at = whole.iter().position(|it| *it == last).expect("it is of the whole");
                let go = [at, at / 2, at + 2].map(|it| whole.get(it).cloned());
                let go: Vec<_> = go.into_iter().flatten().collect();
                artifacts::delete(tx, &anna, &go, later(999))?;
                gone.extend(go);
                let next = page(tx, &all, Some(&last), None)?;
                if next.is_empty() {
                    break;
                }
                seen.extend(next);
            }
            let left: Vec<_> = whole.iter().filter(|it| !gone.contains(it)).cloned().collect();
            let rest: Vec<_> = seen.iter().filter(|it| !gone.contains(it)).cloned().collect();
            assert_eq!(rest, left, "all that is left was seen, once and in order");
            assert_eq!(artifacts::count(tx, &anna, &all)? as usize, left.len());
            // Back again, from the very end to the newest.
            let (mut place, mut back) = (whole.last().cloned(), Vec::new());
            while let Some(from) = place {
                let nearer = page(tx, &all, None, Some(&from))?;
                place = nearer.first().cloned();
                back.splice(0..0, nearer);
            }
            back.extend(left.last().filter(|it| Some(*it) == whole.last()).cloned());
            assert_eq!(back, left, "the same, and in the same order");
            // Between two places.
            let between = artifacts::page(tx, &anna, &all, Some(&art("f1")), Some(&art("d4")), 99)?;
            let expected: Vec<_> =
                left.iter().filter(|it| it.as_str().starts_with("art_e")).cloned().collect();
            assert_eq!(ids(&between), expected);
            Ok(())
        });
    });
}

#[test]
fn a_filter_counts_what_it_shows() {
    each_chain(|bed| {
        many(bed);
        bed.write(|tx| {
            let anna = usr("anna");
            for name in ["a1", "c2", "c3", "f4"] {
                assert!(artifacts::favour(tx, &anna, &art(name), true, KEPT, later(900))?);
            }
            assert_eq!(artifacts::delete(tx, &anna, &[art("c3"), art("d1")], later(901))?, 2);
            let of_other = Filter { avatar: Some(ava("other")), ..Filter::default() };
            let favourites = Filter { favourite: true, ..Filter::default() };
            let since = |seconds| Some(later(seconds));
            let shown: &[(Filter, &[&str])] = &[
                (of_other.clone(), &["c4", "c2", "c1"]),
                (favourites.clone(), &["f4", "c2", "a1"]),
                (Filter { favourite: true, ..of_other.clone() }, &["c2"]),
                (
                    Filter { since: since(300), ..Filter::default() },
                    &["f4", "f3", "f2", "f1", "e4", "e3", "e2", "e1"],
                ),
                (Filter { since: since(301), ..Filter::default() }, &["f4", "f3", "f2", "f1"]),
                (Filter { since: since(180), ..favourites.clone() }, &["f4", "c2"]),
                (Filter { since: since(181), ..of_other.clone() }, &[]),
                (
                    Filter { product: Some(Product::Picture), ..of_other.clone() },
                    &["c4", "c2", "c1"],
                ),
                (Filter { avatar: Some(ava("anna")), ..favourites }, &["f4", "a1"]),
                (Filter { avatar: Some(ava("none")), ..Filter::default() }, &[]),
            ];
            for (filter, names) in shown {
                let expected: Vec<_> = names.iter().map(|it| art(it)).collect();
                let found = artifacts::page(tx, &anna, filter, None, None, 99)?;
                assert_eq!(ids(&found), expected, "{filter:?}");
                let count = artifacts::count(tx, &anna, filter)?;
                assert_eq!(count as usize, expected.len(), "{filter:?}");
                // From either end, the rest is the same.
                if let [first, .., last] = expected.as_slice() {
                    let older = artifacts::page(tx, &anna, filter, Some(first), None, 99)?;
                    assert_eq!(ids(&older), expected[1..], "{filter:?}");
                    let newer = artifacts::page(tx, &anna, filter, None, Some(last), 99)?;
                    assert_eq!(ids(&newer), expected[..expected.len() - 1], "{filter:?}");
                }
            }
            Ok(())
        });
    });
}

#[test]
fn a_favourite_stays_until_the_mark_is_taken_away() {
    each_chain(|bed| {
        many(bed);
        bed.write(|tx| {
            let (anna, id) = (usr("anna"), art("a1"));
            let times = |tx: &mut Tx| -> Result<[Option<Millis>; 3], StoreError> {
                let artifact = artifacts::of(tx, &anna, &id)?.expect("it is there");
                let file = objects::get_for_job(tx, &artifact.object)?.expect("a file");
                let small = objects::get_for_job(tx, &artifact.thumbnail)?.expect("a file");
                Ok([artifact.delete_after, file.delete_after, small.delete_after])
            };
            assert_eq!(times(tx)?, [Some(KEPT_UNTIL); 3]);
            assert!(!artifacts::favour(tx, &anna, &id, false, KEPT, NOW)?, "it is none");
            assert!(artifacts::favour(tx, &anna, &id, true, KEPT, NOW)?);
            assert!(!artifacts::favour(tx, &anna, &id, true, KEPT, NOW)?, "it is one");
            assert_eq!(times(tx)?, [None; 3]);
            assert_eq!(artifacts::expiring_for_job(tx, Millis(i64::MAX), 9)?[0].count, 23);
            assert!(artifacts::favour(tx, &anna, &id, false, KEPT, later(5))?);
            assert_eq!(times(tx)?, [Some(later(5).plus(KEPT)); 3]);
            // Whatever is due may be going this very moment, so it can't be kept any more.
            let due = later(5).plus(KEPT);
            assert!(!artifacts::favour(tx, &anna, &id, true, KEPT, due)?);
            assert!(objects::keep(tx, &file("a", 2))? && !objects::keep(tx, &file("a", 2))?);
            assert!(objects::expire(tx, &file("a", 2), KEPT_UNTIL)?);
            Ok(())
        });
    });
}

#[test]
fn what_is_deleted_goes_with_its_files() {
    each_chain(|bed| {
        many(bed);
        bed.write(|tx| {
            let anna = usr("anna");
            assert!(artifacts::sent(tx, &art("a1"), "photo-1")?);
            assert!(artifacts::sent_original(tx, &art("a1"), "document-1")?);
            let it = artifacts::of(tx, &anna, &art("a1"))?.expect("it is there");
            assert_eq!(it.file_id.as_deref(), Some("photo-1"));
            assert_eq!(it.document_file_id.as_deref(), Some("document-1"));
            assert!(artifacts::favour(tx, &anna, &art("a1"), true, KEPT, NOW)?);
            let chosen = [art("a1"), art("a1"), art("a2"), art("nothing")];
            assert_eq!(artifacts::delete(tx, &anna, &chosen, later(500))?, 2);
            assert_eq!(artifacts::delete(tx, &anna, &chosen, later(501))?, 0);
            let due = objects::due_for_job(tx, later(500), 9)?;
            let due: Vec<_> = due.iter().map(|it| it.id.clone()).collect();
            let files = [1, 2].map(|it| [file("a", it), thumbnail("a", it)]).concat();
            assert_eq!(due, files, "a favourite, too, if its owner wants so");
            assert!(!artifacts::favour(tx, &anna, &art("a1"), true, KEPT, later(501))?);
            assert!(!artifacts::sent(tx, &art("a1"), "photo-2")?, "it is on its way out");
            assert!(!artifacts::sent_original(tx, &art("a1"), "document-2")?);
            assert!(objects::deleted(tx, &file("a", 1), later(502))?);
            assert!(!artifacts::file_gone(tx, &file("a", 1), later(502))?, "nothing is left of it");
            // One whose time was over.
            assert!(objects::expire(tx, &file("a", 3), later(503))?);
            assert!(objects::deleted(tx, &file("a", 3), later(504))?);
            assert!(!artifacts::file_gone(tx, &file("a", 3), later(504))?, "that was said");
            let left = artifacts::of_generation(tx, &anna, &gnr("a"))?;
            assert_eq!(ids(&left), [art("a4")]);
            assert!(objects::deleted(tx, &thumbnail("a", 4), later(505))?);
            assert_eq!(artifacts::of_generation(tx, &anna, &gnr("a"))?, []);
            let due = objects::due_for_job(tx, later(505), 9)?;
            let due: Vec<_> = due.iter().map(|it| it.id.clone()).collect();
            let files = [thumbnail("a", 1), file("a", 2), thumbnail("a", 2), thumbnail("a", 3)];
            assert_eq!(due, [&files[..], &[file("a", 4)]].concat(), "what is left of each");
            Ok(())
        });
        let deleted = bed.race(6, |tx, _| {
            artifacts::delete(tx, &usr("anna"), &[art("b1"), art("b2")], later(600))
        });
        let counts: u64 = deleted.iter().map(|it| *it.as_ref().expect("it stands")).sum();
        assert_eq!(counts, 2, "each is deleted once, on {}: {deleted:?}", bed.name);
    });
}

#[test]
fn each_is_told_once_of_what_will_go() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            for (name, made) in [("anna", 2), ("bob", 1), ("carl", 1)] {
                customer(tx, name)?;
                order_at(tx, name, name, made, NOW)?;
                succeed(tx, name, name, made, later(60))?;
            }
            customer(tx, "dora")?;
            order_at(tx, "dora", "dora", 1, NOW)?;
            fail(tx, "dora", "dora", End::Canceled)?;
            artifacts::favour(tx, &usr("bob"), &art("bob1"), true, KEPT, NOW)?;
            let soon = KEPT_UNTIL.plus(Millis(1));
            assert_eq!(artifacts::expiring_for_job(tx, KEPT_UNTIL, 9)?, [], "not before");
            let found = artifacts::expiring_for_job(tx, soon, 9)?;
            let told: Vec<_> = found.iter().map(|it| (it.user.clone(), it.count)).collect();
            assert_eq!(told, [(usr("anna"), 2), (usr("carl"), 1)]);
            assert_eq!((found[0].first, &found[0].bot), (KEPT_UNTIL, &crate::bed::bot("b")));
            assert_eq!(artifacts::expiring_for_job(tx, soon, 1)?.len(), 1);
            assert_eq!(artifacts::noticed(tx, &usr("anna"), soon, later(70))?, 2);
            assert_eq!(artifacts::noticed(tx, &usr("anna"), soon, later(71))?, 0, "once");
            assert_eq!(artifacts::expiring_for_job(tx, soon, 9)?.len(), 1);
            // Who kept one and let it go again is told again.
            let (anna, id) = (usr("anna"), art("anna1"));
            assert!(artifacts::favour(tx, &anna, &id, true, KEPT, later(72))?);
            assert!(artifacts::favour(tx, &anna, &id, false, KEPT, later(72))?);
            assert_eq!(artifacts::expiring_for_job(tx, soon, 9)?.len(), 2);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}
