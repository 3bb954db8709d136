//! What the solver must be able to prove.

use super::*;

fn size(name: &str) -> Index {
    Index::size(name)
}

#[test]
fn the_last_window_of_a_strided_dilated_padded_correlation_is_readable() {
    let mut facts = Facts::default();
    facts.bound_size("P".into(), 0);
    let (r, i) = (Var::new("r"), Var::new("i"));
    let reach =
        size("N").plus(&size("P").times_number(2)).minus(&size("D").times(&size("K").plus_number(-1))).plus_number(-1);
    facts.require(&Condition::AtMost(Index::default(), reach.clone()));
    let last = reach.floor_div(&size("S")).plus_number(1);
    facts.bound_index(r.clone(), Index::constant(1), last);
    facts.bound_index(i.clone(), Index::constant(1), size("K"));
    let position = Index::constant(1)
        .plus(&size("S").times(&Index::var(&r).plus_number(-1)))
        .plus(&size("D").times(&Index::var(&i).plus_number(-1)))
        .minus(&size("P"));
    let padded = Condition::Within(Index::constant(1).minus(&size("P")), position.clone(), size("N").plus(&size("P")));
    assert_eq!(facts.judge(&padded), Truth::Yes);
    let inner = Condition::Within(Index::constant(1), position, size("N"));
    assert_eq!(facts.judge(&inner), Truth::Unknown);
}

#[test]
fn numbers_are_decided_completely() {
    let mut facts = Facts::default();
    let (a, b) = (Var::new("a"), Var::new("b"));
    facts.bound_index(a.clone(), Index::constant(1), Index::constant(4));
    facts.bound_index(b.clone(), Index::constant(1), Index::var(&a));
    let difference = Index::var(&a).minus(&Index::var(&b));
    assert_eq!(facts.judge(&Condition::AtMost(Index::default(), difference.clone())), Truth::Yes);
    let even = Condition::Divides(Index::constant(2), Index::var(&a).times_number(2).plus(&difference.times_number(4)));
    assert_eq!(facts.judge(&even), Truth::Yes);
    let square = Index::var(&a).times(&Index::var(&a)).minus(&Index::var(&a));
    assert_eq!(facts.judge(&Condition::AtMost(Index::default(), square)), Truth::Yes);
}
