//! Many inputs on all cores: each worker with what it keeps from one to the next, results in order.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{Builder, available_parallelism, scope};

/// How many results may wait for an earlier one, per worker.
const WAITING: usize = 16;
/// The stack of a worker, in bytes: that of a main thread.
const STACK: usize = 8 << 20;

/// Works on every input and hands the results on in the order of the inputs.
///
/// `begin` makes what a worker keeps – what it has parsed and derived – and `work` uses it. The memory in use
/// does not grow with the number of inputs. On a terminal a bar on standard error shows how far it is. The first error of
/// `each` ends the work.
///
/// # Errors
/// The first error of `each`.
pub fn in_order<I, K, R, E>(
    inputs: &[I],
    begin: impl Fn() -> K + Sync,
    work: impl Fn(&mut K, &I) -> R + Sync,
    mut each: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    I: Sync,
    R: Send,
{
    let workers = available_parallelism().map_or(1, usize::from).min(inputs.len());
    if workers <= 1 {
        let mut kept = begin();
        return inputs.iter().try_for_each(|input| each(work(&mut kept, input)));
    }
    let bar = bar(inputs.len());
    let (places, queue) = channel::<usize>();
    let queue = Mutex::new(queue);
    let (done, results) = channel::<(usize, R)>();
    let ended = scope(|threads| {
        for _ in 0..workers {
            let (queue, done, begin, work) = (&queue, done.clone(), &begin, &work);
            let run = move || {
                let mut kept = begin();
                while let Some(place) = next(queue) {
                    if done.send((place, work(&mut kept, &inputs[place]))).is_err() {
                        return;
                    }
                }
            };
            Builder::new().stack_size(STACK).spawn_scoped(threads, run).expect("a thread can be started");
        }
        drop(done);
        let mut waiting: BTreeMap<usize, R> = BTreeMap::new();
        let (mut given, mut told) = (0, 0);
        while told < inputs.len() {
            while given < inputs.len() && given < told + WAITING * workers {
                let _ = places.send(given);
                given += 1;
            }
            let Ok((place, result)) = results.recv() else { break };
            waiting.insert(place, result);
            while let Some(result) = waiting.remove(&told) {
                told += 1;
                bar.inc(1);
                if let Err(error) = bar.suspend(|| each(result)) {
                    drop(places);
                    return Err(error);
                }
            }
        }
        drop(places);
        Ok(())
    });
    bar.finish_and_clear();
    ended
}

/// The next place in the queue; none when there will be no more.
fn next(queue: &Mutex<Receiver<usize>>) -> Option<usize> {
    queue.lock().ok()?.recv().ok()
}

/// A bar for work on many inputs; nothing where standard error is no terminal.
fn bar(length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}").unwrap_or(ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::stderr()).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_in_the_order_of_the_inputs() {
        let inputs: Vec<u64> = (0..1_000).collect();
        let mut found = Vec::new();
        let slow = |kept: &mut u64, input: &u64| {
            *kept += 1;
            (0..(input * 7919) % 503).fold(*input, |sum, k| sum ^ k ^ (sum & k))
        };
        in_order(
            &inputs,
            || 0,
            slow,
            |result| -> Result<(), ()> {
                found.push(result);
                Ok(())
            },
        )
        .unwrap();
        let alone: Vec<u64> = inputs.iter().map(|input| slow(&mut 0, input)).collect();
        assert_eq!(found, alone);
    }

    #[test]
    fn an_error_ends_the_work() {
        let inputs: Vec<usize> = (0..1_000).collect();
        let mut told = 0;
        let ended = in_order(
            &inputs,
            || (),
            |(), k| *k,
            |k| {
                told += 1;
                if k == 10 { Err(k) } else { Ok(()) }
            },
        );
        assert_eq!((ended, told), (Err(10), 11));
    }
}
