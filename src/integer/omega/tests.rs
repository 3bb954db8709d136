//! Known hard cases of the Omega test, and random systems against enumeration.

use super::*;

/// The answer for `a` ≥ 0 for each inequality and `e` = 0 for each equation.
fn outcome(equal: &[&[i128]], atleast: &[&[i128]]) -> Outcome {
    let rows = |rows: &[&[i128]]| rows.iter().map(|row| row.to_vec()).collect::<Vec<Row>>();
    let unknowns = equal.iter().chain(atleast).next().map_or(0, |row| row.len() - 1);
    let constraints = Constraints { unknowns, equal: rows(equal), atleast: rows(atleast) };
    let outcome = constraints.solve(&mut 1_000_000);
    if let Outcome::Satisfiable(point) = &outcome {
        assert!(constraints.holds_at(point));
    }
    outcome
}

fn satisfiable(equal: &[&[i128]], atleast: &[&[i128]]) {
    assert!(matches!(outcome(equal, atleast), Outcome::Satisfiable(_)), "{equal:?} {atleast:?}");
}

fn unsatisfiable(equal: &[&[i128]], atleast: &[&[i128]]) {
    assert_eq!(outcome(equal, atleast), Outcome::Unsatisfiable, "{equal:?} {atleast:?}");
}

/// low ≤ 11x + 13y ≤ high, least ≤ 7x − 9y ≤ most
fn band(low: i128, high: i128, least: i128, most: i128) -> Vec<Row> {
    vec![vec![11, 13, -low], vec![-11, -13, high], vec![7, -9, -least], vec![-7, 9, most]]
}

#[test]
fn regions_that_hold_reals_are_searched_for_integers() {
    let bands = [
        (band(3, 21, -8, 6), None),
        (band(3, 21, -8, 7), Some([1, 0])),
        (band(3, 24, -8, 6), Some([1, 1])),
        (band(27, 45, -10, 4), None),
        (band(27, 46, -10, 4), None),
        (band(27, 45, -10, 5), Some([2, 1])),
        (band(27, 45, -11, 4), Some([1, 2])),
    ];
    for (atleast, expected) in bands {
        let constraints = Constraints { unknowns: 2, equal: Vec::new(), atleast };
        let near = (-50..=50).flat_map(|x| (-50..=50).map(move |y| [x, y]));
        assert_eq!(near.filter(|point| constraints.holds_at(point)).collect::<Vec<_>>(), Vec::from_iter(expected));
        let found = constraints.solve(&mut 1_000_000);
        assert_eq!(found, expected.map_or(Outcome::Unsatisfiable, |point| Outcome::Satisfiable(point.to_vec())));
    }
}

#[test]
fn solutions_outside_the_dark_shadow_are_found() {
    // 2y = 3x and 4 ≤ x + y ≤ 6: x = 2, y = 3
    satisfiable(&[], &[&[-3, 2, 0], &[3, -2, 0], &[1, 1, -4], &[-1, -1, 6]]);
    // 5y ≤ 7x ≤ 5y + 1: x = 3, y = 4, and nothing for x = 4
    satisfiable(&[], &[&[7, -5, 0], &[-7, 5, 1], &[1, 0, -3], &[-1, 0, 4]]);
    unsatisfiable(&[], &[&[7, -5, 0], &[-7, 5, 1], &[1, 0, -4], &[-1, 0, 4]]);
    // 1 ≤ 5x ≤ 4
    unsatisfiable(&[], &[&[5, 0, -1], &[-5, 0, 4]]);
}

#[test]
fn parity_and_common_divisors_contradict() {
    unsatisfiable(&[&[2, 4, -1]], &[]);
    satisfiable(&[&[6, 10, 15, -1]], &[]);
    // 6x + 10y + 15z = 1 with x, y, z ≥ 0
    unsatisfiable(&[&[6, 10, 15, -1]], &[&[1, 0, 0, 0], &[0, 1, 0, 0], &[0, 0, 1, 0]]);
    // 29 is the largest number that is not 6x + 10y + 15z
    let nonnegative: &[&[i128]] = &[&[1, 0, 0, 0], &[0, 1, 0, 0], &[0, 0, 1, 0]];
    unsatisfiable(&[&[6, 10, 15, -29]], nonnegative);
    satisfiable(&[&[6, 10, 15, -30]], nonnegative);
    // x + y even, x − y odd
    unsatisfiable(&[&[1, 1, -2, 0, 0], &[1, -1, 0, -2, -1]], &[]);
}

#[test]
fn the_example_of_the_paper_is_solved() {
    // 7x + 12y + 31z = 17, 3x + 5y + 14z = 7, 1 ≤ x ≤ 40, −50 ≤ y ≤ 50
    let equal: &[&[i128]] = &[&[7, 12, 31, -17], &[3, 5, 14, -7]];
    let atleast: &[&[i128]] = &[&[1, 0, 0, -1], &[-1, 0, 0, 40], &[0, 1, 0, 50], &[0, -1, 0, 50]];
    satisfiable(equal, atleast);
}

#[test]
fn large_coefficients_do_not_mislead() {
    let p = (1 << 30) - 35;
    let q = (1 << 30) - 41;
    satisfiable(&[&[p, -q, -1]], &[]);
    // p·x = q·y with 1 ≤ x < q has no solution, since p and q are coprime
    assert_eq!(gcd(p, q), 1);
    unsatisfiable(&[&[p, -q, 0]], &[&[1, 0, -1], &[-1, 0, q - 1]]);
    satisfiable(&[&[p, -q, 0]], &[&[1, 0, -1], &[-1, 0, q]]);
    unsatisfiable(&[], &[&[p, -1], &[-p, p - 1]]);
    assert_eq!(outcome(&[&[1 << 126, 3, 1]], &[]), Outcome::GaveUp);
}

#[test]
fn directions_without_end_are_dropped() {
    satisfiable(&[], &[&[3, -5, 7, -1], &[1, 0, 0, -100]]);
    satisfiable(&[&[1, -2, 0]], &[&[1, 0, -1_000_000_007]]);
    unsatisfiable(&[&[2, -2, -1]], &[&[1, 0, -100]]);
    satisfiable(&[], &[]);
    unsatisfiable(&[], &[&[0, -1]]);
}

#[test]
fn without_work_it_gives_up() {
    let constraints = Constraints { unknowns: 1, equal: Vec::new(), atleast: vec![vec![1, 0]] };
    assert_eq!(constraints.solve(&mut 1), Outcome::GaveUp);
}

/// A number between two, from a state.
fn between(state: &mut u64, least: i128, most: i128) -> i128 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    least + i128::from(*state >> 16).rem_euclid(most - least + 1)
}

#[test]
fn random_systems_have_the_solutions_that_enumeration_finds() {
    const CASES: u64 = 3_000;
    const REACH: i128 = 6;
    let (mut with, mut without) = (0, 0);
    for seed in 1..=CASES {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let unknowns = between(&mut state, 2, 3) as usize;
        let mut row = |steep: i128, far: i128| -> Row {
            let mut row: Row = (0..unknowns).map(|_| between(&mut state, -steep, steep)).collect();
            row.push(between(&mut state, -far, far));
            row
        };
        let shape = seed % 4;
        let equal: Vec<Row> = (0..shape.saturating_sub(1)).map(|_| row(7, 12)).collect();
        let mut atleast: Vec<Row> = (0..6 - shape).map(|_| row(9, 9)).collect();
        for k in 0..unknowns {
            for sign in [1, -1] {
                let mut side = vec![0; unknowns + 1];
                (side[k], side[unknowns]) = (sign, REACH);
                atleast.push(side);
            }
        }
        let constraints = Constraints { unknowns, equal, atleast };
        let points = (0..13i128.pow(unknowns as u32))
            .map(|n| (0..unknowns).map(|k| n / 13i128.pow(k as u32) % 13 - REACH).collect::<Vec<i128>>());
        let expected = points.into_iter().any(|point| constraints.holds_at(&point));
        match constraints.solve(&mut 1_000_000) {
            Outcome::Satisfiable(_) => assert!(expected, "seed {seed}: {constraints:?}"),
            Outcome::Unsatisfiable => assert!(!expected, "seed {seed}: {constraints:?}"),
            Outcome::GaveUp => panic!("seed {seed} was given up: {constraints:?}"),
        }
        *if expected { &mut with } else { &mut without } += 1;
    }
    println!("systems with solutions: {with}, without: {without}");
    assert!(with > 700 && without > 700, "{with} with, {without} without");
}
