//! The command line of backprose: the only place that reads, writes and exits.
//!
//! Exit codes: 0 good, 1 refuted or unverified, 2 bad input or usage.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run()
}
