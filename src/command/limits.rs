//! `--limit` and `--timeout`: how much a command may read, hold and work on.

use super::Stop;
use super::report::complain;
use backprose::limits::Limits;
use clap::Args;
use std::time::Duration;

/// What is allowed.
#[derive(Args)]
pub struct LimitArgs {
    /// Another value for a limit, for example terms=200000; docs/limits.md lists them (repeatable).
    #[arg(long = "limit", value_name = "NAME=VALUE")]
    pub limits: Vec<String>,
    /// After so many seconds, end with what is known: the rest is said to be not finished (exit code 1).
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<f64>,
}

impl LimitArgs {
    /// The limits, from now on.
    pub fn read(&self) -> Result<Limits, Stop> {
        let chosen = self.limits.iter().try_fold(Limits::default(), |limits, written| limits.with(written));
        let limits = chosen.map_err(|(message, hint)| {
            complain(message, Some(&hint));
            Stop::Unusable
        })?;
        let Some(seconds) = self.timeout else { return Ok(limits) };
        match Duration::try_from_secs_f64(seconds) {
            Ok(time) => Ok(limits.lasting(time)),
            Err(_) => {
                complain(format!("{seconds} seconds are no time"), Some("write a number of seconds, as in 2.5"));
                Err(Stop::Unusable)
            }
        }
    }
}

/// Says that some of a report may be missing.
pub fn out_of_time() -> Stop {
    let message = "the time ran out: what is undecided or missing may not be finished";
    complain(message, Some("a longer --timeout gives more"));
    Stop::Refuted
}

/// Says what was not finished when the time ran out.
pub fn unfinished(what: &[String]) -> Stop {
    let (verb, all) = (if what.len() == 1 { "is" } else { "are" }, what.join(", "));
    complain(format!("{all} {verb} not finished: the time ran out"), Some("a longer --timeout gives more"));
    Stop::Refuted
}
