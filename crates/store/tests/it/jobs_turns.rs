//! Plays of who goes first: turns, weights, limits, needs, and places in the line.

use crate::jobs::check;

#[test]
fn groups_take_turns_within_a_priority() {
    check(
        "at 1 enqueue a1 group=anna
         at 2 enqueue a2 group=anna
         at 3 enqueue a3 group=anna
         at 4 enqueue b1 group=bob
         at 5 enqueue n1
         at 6 enqueue a4 group=anna priority=1
         at 6 take 3 w
         at 7 done a4 1
         at 7 take 9 w",
        "at 1 enqueue a1 group=anna: new
         at 2 enqueue a2 group=anna: new
         at 3 enqueue a3 group=anna: new
         at 4 enqueue b1 group=bob: new
         at 5 enqueue n1: new
         at 6 enqueue a4 group=anna priority=1: new
         at 6 take 3 w: a4 a1 b1
         at 7 done a4 1: done
         at 7 take 9 w: n1 a2 a3",
    );
}

/// The promise: whoever has a hundred jobs delays somebody else's one by those that are running.
#[test]
fn a_hundred_jobs_of_one_delay_the_only_one_of_another_by_what_is_running() {
    check(
        "many 100 a group=anna
         take 2 w
         at 1 enqueue b group=bob
         at 2 done a1 1
         at 2 take 2 w
         at 3 enqueue c group=carl
         at 3 enqueue b2 group=bob
         at 4 take 4 w",
        "many 100 a group=anna: new
         take 2 w: a1 a2
         at 1 enqueue b group=bob: new
         at 2 done a1 1: done
         at 2 take 2 w: b a3
         at 3 enqueue c group=carl: new
         at 3 enqueue b2 group=bob: new
         at 4 take 4 w: b2 c a4 a5",
    );
}

#[test]
fn a_weight_of_three_goes_three_times_as_often_while_both_have_work() {
    check(
        "many 9 a group=anna
         many 9 p group=plan weight=3
         take 8 w
         take 8 w",
        "many 9 a group=anna: new
         many 9 p group=plan weight=3: new
         take 8 w: a1 p1 p2 p3 p4 a2 p5 p6
         take 8 w: p7 a3 p8 p9 a4 a5 a6 a7",
    );
}

/// Two who come back as soon as they were served are not new each time.
#[test]
fn nobody_is_starved_by_others_who_come_one_job_at_a_time() {
    check(
        "many 2 a group=anna
         take 1 w
         enqueue b1 group=bob
         enqueue c1 group=carl
         take 1 w
         done b1 1
         enqueue b2 group=bob
         take 1 w
         done c1 1
         enqueue c2 group=carl
         take 9 w",
        "many 2 a group=anna: new
         take 1 w: a1
         enqueue b1 group=bob: new
         enqueue c1 group=carl: new
         take 1 w: b1
         done b1 1: done
         enqueue b2 group=bob: new
         take 1 w: c1
         done c1 1: done
         enqueue c2 group=carl: new
         take 9 w: a2 b2 c2",
    );
}

/// Jobs of nobody are one customer of weight 64.
#[test]
fn jobs_without_a_group_let_groups_pass() {
    let first: String = (1..=63).map(|it| format!(" n{it}")).collect();
    check(
        "many 3 a group=anna
         take 1 w
         many 80 n
         take 63 w
         take 3 w",
        &format!(
            "many 3 a group=anna: new
             take 1 w: a1
             many 80 n: new
             take 63 w:{first}
             take 3 w: n64 a2 n65"
        ),
    );
}

/// What waits or failed goes on from where the lane is then, a little behind who comes just now.
#[test]
fn what_comes_back_into_the_line_lets_others_pass() {
    check(
        "many 3 a group=anna
         take 1 w
         wait a1 1 - 1
         at 1 take 1 w
         at 1 retry a1 2 1
         at 2 enqueue b group=bob
         at 2 take 2 w
         at 2 wait a1 3 - 1
         at 3 enqueue c group=carl
         at 4 take 9 w",
        "many 3 a group=anna: new
         take 1 w: a1
         wait a1 1 - 1: waits 1
         at 1 take 1 w: a1
         at 1 retry a1 2 1: again in 1
         at 2 enqueue b group=bob: new
         at 2 take 2 w: b a1
         at 2 wait a1 3 - 1: waits 1
         at 3 enqueue c group=carl: new
         at 4 take 9 w: c a1 a2 a3",
    );
}

#[test]
fn who_was_away_has_saved_up_nothing() {
    check(
        "many 5 a group=anna
         take 4 w
         at 1 many 4 b group=bob
         at 1 take 9 w",
        "many 5 a group=anna: new
         take 4 w: a1 a2 a3 a4
         at 1 many 4 b group=bob: new
         at 1 take 9 w: b1 a5 b2 b3 b4",
    );
}

#[test]
fn at_most_so_many_of_a_group_run_at_once_and_others_go_ahead() {
    check(
        "many 4 a group=anna
         take 9 w max=2
         enqueue b group=bob
         many 3 n
         take 9 w max=2
         at 1 done a1 1
         at 1 take 9 w max=2
         at 59 renew a2 1
         at 61 take 9 w max=2
         at 62 take 9 w",
        "many 4 a group=anna: new
         take 9 w max=2: a1 a2
         enqueue b group=bob: new
         many 3 n: new
         take 9 w max=2: b n1 n2 n3
         at 1 done a1 1: done
         at 1 take 9 w max=2: a3
         at 59 renew a2 1: ours
         at 61 take 9 w max=2: b n1 n2 n3 a3
         at 62 take 9 w: a4",
    );
}

#[test]
fn a_job_goes_to_whoever_meets_its_need() {
    check(
        "enqueue q1 needs=qwen@1
         enqueue f1 needs=flux@1 priority=1
         enqueue n1
         enqueue q2 needs=qwen@1
         enqueue n2 priority=2
         take 9 plain
         take 9 painter can=sdxl@1
         enqueue n3
         take 3 both can=flux@1,qwen@1
         take 9 both can=qwen@1",
        "enqueue q1 needs=qwen@1: new
         enqueue f1 needs=flux@1 priority=1: new
         enqueue n1: new
         enqueue q2 needs=qwen@1: new
         enqueue n2 priority=2: new
         take 9 plain: n2 n1
         take 9 painter can=sdxl@1: nothing
         enqueue n3: new
         take 3 both can=flux@1,qwen@1: f1 q1 q2
         take 9 both can=qwen@1: n3",
    );
}

#[test]
fn a_place_in_the_line_is_how_many_go_before() {
    check(
        "many 3 a group=anna
         many 2 b group=bob
         enqueue c group=carl needs=flux@1
         enqueue d needs=qwen@1 priority=1
         enqueue z from=100
         ahead a1
         ahead b1
         ahead a3
         ahead c
         ahead d
         ahead z
         take 2 w
         ahead a3
         ahead a1",
        "many 3 a group=anna: new
         many 2 b group=bob: new
         enqueue c group=carl needs=flux@1: new
         enqueue d needs=qwen@1 priority=1: new
         enqueue z from=100: new
         ahead a1: 0
         ahead b1: 1
         ahead a3: 4
         ahead c: 2
         ahead d: 0
         ahead z: not in line
         take 2 w: a1 b1
         ahead a3: 2
         ahead a1: not in line",
    );
}
