//! `backprose completions`: what a shell needs to complete commands, options and names.

use super::output::print;
use super::{Cli, Stop};
use clap::CommandFactory;
use clap_complete::{Shell, generate};

/// Prints the script of a shell.
pub fn completions(shell: Shell) -> Result<(), Stop> {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "backprose", &mut script);
    print(script)
}
