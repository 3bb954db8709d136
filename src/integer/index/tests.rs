//! Index expressions have one canonical form.

use super::*;

#[test]
fn quotients_by_numbers_have_one_canonical_form() {
    let n = Index::size("N");
    let two = Index::constant(2);
    let a = n.plus_number(2).floor_div(&two);
    let b = n.floor_div(&two).plus_number(1);
    assert_ne!(a, b);
    assert_eq!(a.canonical(), b.canonical());
}

#[test]
fn extrema_have_one_canonical_form() {
    let (n, k) = (Index::size("N"), Index::size("K"));
    let greatest = Index::extreme(Extreme::Greatest, vec![n.plus_number(1), k.plus_number(1)]);
    let least = Index::extreme(Extreme::Least, vec![k.times_number(-1), n.times_number(-1)]);
    assert_eq!(greatest.canonical(), least.times_number(-1).plus_number(1).canonical());
    assert_eq!(Index::extreme(Extreme::Least, vec![n.plus_number(2), n.clone(), n.clone()]), n);
}

#[test]
fn a_linear_index_is_taken_apart() {
    let (i, r) = (Var::new("i"), Var::new("r"));
    let e = Index::size("S").times(&Index::var(&r)).plus(&Index::var(&i));
    assert_eq!(e.linear_in(&r), Some((Index::size("S"), Index::var(&i))));
    assert_eq!(e.floor_div(&Index::constant(2)).linear_in(&r), None);
}
