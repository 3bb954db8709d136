//! Choices: what makes a random layer, and what is left out of it to find the smallest that fails.
//!
//! A layer is a function of a list of numbers, in which 0 is the plainest choice and choices that are
//! missing are 0. So a shorter list, or one of lower numbers, is a smaller layer, and every one of
//! them is well-typed.

use backprose::evaluate::Random;

/// Numbers drawn from a seed and remembered, or numbers that are given.
pub struct Source {
    choices: Vec<u16>,
    at: usize,
    random: Option<Random>,
}

impl Source {
    /// Draws from a seed.
    pub fn seeded(seed: u64) -> Source {
        Source { choices: Vec::new(), at: 0, random: Some(Random::new(seed)) }
    }

    /// Gives what is given, then zeros.
    pub fn given(choices: &[u16]) -> Source {
        Source { choices: choices.to_vec(), at: 0, random: None }
    }

    /// What was chosen so far.
    pub fn chosen(&self) -> &[u16] {
        &self.choices[..self.at.min(self.choices.len())]
    }

    /// One of `n` numbers from 0 on.
    pub fn below(&mut self, n: usize) -> usize {
        if let Some(random) = &mut self.random {
            self.choices.push(random.between(0, i64::from(u16::MAX)) as u16);
        }
        let chosen = self.choices.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        usize::from(chosen) % n.max(1)
    }

    /// Whether something happens that happens once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// One of some things, of which the first is the plainest.
    pub fn one_of<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }
}

/// How many lists are tried on the way to the smallest.
const TRIES: usize = 600;

/// The smallest list found for which something still fails, from one for which it does.
pub fn smallest(choices: &[u16], fails: &dyn Fn(&[u16]) -> bool) -> Vec<u16> {
    let mut best = choices.to_vec();
    let mut tries = 0;
    let mut better = |best: &mut Vec<u16>, other: Vec<u16>| {
        let smaller = (other.len(), &other) < (best.len(), &*best);
        let found = smaller && tries < TRIES && fails(&other);
        tries += usize::from(smaller);
        if found {
            *best = other;
        }
        found
    };
    loop {
        let before = best.clone();
        let mut length = best.len();
        while length > 0 {
            let mut from = 0;
            while from < best.len() {
                let to = (from + length).min(best.len());
                let shorter = [&best[..from], &best[to..]].concat();
                if !better(&mut best, shorter) {
                    from += length;
                }
            }
            length /= 2;
        }
        for place in 0..best.len() {
            for lower in [0, 1, 2] {
                if place < best.len() && best[place] > lower {
                    let mut other = best.clone();
                    other[place] = lower;
                    if better(&mut best, other) {
                        break;
                    }
                }
            }
        }
        if best == before {
            return best;
        }
    }
}
