//! The command line of backprose: the only place that reads, writes and exits.
//!
//! Exit codes: 0 good, 1 refuted or unverified, 2 bad input or usage.

#![forbid(unsafe_code)]

mod command;

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Formulas are many small allocations.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    command::run()
}
