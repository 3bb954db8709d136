//! What is done of every layer of the catalogue, on all cores.

use backprose::catalogue::Catalogue;
use backprose::language::syntax::Layer;
use backprose::model::compose::composed_layer;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What comes of every layer and the base of its indices, in the order of their names.
pub fn of_every_layer<T: Send>(of: impl Fn(&Layer, i64) -> T + Sync) -> Vec<T> {
    let catalogue = Catalogue::built_in();
    of_each(&catalogue.names(), |name| {
        let (layer, base) = composed_layer(name, &catalogue).unwrap().unwrap();
        of(&layer, base)
    })
}

/// What comes of each, in their order.
pub fn of_each<I: Sync, T: Send>(all: &[I], of: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(place) else { return done };
            done.push((place, of(one)));
        }
    };
    let mut found: Vec<(usize, T)> = thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, found)| found).collect()
}
